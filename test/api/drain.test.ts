/** What Kubernetes says of a node, and what becomes of the addresses that it has: nothing for a cordon, one move for each reason to go. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../lab/machine/wait.ts';
import { DRAIN_ANNOTATION, OUT_OF_SERVICE_TAINT } from '../../src/api/names.ts';
import {
  aNamespace,
  type Cluster,
  create,
  createGroup,
  createService,
  DAEMON_SETS,
  eventsOf,
  find,
  groupOf,
  NODE_NAMES,
  NODES,
  PODS,
  patch,
  patchStatus,
  remove,
  startCluster,
} from './cluster.ts';
import { type ManagerUnderTest, quiet, startManager } from './manager-under-test.ts';
import { type StandIns, standIns } from './stand-in-agents.ts';

const ADDRESSES = Array.from({ length: 6 }, (_, index) => `192.0.2.${200 + index}`);
let cluster: Cluster;
let nodes: StandIns;
let manager: ManagerUnderTest;
let web: string;

const owners = async (): Promise<Record<string, string>> =>
  Object.fromEntries(((await groupOf(cluster, web)).status?.virtualRouters ?? []).map(({ name, node = '?' }) => [name, node]));
const ownersAre = (what: string, are: (owners: Record<string, string>) => boolean): Promise<unknown> =>
  waitFor(
    what,
    async () => {
      const found = await owners();
      return (Object.keys(found).length === ADDRESSES.length && are(found)) || undefined;
    },
    20_000,
  );
const movesTold = async (): Promise<string[]> => (await eventsOf(cluster, web)).filter((line) => line.includes('OwnerChanged')).sort();
const cordon = (unschedulable: boolean): Promise<unknown> => patch(cluster, NODES, { name: 'node2' }, { spec: { unschedulable } });
const aPod = (name: string): Promise<unknown> =>
  create(cluster, PODS, {
    metadata: { namespace: web, name },
    spec: { nodeName: 'node2', containers: [{ name: 'main', image: 'main' }] },
  });

beforeAll(async () => {
  cluster = await startCluster();
  web = await aNamespace(cluster, 'drained');
  for (const address of ADDRESSES) await createService(cluster, web, `s${address.slice(-3)}`, [address]);
  await createGroup(cluster, web, 'vips');
  const first = await startManager(cluster.operator);
  await waitFor('the DaemonSet is there', () => find(cluster, DAEMON_SETS, { namespace: web, name: 'vips' }), 20_000);
  await first.stop();
  nodes = await standIns(cluster, web);
  manager = await startManager(cluster.operator, { agentPort: nodes.port });
  await ownersAre('every address has an owner', (found) => !Object.values(found).includes('?'));
});
afterAll(async () => {
  await manager?.stop();
  nodes?.close();
  await cluster?.stop();
});

describe('a node', () => {
  it('that is cordoned keeps its addresses until its last pod is gone, also over a restart of the manager, and takes them back afterwards', async () => {
    const before = await owners();
    await aPod('one');
    await aPod('two');
    await quiet(manager);
    const from = manager.proxy.writes.length;
    await cordon(true);
    await remove(cluster, PODS, { namespace: web, name: 'one' });
    expect(await quiet(manager, 1500, from)).toEqual([]);

    await remove(cluster, PODS, { namespace: web, name: 'two' });
    await ownersAre('node2 has none', (found) => !Object.values(found).includes('node2'));
    const emptied = await owners();
    for (const [name, owner] of Object.entries(before)) if (owner !== 'node2') expect(emptied[name]).toBe(owner);
    const told = await waitFor('the move is told', async () => (await movesTold()).find((line) => line.includes('emptied')), 20_000);
    expect(told).toContain('node2 is cordoned and emptied');
    const { nodeStates } = (await groupOf(cluster, web)).status ?? {};
    expect(nodeStates?.map(({ name, standsBack }) => [name, standsBack])).toEqual([
      ['node1', undefined],
      ['node2', 'Emptied'],
      ['node3', undefined],
    ]);

    await manager.stop();
    manager = await startManager(cluster.operator, { agentPort: nodes.port });
    await quiet(manager, 3000);
    expect(await owners()).toEqual(emptied);

    await cordon(false);
    await ownersAre('all are where they were', (found) => JSON.stringify(found) === JSON.stringify(before));
  });

  it.each<[string, object, object]>([
    [
      'has the mark of a drain',
      { metadata: { annotations: { [DRAIN_ANNOTATION]: 'true' } } },
      { metadata: { annotations: { [DRAIN_ANNOTATION]: null } } },
    ],
    ['is out of service', { spec: { taints: [{ key: OUT_OF_SERVICE_TAINT, effect: 'NoExecute' }] } }, { spec: { taints: null } }],
  ])('that %s gives them up, and takes them back when it has it no longer', async (_, on, off) => {
    const before = await owners();
    expect(Object.values(before)).toContain('node2');
    await patch(cluster, NODES, { name: 'node2' }, on);
    await ownersAre('node2 has none', (found) => !Object.values(found).includes('node2'));
    await patch(cluster, NODES, { name: 'node2' }, off);
    await ownersAre('all are where they were', (found) => JSON.stringify(found) === JSON.stringify(before));
  });

  it('whose kubelet alone is silent keeps its addresses; a node that is not Ready takes them back when it has been healthy for a while', async () => {
    const before = await owners();
    const ready = (status: string): Promise<unknown> =>
      patchStatus(cluster, NODES, { name: 'node2' }, { conditions: [{ type: 'Ready', status, reason: 'Test', message: '' }] });
    await quiet(manager);
    const from = manager.proxy.writes.length;
    await ready('Unknown');
    // How many pods a roll-out may take at a time follows from it, and no configuration does.
    const written = await quiet(manager, 1500, from);
    expect(written.filter(({ url }) => !url.includes('/daemonsets/'))).toEqual([]);
    await ready('False');
    await ownersAre('node2 has none', (found) => !Object.values(found).includes('node2'));
    const readyAt = performance.now();
    await ready('True');
    await ownersAre('all are where they were', (found) => JSON.stringify(found) === JSON.stringify(before));
    expect(performance.now() - readyAt).toBeGreaterThan(9_000);
  });

  it('each of the three nodes is the preferred node of some address', async () =>
    expect([...new Set(Object.values(await owners()))].sort()).toEqual([...NODE_NAMES]));
});
