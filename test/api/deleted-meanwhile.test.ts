/** A group that is deleted while no manager runs: the next one releases what was made for it, and touches nothing else. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor } from '../../lab/machine/wait.ts';
import type { Service } from '../../src/api/core.ts';
import type { VirtualIP } from '../../src/api/virtual-ip/virtual-ip.ts';
import { VIRTUAL_IPS } from '../../src/manager/cluster/resource.ts';
import {
  type Any,
  aNamespace,
  type Cluster,
  CONFIG_MAPS,
  carried,
  createGroup,
  createService,
  DAEMON_SETS,
  find,
  GROUPS,
  get,
  remove,
  SERVICES,
  startCluster,
} from './cluster.ts';
import { quiet, startManager } from './manager-under-test.ts';

const WEB = 'meanwhile';
let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
  await aNamespace(cluster, WEB);
});
afterAll(() => cluster?.stop());

const claimed = (name: string, by: string): Promise<true> =>
  waitFor(
    `the record of ${name} is of ${by}`,
    async () => (await find<VirtualIP>(cluster, VIRTUAL_IPS, { name }))?.status?.group === `${WEB}/${by}` || undefined,
    20_000,
  );

/** The versions of what was made for the group that stays, and of the Service in it. */
async function theOthers(): Promise<(string | undefined)[]> {
  const [stays, b] = [
    { namespace: WEB, name: 'stays' },
    { namespace: WEB, name: 'b' },
  ];
  const objects = await Promise.all([
    ...[CONFIG_MAPS, DAEMON_SETS].map((kind) => get<Any>(cluster, kind, stays)),
    get<Any>(cluster, SERVICES, b),
    get<Any>(cluster, VIRTUAL_IPS, { name: '192.0.2.2' }),
  ]);
  return objects.map(({ metadata }) => metadata.resourceVersion);
}

it('while its group is deleted, the VirtualIP names no group, the Service shows no address, and the other group stays as it was', async () => {
  for (const name of ['gone', 'stays']) await createGroup(cluster, WEB, name);
  await createService(cluster, WEB, 'a', ['192.0.2.1'], { group: `${WEB}/gone` });
  await createService(cluster, WEB, 'b', ['192.0.2.2'], { group: `${WEB}/stays` });
  const first = await startManager(cluster.operator);
  await carried(cluster, WEB, ['192.0.2.1'], 'gone');
  await carried(cluster, WEB, ['192.0.2.2'], 'stays');
  await claimed('192.0.2.1', 'gone');
  await claimed('192.0.2.2', 'stays');
  await quiet(first);
  await first.stop();
  const before = await theOthers();

  await remove(cluster, GROUPS, { namespace: WEB, name: 'gone' });
  // No garbage collector runs here: the test does what it would do with what the group owns.
  const owned = await Promise.all([CONFIG_MAPS, DAEMON_SETS].map((kind) => get<Any>(cluster, kind, { namespace: WEB, name: 'gone' })));
  expect(owned.map(({ metadata }) => metadata.ownerReferences?.map(({ kind, name }) => `${kind}/${name}`))).toEqual([
    ['KeepalivedGroup/gone'],
    ['KeepalivedGroup/gone'],
  ]);
  for (const kind of [CONFIG_MAPS, DAEMON_SETS]) await remove(cluster, kind, { namespace: WEB, name: 'gone' });

  const next = await startManager(cluster.operator);
  await waitFor(
    'the record of its address has no group',
    async () => {
      const record = await find<VirtualIP>(cluster, VIRTUAL_IPS, { name: '192.0.2.1' });
      return record?.status?.group === undefined || undefined;
    },
    20_000,
  );
  await quiet(next);
  expect((await get<Service>(cluster, SERVICES, { namespace: WEB, name: 'a' })).status?.loadBalancer?.ingress ?? []).toEqual([]);
  for (const kind of [CONFIG_MAPS, DAEMON_SETS]) expect(await find(cluster, kind, { namespace: WEB, name: 'gone' })).toBeUndefined();
  expect(await theOthers()).toEqual(before);
  expect(next.lines.filter((line) => /^(error|fatal)/.test(line))).toEqual([]);
  await next.stop();
});
