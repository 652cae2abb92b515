/** Lines of one tenant that would have a node send too much: another tenant's VIP misses no packet and has one master all the time. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Service } from '../../src/api/core.ts';
import { CONFIG_KEY, SETTINGS_KEY } from '../../src/api/node/config.ts';
import { plan } from '../../src/plan/plan.ts';
import { renderConfig } from '../../src/render/config.ts';
import { aGroup, aNode, anInput, aService } from '../builders/object.ts';
import { Bridge } from './bridge.ts';
import { instanceIn, TestNode } from './node.ts';
import { Probe } from './probe.ts';
import { until } from './until.ts';

const NODES = ['n1', 'n2'];
const VICTIM = aService('victim', ['192.0.2.100']);
/** Seconds for which the victim is watched. */
const SECONDS = Number(process.env.SECONDS ?? 15);
let bridge: Bridge;
let nodes: TestNode[];
let client: string;

beforeEach(() => {
  bridge = new Bridge('bound');
  nodes = NODES.map((name, index) => new TestNode(name, bridge.host(name, [`192.0.2.${index + 1}/24`])));
  client = bridge.host('client', ['192.0.2.250/24']);
});

afterEach(async () => {
  await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]()));
  bridge[Symbol.dispose]();
});

/** Has both nodes run what is planned for the Services, the victim's id and homes as they were; the new revision. */
function put(services: readonly Service[]): string {
  const around = { nodes: NODES.map((name) => aNode(name)) };
  const { routerIds, homes } = plan(anInput({ ...around, services: [VICTIM] }));
  const decided = plan(anInput({ ...around, services, group: aGroup({ status: { routerIDs: routerIds, homes } }) }));
  const data = renderConfig(decided)?.data ?? {};
  const { revision: _, version: __, ...settings } = JSON.parse(data[SETTINGS_KEY] ?? '{}');
  return nodes.map((node) => node.putText(data[CONFIG_KEY] ?? '', settings))[0] ?? '';
}

/** By keepalived's own word for each change; its counters are read every two seconds only. */
const mastersSoFar = (node: TestNode): number => {
  const lines = node.agentLog.split('\n').filter((line) => line.includes('"transition"'));
  return lines.filter((line) => line.includes('"name":"web/victim"') && line.includes('"state":"MASTER"')).length;
};

const evil = (index: number, addresses: number, lines: Readonly<Record<string, string>>): Service =>
  aService(
    `evil${index}`,
    Array.from({ length: addresses }, (_, offset) => `10.${index}.${offset >> 8}.${offset & 255}`),
    { annotations: { verbatim: JSON.stringify(lines) } },
  );

describe("another tenant's VIP misses nothing", () => {
  it.each<[string, readonly Service[]]>([
    [
      '4,000 addresses, each announced a hundred times a second',
      [evil(1, 4000, { garp_master_refresh: '1', garp_master_refresh_repeat: '100' })],
    ],
    ['4,000 addresses, each announced once a second', [evil(1, 4000, { garp_master_refresh: '1' })]],
    ['4,000 addresses, each announced a hundred times at a takeover', [evil(1, 4000, { garp_master_repeat: '100' })]],
    [
      '200 Services with an advert every 10 ms',
      Array.from({ length: 200 }, (_, index) => evil(index, 1, { advert_int: '0.01', version: '3' })),
    ],
  ])(
    'beside %s',
    async (_, services) => {
      const first = put([VICTIM]);
      for (const node of nodes) node.start();
      for (const node of nodes) await node.when(`runs ${first}`, ({ config }) => config.revision === first, 30);
      const owner = await until(
        'the victim has a master',
        () => nodes.find((node) => instanceIn(node.state().instances, 'web/victim')?.state === 'MASTER'),
        (node) => node !== undefined,
      );
      const before = await until(
        'its one master has said so',
        () => nodes.map(mastersSoFar),
        ([one = 0, other = 0]) => one + other === 1,
      );
      const probe = new Probe(client, '192.0.2.100');
      const revision = put([VICTIM, ...services]);
      for (const node of nodes) await node.when(`runs ${revision}`, ({ config }) => config.revision === revision, 60);
      const end = Date.now() + SECONDS * 1000;
      await until(
        'the time is over',
        () => Date.now(),
        (now) => now >= end,
        SECONDS + 10,
      );
      const { sent, lost } = await probe.stop();
      console.log(`${sent} sent, ${lost} lost; masters so far: ${before} before, ${nodes.map(mastersSoFar)} after`);
      expect(sent).toBeGreaterThan(SECONDS * 20);
      expect(lost).toBe(0);
      expect(nodes.map(mastersSoFar)).toEqual(before);
      expect(instanceIn(owner?.state().instances ?? [], 'web/victim')?.state).toBe('MASTER');
    },
    150_000,
  );
});
