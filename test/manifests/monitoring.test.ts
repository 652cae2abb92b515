/** Alert rules and dashboard ask for metrics that there are, and fire when they should. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { folderWith, searchedFolders } from '../../lab/kubernetes/kubernetes.ts';
import { run } from '../../lab/machine/run.ts';
import { PANELS } from '../../scripts/manifests/dashboard.ts';
import { anchors } from '../../scripts/pages/markdown.ts';
import { exposition } from '../../src/agent/serving/metrics.ts';
import type { NodeReport } from '../../src/api/node/report.ts';
import { ManagerMetrics } from '../../src/manager/endpoints/metrics.ts';
import { COUNTERS, type DumpedInstance } from '../../src/vrrp/dump.ts';
import { CHART, objects, one, withoutHelm, withoutHelmWords } from './helm.ts';

const RULES = `${CHART}/files/alerts.yaml`;
const { groups } = parse(readFileSync(RULES, 'utf8'));
const alerts: readonly Alert[] = groups.flatMap(({ rules }: { rules: readonly Alert[] }) => rules);
const promtool = folderWith('promtool', searchedFolders());
const whyNoPromtool = promtool === undefined ? ' (skipped: promtool is not on PATH; the Debian package prometheus has it)' : '';

describe('alert rules', () => {
  it.each(alerts.map(({ alert, expr }) => [alert, expr]))('%s asks for metrics that agents and manager serve', async (_, expr) =>
    expect(unknownMetrics(expr, await served())).toEqual([]),
  );

  it.each(alerts.map(({ alert, annotations }) => [alert, annotations.runbook_url]))(
    '%s leads to a heading of the documentation',
    (_, url = '') => {
      const [, page = '', anchor = ''] = /\/blob\/main\/(.*)#(.*)$/.exec(url) ?? [];
      expect([...anchors(readFileSync(page, 'utf8'))]).toContain(anchor);
    },
  );

  it.skipIf(promtool === undefined)(`fire when they should, by promtool${whyNoPromtool}`, async () => {
    expect((await run(['promtool', 'check', 'rules', RULES])).stdout).toContain(`SUCCESS: ${alerts.length} rules found`);
    expect((await run(['promtool', 'test', 'rules', 'test/manifests/alerts-cases.yaml'])).stdout).toContain('SUCCESS');
  });

  it.skipIf(withoutHelm !== undefined)(`are in the chart as they stand in the file${withoutHelmWords}`, async () => {
    const all = await objects({
      apis: ['monitoring.coreos.com/v1'],
      values: { monitoring: { rules: { enabled: true }, labels: { team: 'net' } } },
    });
    expect(one(all, 'PrometheusRule').spec.groups).toEqual(groups);
    expect(one(all, 'PrometheusRule').metadata.labels?.team).toBe('net');
  });
});

describe('the dashboard', () => {
  it.each(PANELS.map(({ title, expr }) => [title, expr]))('asks in its panel %s for metrics that there are', async (_, expr) =>
    expect(unknownMetrics(expr, await served())).toEqual([]),
  );

  it.skipIf(withoutHelm !== undefined)(`is JSON in a ConfigMap of the chart${withoutHelmWords}`, async () => {
    const map = one(await objects({ values: { monitoring: { dashboard: { enabled: true } } } }), 'ConfigMap');
    expect(JSON.parse(map.data['keepalived-operator.json']).panels).toHaveLength(PANELS.length);
    expect(map.metadata.labels?.grafana_dashboard).toBe('1');
  });
});

// --- internal ---

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: Readonly<Record<string, string>>;
}

const PROMQL = new Set('and or unless by bool count increase histogram_quantile le rate sum vector'.split(' '));

/** Names in an expression, outside of braces and of `by (...)`, that are neither PromQL's own nor served. */
function unknownMetrics(expr: string, known: ReadonlySet<string>): string[] {
  const bare = expr.replace(/\{[^}]*\}|\bby \([^)]*\)|\[[^\]]*\]/g, ' ');
  return [...bare.matchAll(/\b[a-z_]+\b/g)].map(([name]) => name).filter((name) => !PROMQL.has(name) && !known.has(name));
}

/** The names of all that an agent with one instance and one problem, and a manager, serve. */
async function served(): Promise<ReadonlySet<string>> {
  const manager = await new ManagerMetrics(1).registry.metrics();
  const texts = `${manager}\n${exposition({ report: REPORT, instances: [INSTANCE], histories: new Map() })}`;
  const families = [...texts.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  return new Set(
    families.flatMap(([, name = '', type]) => (type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name])),
  );
}

const INSTANCE: DumpedInstance = {
  ...{ name: 'web/web', interface: 'eth0', virtualRouterId: 1, state: 'MASTER', priority: 254, addresses: ['192.0.2.1'] },
  counters: Object.fromEntries(COUNTERS.map((counter) => [counter, 0])),
} as unknown as DumpedInstance;

const REPORT: NodeReport = {
  ...{ version: 1, group: 'web/vips', node: 'a', pod: 'vips-a', link: null },
  config: { revision: 'r', since: '2026-01-01T00:00:00Z' },
  daemon: { running: true, reloads: 0 },
  instances: [
    {
      ...{ name: 'web/web', virtualRouterId: 1, interface: 'eth0', state: 'MASTER', since: '2026-01-01T00:00:00Z', priority: 254 },
      ...{ addresses: ['192.0.2.1'], held: ['192.0.2.1'] },
    },
  ],
  problems: [{ reason: 'PortTaken', message: 'x' }],
};
