import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../lab/machine/wait.ts';
import { SERVICE_ANNOTATIONS } from '../../src/api/names.ts';
import { describeApi } from '../conformance/api/client.ts';
import {
  aNamespace,
  type Cluster,
  CONFIG_MAPS,
  carried,
  carries,
  confOf,
  create,
  createGroup,
  createService,
  DAEMON_SETS,
  eventsOf,
  find,
  GROUPS,
  get,
  groupOf,
  NAMESPACES,
  patch,
  remove,
  SERVICES,
  startCluster,
} from './cluster.ts';
import { type ManagerUnderTest, quiet, startManager } from './manager-under-test.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.stop());

describeApi('a real server', async () => ({ client: cluster.client, namespace: await aNamespace(cluster, 'conformance') }));

describe('a manager', () => {
  let manager: ManagerUnderTest;
  const start = async (): Promise<ManagerUnderTest> => {
    manager = await startManager(cluster.operator);
    return manager;
  };
  afterEach(async () => {
    await manager.stop();
  });

  it('carries the addresses of Services, saves their ids first, and then writes nothing any more', async () => {
    const web = await aNamespace(cluster, 'steady');
    await createGroup(cluster, web, 'vips');
    for (let count = 1; count <= 5; count += 1) await createService(cluster, web, `s${count}`, [`192.0.2.${count}`]);
    await start();
    await carried(cluster, web, ['192.0.2.1', '192.0.2.5']);
    await quiet(manager);
    const paths = manager.proxy.writes.map(({ method, url }) => `${method} ${url.split('?')[0]}`);
    const status = paths.findIndex((path) => path.includes('/keepalivedgroups/vips/status'));
    const config = paths.findIndex((path) => path.includes(`/${web}/configmaps/`));
    expect(status).toBeLessThan(config);
    expect(Object.values((await groupOf(cluster, web)).status?.routerIDs ?? {}).sort()).toEqual([1, 2, 3, 4, 5]);
    expect(manager.lines.filter((line) => /^(warn|error|fatal)/.test(line))).toEqual([]);

    const before = manager.proxy.writes.length;
    await patch(cluster, SERVICES, { namespace: web, name: 's1' }, { metadata: { labels: { touched: 'yes' } } });
    await patch(cluster, GROUPS, { namespace: web, name: 'vips' }, { metadata: { labels: { touched: 'yes' } } });
    await quiet(manager);
    expect(manager.proxy.writes.slice(before)).toEqual([]);
  });

  it('started again, changes nothing that it finds as it should be', async () => {
    const web = 'steady';
    const versions = async (): Promise<unknown[]> =>
      Promise.all(
        [CONFIG_MAPS, DAEMON_SETS, GROUPS].map(
          async (kind) => (await get(cluster, kind, { namespace: web, name: 'vips' })).metadata.resourceVersion,
        ),
      );
    const before = await versions();
    await start();
    await waitFor('it reconciles', async () => manager.lines.some((line) => line.includes('reconciling')) || undefined, 10_000);
    await quiet(manager);
    expect(await versions()).toEqual(before);
  });

  it('repairs what others change or delete of its objects, and leaves what is theirs', async () => {
    const web = await aNamespace(cluster, 'drift');
    const id = { namespace: web, name: 'vips' };
    await createGroup(cluster, web, 'vips');
    await createService(cluster, web, 'web', ['192.0.2.10']);
    await start();
    await carried(cluster, web, ['192.0.2.10']);
    await waitFor('the DaemonSet is there', () => find(cluster, DAEMON_SETS, id), 10_000);
    await remove(cluster, CONFIG_MAPS, id);
    await carried(cluster, web, ['192.0.2.10']);
    await patch(cluster, CONFIG_MAPS, id, { data: { 'keepalived.conf': 'broken' } });
    await carried(cluster, web, ['192.0.2.10']);
    const restarted = { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' } } } } };
    await patch(cluster, DAEMON_SETS, id, { metadata: { labels: { theirs: 'yes' } }, spec: { ...restarted.spec, minReadySeconds: 77 } });
    await waitFor(
      'minReadySeconds is repaired',
      async () => (await get<{ spec: { minReadySeconds: number } }>(cluster, DAEMON_SETS, id)).spec.minReadySeconds !== 77 || undefined,
      10_000,
    );
    await quiet(manager);
    expect(await get(cluster, DAEMON_SETS, id)).toMatchObject({ metadata: { labels: { theirs: 'yes' } }, ...restarted });
    expect(manager.lines.filter((line) => line.includes('repaired'))).not.toEqual([]);
    await waitFor(
      'an Event tells of the repair',
      async () => (await eventsOf(cluster, web)).find((line) => /KeepalivedGroup\/vips Repaired .*ConfigMap/.test(line)),
      10_000,
    );
  });

  it('overwrites nothing that is not its own, and says so', async () => {
    const web = await aNamespace(cluster, 'foreign');
    await create(cluster, CONFIG_MAPS, { metadata: { namespace: web, name: 'vips' }, data: { mine: 'yes' } });
    await createGroup(cluster, web, 'vips');
    await createService(cluster, web, 'web', ['192.0.2.20']);
    await start();
    await waitFor('an Event tells', async () => (await eventsOf(cluster, web)).find((line) => line.includes('ObjectNotOurs')), 10_000);
    expect(await get(cluster, CONFIG_MAPS, { namespace: web, name: 'vips' })).toMatchObject({ data: { mine: 'yes' } });
    await waitFor(
      'the group says so',
      async () => {
        const found = (await groupOf(cluster, web)).status?.conditions?.find(({ type }) => type === 'ReconcileSuccess');
        return (found?.status === 'False' && found.message.includes('not overwritten')) || undefined;
      },
      10_000,
    );
    // The statuses of the VirtualIPs come later.
    await quiet(manager);
    const before = manager.proxy.writes.length;
    await quiet(manager, 3000);
    expect(manager.proxy.writes.slice(before)).toEqual([]);
    await remove(cluster, CONFIG_MAPS, { namespace: web, name: 'vips' });
    await patch(cluster, GROUPS, { namespace: web, name: 'vips' }, { metadata: { labels: { touched: 'yes' } } });
    await carried(cluster, web, ['192.0.2.20']);
  });

  it('carries all other Services when annotations are malformed or huge, and reports whose they are', async () => {
    const web = await aNamespace(cluster, 'annotations');
    await createGroup(cluster, web, 'vips');
    await createService(cluster, web, 'good', ['192.0.2.30']);
    await createService(cluster, web, 'nameless', ['192.0.2.31'], { group: 'vips' });
    await createService(cluster, web, 'three-parts', ['192.0.2.32'], { group: 'a/b/c' });
    await createService(cluster, web, 'nowhere', ['192.0.2.33'], { group: 'no/such' });
    const [name, huge] = [SERVICE_ANNOTATIONS.verbatim, 'x'.repeat(200_000)];
    await createService(cluster, web, 'huge', ['192.0.2.34'], { annotations: { [name]: huge } });
    await createService(cluster, web, 'huge-json', ['192.0.2.35'], { annotations: { [name]: JSON.stringify({ advert_int: huge }) } });
    await start();
    await carried(cluster, web, ['192.0.2.30']);
    await quiet(manager);
    const events = await eventsOf(cluster, web);
    expect(events).toContainEqual(expect.stringContaining('Service/nameless MalformedGroupReference'));
    expect(events).toContainEqual(expect.stringContaining('Service/three-parts MalformedGroupReference'));
    expect(events).toContainEqual(expect.stringContaining('Service/huge VerbatimMalformed'));
    expect(events).toContainEqual(expect.stringMatching(/KeepalivedGroup\/vips Verbatim\w+ not everything that Services ask for/));
    const status = JSON.stringify((await groupOf(cluster, web)).status);
    expect(status.length).toBeLessThan(20_000);
    expect(manager.lines.filter((line) => /^(error|fatal)/.test(line))).toEqual([]);
  });

  it('takes the addresses of a Service that goes while it is reconciled', async () => {
    const web = await aNamespace(cluster, 'passing');
    await createGroup(cluster, web, 'vips');
    await start();
    await carried(cluster, web, []);
    for (let round = 1; round <= 10; round += 1) {
      await createService(cluster, web, 'web', ['192.0.2.40']);
      await remove(cluster, SERVICES, { namespace: web, name: 'web' });
    }
    await quiet(manager);
    expect(carries((await confOf(cluster, web)) ?? '', '192.0.2.40')).toBe(false);
    expect(manager.lines.filter((line) => /^(error|fatal)/.test(line))).toEqual([]);
  });

  it.each([
    ['Background', '192.0.2.51'],
    ['Foreground', '192.0.2.52'],
    ['Orphan', '192.0.2.53'],
  ])('makes nothing anew for a group that is deleted: %s', async (policy, address) => {
    const web = await aNamespace(cluster, `deleted-${policy.toLowerCase()}`);
    const id = { namespace: web, name: 'vips' };
    await createGroup(cluster, web, 'vips');
    await createService(cluster, web, 'web', [address]);
    await start();
    await carried(cluster, web, [address]);
    await quiet(manager);
    await remove(cluster, GROUPS, id, policy);
    // No garbage collector runs here: the test does what it would do.
    await remove(cluster, CONFIG_MAPS, id);
    await remove(cluster, DAEMON_SETS, id);
    await quiet(manager);
    expect(await find(cluster, CONFIG_MAPS, id)).toBeUndefined();
    expect(await find(cluster, DAEMON_SETS, id)).toBeUndefined();
    expect(manager.lines.filter((line) => /^(error|fatal)/.test(line))).toEqual([]);
  });

  it('adopts objects that a deleted group of the same name left behind, if the operator wrote them', async () => {
    const web = await aNamespace(cluster, 'orphans');
    const id = { namespace: web, name: 'vips' };
    await createGroup(cluster, web, 'vips');
    await createService(cluster, web, 'web', ['192.0.2.60']);
    await start();
    await carried(cluster, web, ['192.0.2.60']);
    await quiet(manager);
    const { uid } = (await get(cluster, DAEMON_SETS, id)).metadata;
    const { routerIDs } = (await groupOf(cluster, web)).status ?? {};
    await remove(cluster, GROUPS, id);
    // As the garbage collector does where orphans were asked for.
    for (const kind of [CONFIG_MAPS, DAEMON_SETS]) await patch(cluster, kind, id, { metadata: { ownerReferences: null } });
    await createGroup(cluster, web, 'vips');
    const { uid: owner } = (await groupOf(cluster, web)).metadata;
    for (const kind of [CONFIG_MAPS, DAEMON_SETS])
      await waitFor(
        `${kind.kind} is owned by the new group`,
        async () => (await get(cluster, kind, id)).metadata.ownerReferences?.some((reference) => reference.uid === owner) || undefined,
        10_000,
      );
    expect((await get(cluster, DAEMON_SETS, id)).metadata.uid).toBe(uid);
    expect((await groupOf(cluster, web)).status?.routerIDs).toEqual(routerIDs);
  });

  it('makes nothing in a namespace that is being deleted, and does not try for ever', async () => {
    const web = await aNamespace(cluster, 'terminating');
    await createGroup(cluster, web, 'vips');
    await createService(cluster, web, 'web', ['192.0.2.70']);
    await start();
    await carried(cluster, web, ['192.0.2.70']);
    await quiet(manager);
    await remove(cluster, NAMESPACES, { name: web });
    const before = manager.proxy.writes.length;
    await remove(cluster, CONFIG_MAPS, { namespace: web, name: 'vips' });
    await waitFor(
      'it is told',
      async () => manager.lines.some((line) => line.includes('is being deleted, nothing is made in it')) || undefined,
      10_000,
    );
    expect((await quiet(manager, 3000, before)).length).toBeLessThan(5);
    expect(manager.lines.filter((line) => /^(error|fatal)/.test(line))).toEqual([]);
  });
});
