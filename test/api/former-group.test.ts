import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor } from '../../lab/machine/wait.ts';
import { HELD_ANNOTATION, SERVICE_CONDITION } from '../../src/api/names.ts';
import type { VirtualIP } from '../../src/api/virtual-ip/virtual-ip.ts';
import { VIRTUAL_IPS } from '../../src/manager/cluster/resource.ts';
import {
  type Any,
  aNamespace,
  type Cluster,
  carried,
  createGroup,
  createService,
  DAEMON_SETS,
  find,
  GROUPS,
  get,
  groupOf,
  PODS,
  remove,
  SERVICES,
  startCluster,
} from './cluster.ts';
import { startManager } from './manager-under-test.ts';
import { createPod } from './stand-in-agents.ts';

const WEB = 'former';
const POD = { namespace: WEB, name: 'old-node1' };
let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
  await aNamespace(cluster, WEB);
});
afterAll(() => cluster?.stop());

/** What the condition on a Service says, once it is as wished. */
const explained = (name: string, reason: string): Promise<string> =>
  waitFor(
    `Service ${name} has ${reason}`,
    async () => {
      const { status } = await get<Any & { status: { conditions?: { type: string; reason: string; message: string }[] } }>(
        cluster,
        SERVICES,
        {
          namespace: WEB,
          name,
        },
      );
      return status.conditions?.find((one) => one.type === SERVICE_CONDITION && one.reason === reason)?.message;
    },
    20_000,
  );

/** On a node that answers nobody. */
async function aPodOf(group: string): Promise<void> {
  const daemonSet = await waitFor(
    `the DaemonSet of ${group} is there`,
    () => find<Any>(cluster, DAEMON_SETS, { namespace: WEB, name: group }),
    20_000,
  );
  await createPod(cluster, { namespace: WEB, group, node: 'node1', uid: daemonSet?.metadata.uid ?? '', address: '127.0.0.11' });
}

it('a deleted group keeps its ids and addresses while a node that does not answer has its pod, also for the next manager', async () => {
  await createGroup(cluster, WEB, 'old');
  await createService(cluster, WEB, 'x', ['192.0.2.1'], { group: `${WEB}/old` });
  const first = await startManager(cluster.operator);
  await carried(cluster, WEB, ['192.0.2.1'], 'old');
  await aPodOf('old');
  await waitFor('the pod was told', async () => (await get(cluster, PODS, POD)).metadata.annotations ?? undefined, 20_000);

  await remove(cluster, SERVICES, { namespace: WEB, name: 'x' });
  await remove(cluster, GROUPS, { namespace: WEB, name: 'old' });
  await waitFor('what it had is saved', async () => (await get(cluster, PODS, POD)).metadata.annotations?.[HELD_ANNOTATION], 20_000);
  await createGroup(cluster, WEB, 'vips');
  await createService(cluster, WEB, 'next', ['192.0.2.1']);
  await createService(cluster, WEB, 'free', ['192.0.2.2']);
  const message = await explained('next', 'AddressLingers');
  expect(message).toBe(
    `192.0.2.1 was the address of Service ${WEB}/x, and a node of the deleted KeepalivedGroup ${WEB}/old may still have it; the Service gets it when the last pod of that group is gone`,
  );
  await carried(cluster, WEB, ['192.0.2.2']);
  await first.stop();

  const second = await startManager(cluster.operator);
  // A change that it has to plan for.
  await createService(cluster, WEB, 'later', ['192.0.2.3']);
  const conf = await carried(cluster, WEB, ['192.0.2.2', '192.0.2.3']);
  expect(conf).not.toContain('192.0.2.1\n');
  expect(Object.values((await groupOf(cluster, WEB)).status?.routerIDs ?? {})).toEqual([2, 3]);

  await remove(cluster, PODS, POD);
  await carried(cluster, WEB, ['192.0.2.1', '192.0.2.2', '192.0.2.3']);
  expect((await groupOf(cluster, WEB)).status?.routerIDs?.[`${WEB}/next`]).toBe(1);
  await second.stop();
});

it('a group that was deleted while no manager ran keeps what it had in the same way', async () => {
  await createGroup(cluster, WEB, 'away');
  await createService(cluster, WEB, 'y', ['192.0.2.21'], { group: `${WEB}/away` });
  const before = await startManager(cluster.operator);
  await carried(cluster, WEB, ['192.0.2.21'], 'away');
  await aPodOf('away');
  const name = '192.0.2.21';
  await waitFor(
    'the ledger has the id',
    async () => (await find<VirtualIP>(cluster, VIRTUAL_IPS, { name }))?.status?.virtualRouterID,
    20_000,
  );
  await before.stop();

  await remove(cluster, SERVICES, { namespace: WEB, name: 'y' });
  await remove(cluster, GROUPS, { namespace: WEB, name: 'away' });
  await createService(cluster, WEB, 'heir', ['192.0.2.21']);
  const after = await startManager(cluster.operator);
  expect(await explained('heir', 'AddressLingers')).toContain(`a node of the deleted KeepalivedGroup ${WEB}/away may still have it`);
  const pod = { namespace: WEB, name: 'away-node1' };
  await waitFor('what it had is saved', async () => (await get(cluster, PODS, pod)).metadata.annotations?.[HELD_ANNOTATION], 20_000);
  await remove(cluster, PODS, pod);
  await carried(cluster, WEB, ['192.0.2.21']);
  await after.stop();
});

it('a group that is deleted and made anew goes on with the ids that it had', async () => {
  await createGroup(cluster, WEB, 'again');
  for (const [name, address] of [
    ['p', '192.0.2.11'],
    ['q', '192.0.2.12'],
  ] as const)
    await createService(cluster, WEB, name, [address], { group: `${WEB}/again` });
  const manager = await startManager(cluster.operator);
  await carried(cluster, WEB, ['192.0.2.11', '192.0.2.12'], 'again');
  await aPodOf('again');
  const { uid, ids } = await waitFor(
    'ids are saved',
    async () => {
      const group = await groupOf(cluster, WEB, 'again');
      return { uid: group.metadata.uid, ids: group.status?.routerIDs };
    },
    20_000,
  );
  await waitFor(
    'the pod was told',
    async () => (await get(cluster, PODS, { namespace: WEB, name: 'again-node1' })).metadata.annotations,
    20_000,
  );
  await remove(cluster, GROUPS, { namespace: WEB, name: 'again' });
  await createGroup(cluster, WEB, 'again');
  const anew = await waitFor(
    'the group that was made anew has ids',
    async () => {
      const group = await groupOf(cluster, WEB, 'again');
      return group.metadata.uid !== uid && group.status?.routerIDs !== undefined ? group : undefined;
    },
    20_000,
  );
  expect(anew.status?.routerIDs).toEqual(ids);
  await manager.stop();
});
