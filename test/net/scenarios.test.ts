/** Every node's file of every scenario, judged by the real keepalived. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testConfig } from '../../src/agent/activation/config-test.ts';
import type { ConfigTest } from '../../src/agent/activation/verdict.ts';
import { makeFifo } from '../../src/agent/observation/notify-fifo.ts';
import { runCommand } from '../../src/agent/run-command.ts';
import type { Pod } from '../../src/api/core.ts';
import { GROUP_LABEL } from '../../src/api/names.ts';
import { NODE_POD } from '../../src/api/node/pod.ts';
import { nodeFile } from '../../src/cli/plan/node-file.ts';
import { type Cluster, clusterOf, planGroups } from '../../src/cli/plan/plan-groups.ts';
import { readObjects } from '../../src/cli/plan/read-objects.ts';
import { parseTemplate } from '../../src/template/syntax/parser.ts';
import { FOLDERS, readOutcome } from '../scenarios/folder.ts';
import { SETTINGS } from '../scenarios/outcome.ts';
import { Bridge } from './bridge.ts';

let bridge: Bridge;
let folder: string;
let host: string;

beforeAll(async () => {
  bridge = new Bridge('scenarios');
  host = bridge.host('n1', ['192.0.2.11/24', '2001:db8::11/64']);
  folder = mkdtempSync(join(tmpdir(), 'scenarios-'));
  mkdirSync(join(folder, 'track'));
  await makeFifo(join(folder, 'notify.fifo'), runCommand);
});

afterAll(() => {
  bridge[Symbol.dispose]();
  rmSync(folder, { recursive: true });
});

/** The pod's folder of shared files is one of the test here. */
function judged(text: string): Promise<ConfigTest> {
  const file = join(folder, 'keepalived.conf');
  const here = text.replaceAll(NODE_POD.runDir, folder);
  writeFileSync(file, here);
  return testConfig(file, here, (program, args, limit) => runCommand('ip', ['netns', 'exec', host, program, ...args], limit));
}

const EDITED = parseTemplate(readFileSync('test/fixtures/go-operator-template.yaml', 'utf8'));

/** A pod of each group on each node: the Go operator's template spreads addresses over pods. */
function withPods(cluster: Cluster): Cluster {
  const pods = cluster.groups.flatMap(({ metadata: { name, namespace = '' } }) =>
    cluster.nodes.map((node, index): Pod => {
      const hostIP = node.status?.addresses?.[0]?.address;
      return {
        metadata: { name: `${name}-${index}`, namespace, labels: { [GROUP_LABEL]: name } },
        spec: { nodeName: node.metadata.name },
        status: { phase: 'Running', ...(hostIP && { hostIP }) },
      };
    }),
  );
  return { ...cluster, pods: [...cluster.pods, ...pods] };
}

describe('keepalived takes every file of scenario', () => {
  it.each(FOLDERS)('$name', async (scenario) => {
    const files = [...readOutcome(scenario)].filter(([file]) => file.endsWith('.conf'));
    for (const [file, text] of files) expect({ file, ...(await judged(text)) }).toEqual({ file, kind: 'good' });
  });

  it.each(FOLDERS)('$name, by an edited template of the Go operator', async ({ input }) => {
    const cluster = withPods(clusterOf(readObjects([{ name: 'input.yaml', text: input }], 'default').objects));
    const planned = planGroups(cluster, { settings: SETTINGS, template: EDITED }).filter(({ plan }) => plan.link !== undefined);
    for (const group of planned)
      for (const node of cluster.nodes.filter(({ metadata }) => group.plan.nodes.includes(metadata.name))) {
        const { text = 'none', notes } = nodeFile(group, node, cluster, { interface: 'eth0' });
        expect({ text, notes, ...(await judged(text)) }).toEqual({ text, notes, kind: 'good' });
      }
  });

  it('and refuses the one that is known to be bad, so that this test can fail', async () => {
    const text = readFileSync(new URL('known-bad.conf', import.meta.url), 'utf8');
    expect(await judged(text)).toMatchObject({ kind: 'refused', message: expect.stringContaining('Unknown keyword') });
  });
});
