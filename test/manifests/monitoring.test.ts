/** Alert rules and dashboard ask for metrics that there are, and fire when they should. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { folderWith, searchedFolders } from '../../lab/kubernetes/kubernetes.ts';
import { run } from '../../lab/machine/run.ts';
import { dashboard, PANELS, VARIABLES } from '../../scripts/manifests/dashboard.ts';
import { anchors } from '../../scripts/pages/markdown.ts';
import { exposition } from '../../src/agent/serving/metrics.ts';
import type { NodeReport } from '../../src/api/node/report.ts';
import { ManagerMetrics } from '../../src/manager/endpoints/metrics/metrics.ts';
import { COUNTERS, type DumpedInstance } from '../../src/vrrp/dump.ts';
import { ALERT_CASES, promtoolTests } from './alert-cases.ts';
import { CHART, objects, one, withoutHelm, withoutHelmWords } from './helm.ts';
import { RECORDED, recordingTest } from './recordings.ts';
import { DNS, FIRST, instance, manager, managerSeries, node, ofGroup, SECOND, series, TIMES, unscraped, WEB } from './scraped.ts';

const RULES = `${CHART}/files/alerts.yaml`;
const { groups } = parse(readFileSync(RULES, 'utf8'));
const rules: readonly (Alert | Recording)[] = groups.flatMap((group: { rules: readonly (Alert | Recording)[] }) => group.rules);
const alerts = rules.flatMap((rule) => ('alert' in rule ? [rule] : []));
const recordings = rules.flatMap((rule) => ('record' in rule ? [rule] : []));
const promtool = folderWith('promtool', searchedFolders());
const whyNoPromtool = promtool === undefined ? ' (skipped: promtool is not on PATH; the Debian package prometheus has it)' : '';

describe('alert rules', () => {
  it.each([...alerts.map(({ alert, expr }) => [alert, expr] as const), ...recordings.map(({ record, expr }) => [record, expr] as const)])(
    '%s asks for metrics that agents and manager serve',
    async (_, expr) => expect(unknownMetrics(expr, new Set([...(await served()), ...recordings.map(({ record }) => record)]))).toEqual([]),
  );

  it.skipIf(promtool === undefined).each(RECORDED.map((one) => [one.expr, one] as const))(
    `records %s as a value that can be computed by hand${whyNoPromtool}`,
    async (_, one) => expect(await promtoolTest(recordingTest(one, resolve(RULES)))).toContain('SUCCESS'),
  );

  it('has a value for each that is recorded', () =>
    expect(recordings.map(({ record }) => record).filter((record) => !RECORDED.some(({ expr }) => expr.startsWith(record)))).toEqual([]));

  it.each(alerts.map(({ alert, annotations }) => [alert, annotations.runbook_url]))(
    '%s leads to a heading of the documentation',
    (_, url = '') => {
      const [, page = '', anchor = ''] = /\/blob\/main\/(.*)#(.*)$/.exec(url) ?? [];
      expect([...anchors(readFileSync(page, 'utf8'))]).toContain(anchor);
    },
  );

  it.skipIf(promtool === undefined)(`are rules to promtool, and say what they should${whyNoPromtool}`, async () => {
    expect((await run(['promtool', 'check', 'rules', RULES])).stdout).toContain(`SUCCESS: ${rules.length} rules found`);
    expect((await run(['promtool', 'test', 'rules', 'test/manifests/alerts-cases.yaml'])).stdout).toContain('SUCCESS');
  });

  it.skipIf(promtool === undefined).each(ALERT_CASES.map((one) => [one.name, one] as const))(
    `fire when they should, and only then: %s${whyNoPromtool}`,
    async (_, one) => expect(await promtoolTest(promtoolTests([one], resolve(RULES)))).toContain('SUCCESS'),
  );

  it.each(alerts.map(({ alert }) => alert))('%s has a case in which it fires, and one in which it does not', (alert) => {
    const firings = ALERT_CASES.flatMap(({ expected }) => expected[alert] ?? []);
    expect(firings.length).toBeGreaterThan(0);
    expect(ALERT_CASES.some(({ expected }) => expected[alert]?.length === 0)).toBe(true);
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

  it('has a unit for each panel, and rates over the interval that Grafana finds for the scrapes', () => {
    expect(PANELS.filter(({ unit }) => unit === '').map(({ title }) => title)).toEqual([]);
    expect(PANELS.filter(({ expr }) => /(?:rate|increase)\([^)]*\[(?!\$__rate_interval)/.test(expr)).map(({ title }) => title)).toEqual([]);
  });

  it('asks for a cluster, a group, a job and a node, which all panels that can follow', () => {
    const { templating } = JSON.parse(dashboard());
    expect(templating.list.map(({ name }: { name: string }) => name)).toEqual(['datasource', 'cluster', 'group', 'job', 'instance']);
    expect(PANELS.filter(({ expr }) => !expr.includes('cluster=~"$cluster"')).map(({ title }) => title)).toEqual([]);
  });

  it.skipIf(promtool === undefined)(`has queries that Prometheus can run${whyNoPromtool}`, async () => {
    const queries = [...PANELS.map(({ expr }) => expr), ...VARIABLES.map(({ query }) => /\((.*), \w+\)$/.exec(query)?.[1] ?? '')];
    const rules = queries.map((expr, index) => ({ record: `query:${index}`, expr: withVariables(expr) }));
    const file = stringify({ groups: [{ name: 'dashboard', rules }] });
    expect(await inFile(file, (name) => run(['promtool', 'check', 'rules', name]))).toMatchObject({
      stdout: expect.stringContaining(`SUCCESS: ${rules.length} rules found`),
    });
  });

  it.skipIf(promtool === undefined).each([
    ['Virtual routers', 4],
    ['Without an owner', 1],
    ['With two owners', 1],
    ['Nodes not scraped', 1],
    ['keepalived down', 0],
    ['Configurations refused', 0],
    ['Managers that lead', 2],
  ])(`counts of two clusters, with the programs of others beside them, in its panel %s: %i${whyNoPromtool}`, async (title, value) => {
    const { expr = '' } = PANELS.find((panel) => panel.title === title) ?? {};
    expect(await promtoolTest(valueTest(expr, value))).toContain('SUCCESS');
  });

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

interface Recording {
  readonly record: string;
  readonly expr: string;
}

/** What two clusters have: the same group with the same carrier, one that nobody holds, two owners of another, a node that isn't scraped. */
const SCRAPED: Readonly<Record<string, string>> = {
  ...node('a', { ...WEB, ...FIRST }, { 'carrier:1': 2, 'web/two': 2 }),
  ...node('b', { ...WEB, ...FIRST }, { 'carrier:1': 1, 'web/two': 2 }),
  ...node('a', { ...WEB, ...SECOND }, { 'carrier:1': 1 }),
  ...node('c', { ...DNS, ...SECOND }, { 'carrier:1': 1 }),
  ...unscraped('d', { ...DNS, ...SECOND }, { 'carrier:1': 2 }),
  ...manager('m1', FIRST),
  ...manager('m2', FIRST, 0),
  ...manager('m1', SECOND),
  ...ofGroup('keepalived_operator_planned_vips', FIRST, 2),
  [series('up', { job: 'shop', instance: 'shop:80' })]: `0x${TIMES}`,
  [series('keepalived_up', { job: 'routers', instance: 'r1' })]: `0x${TIMES}`,
  [series('leader_election_master_status', { job: 'other', name: 'lease-of-others' })]: `1x${TIMES}`,
  [managerSeries('rest_client_requests_total', 'm1', { ...FIRST, code: '200' })]: `0+30x${TIMES}`,
  [series('keepalived_instance_addresses', instance('a', { ...WEB, ...FIRST }, 'carrier:1'))]: `3x${TIMES}`,
};

const withVariables = (expr: string): string => expr.replaceAll('$__rate_interval', '5m').replace(/\$[a-z]+/g, '.*');

function valueTest(expr: string, value: number): string {
  const input_series = Object.entries(SCRAPED).map(([one, values]) => ({ series: one, values }));
  const promql_expr_test = [{ expr: withVariables(expr), eval_time: '20m', exp_samples: [{ labels: '{}', value }] }];
  return stringify({ evaluation_interval: '30s', tests: [{ interval: '30s', input_series, promql_expr_test }] });
}

/** What promtool says of a file of tests; throws with its words when one fails. */
const promtoolTest = async (text: string): Promise<string> =>
  (await inFile(text, (name) => run(['promtool', 'test', 'rules', name]))).stdout;

async function inFile<Result>(text: string, use: (name: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'promtool-'));
  try {
    writeFileSync(join(folder, 'file.yaml'), text);
    return await use(join(folder, 'file.yaml'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const PROMQL = new Set(
  'absent and bool by count histogram_quantile increase le max max_over_time on or rate sum unless up vector'.split(' '),
);

/** Names in an expression, outside of braces and of `by (...)`, that are neither PromQL's own nor served. */
function unknownMetrics(expr: string, known: ReadonlySet<string>): string[] {
  const bare = expr.replace(/\{[^}]*\}|\b(?:by|on) \([^)]*\)|\[[^\]]*\]/g, ' ');
  return [...bare.matchAll(/\b[a-z_]+(?::[a-z0-9_]+)*\b/g)].map(([name]) => name).filter((name) => !PROMQL.has(name) && !known.has(name));
}

/** The names of all that an agent with one instance and one problem, and a manager, serve. */
async function served(): Promise<ReadonlySet<string>> {
  const manager = await new ManagerMetrics().registry.metrics();
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
  checks: [{ name: 'web/web', port: 30000, finding: 'none' }],
  problems: [{ reason: 'PortTaken', message: 'x' }],
};
