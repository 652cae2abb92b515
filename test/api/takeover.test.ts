import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor } from '../../lab/machine/wait.ts';
import {
  type Any,
  aNamespace,
  type Cluster,
  CONFIG_MAPS,
  carried,
  create,
  createGroup,
  createService,
  DAEMON_SETS,
  get,
  groupOf,
  patch,
  startCluster,
} from './cluster.ts';
import { quiet, startManager } from './manager-under-test.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.stop());

const LEGACY = { fieldManager: 'manager' };

/** Objects as the Go operator leaves them: created and updated by PUT under the name of its binary. */
async function leave(web: string): Promise<{ daemonSet: Any; configMap: Any }> {
  const group = await createGroup(cluster, web, 'vips', { image: 'registry.redhat.io/openshift4/ose-keepalived-ipfailover' });
  const { uid = '' } = group.metadata;
  const ownerReferences = [
    { apiVersion: 'redhatcop.redhat.io/v1alpha1', kind: 'KeepalivedGroup', name: 'vips', uid, controller: true, blockOwnerDeletion: true },
  ];
  const labels = { keepalivedGroup: 'vips' };
  const post = (path: string, object: object): Promise<Any> =>
    cluster.client.request<Any>({ method: 'POST', path, query: LEGACY, body: object });
  const configMap = await post(`/api/v1/namespaces/${web}/configmaps`, {
    metadata: { namespace: web, name: 'vips', labels, ownerReferences },
    data: { 'keepalived.conf': 'global_defs {\n  router_id vips\n}\n' },
  });
  const container = (name: string, image: string): object => ({ name, image, securityContext: { privileged: true } });
  const daemonSet = await post(`/apis/apps/v1/namespaces/${web}/daemonsets`, {
    metadata: { namespace: web, name: 'vips', ownerReferences },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          hostNetwork: true,
          shareProcessNamespace: true,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          tolerations: [{ operator: 'Exists' }],
          initContainers: [{ name: 'config-setup', image: 'operator:old', command: ['bash', '-c', '/usr/local/bin/notify.sh'] }],
          containers: [
            container('keepalived', 'ose'),
            container('config-reloader', 'operator:old'),
            container('prometheus-exporter', 'operator:old'),
          ],
          volumes: [
            { name: 'lib-modules', hostPath: { path: '/lib/modules' } },
            { name: 'config', configMap: { name: 'vips' } },
            { name: 'config-dst', emptyDir: {} },
            { name: 'pid', emptyDir: { medium: 'Memory' } },
            { name: 'stats', emptyDir: {} },
          ],
        },
      },
    },
  });
  const conditions = ['ReconcileSuccess', 'ReconcileError'].map((type) => ({
    ...{ type, status: 'True', lastTransitionTime: '2023-01-01T00:00:00Z', message: '', observedGeneration: 1 },
    reason: type === 'ReconcileError' ? 'LastReconcileCycleFailed' : 'LastReconcileCycleSucceded',
  }));
  await patch(
    cluster,
    { apiVersion: 'redhatcop.redhat.io/v1alpha1', kind: 'KeepalivedGroup', plural: 'keepalivedgroups', namespaced: true },
    { namespace: web, name: 'vips' },
    { status: { routerIDs: { [`${web}/a`]: 7, [`${web}/b`]: 3, [`${web}/spread/192.0.2.3`]: 99 }, conditions } },
    'status',
  );
  return { daemonSet, configMap };
}

it('takes over what the Go operator left: same ids, same selectors, same objects, and nothing of the old one in them', async () => {
  const web = await aNamespace(cluster, 'legacy');
  const id = { namespace: web, name: 'vips' };
  const left = await leave(web);
  await createService(cluster, web, 'a', ['192.0.2.1']);
  await createService(cluster, web, 'b', ['192.0.2.2']);
  await createService(cluster, web, 'spread', ['192.0.2.3'], { annotations: { 'keepalived-operator.redhat-cop.io/spreadvips': 'true' } });
  const manager = await startManager(cluster.operator);
  const conf = await carried(cluster, web, ['192.0.2.1', '192.0.2.2', '192.0.2.3']);
  await waitFor(
    'the DaemonSet is ours',
    async () => JSON.stringify(await get(cluster, DAEMON_SETS, id)).includes('"/agent"') || undefined,
    10_000,
  );
  await quiet(manager);

  expect((await groupOf(cluster, web)).status?.routerIDs).toEqual({ [`${web}/a`]: 7, [`${web}/b`]: 3, [`${web}/spread/192.0.2.3`]: 99 });
  for (const [name, router] of [
    ['a', 7],
    ['b', 3],
    ['spread/192.0.2.3', 99],
  ])
    expect(conf).toMatch(new RegExp(`vrrp_instance ${web}/${name} \\{[^}]*virtual_router_id ${router}\\n`));
  const daemonSet = (await get(cluster, DAEMON_SETS, id)) as Any & {
    spec: { selector: object; template: { spec: Record<string, { name: string }[]> } };
  };
  expect(daemonSet.metadata.uid).toBe(left.daemonSet.metadata.uid);
  expect((await get(cluster, CONFIG_MAPS, id)).metadata.uid).toBe(left.configMap.metadata.uid);
  expect(daemonSet.spec.selector).toEqual({ matchLabels: { keepalivedGroup: 'vips' } });
  expect(daemonSet.spec.template.spec.containers?.map(({ name }) => name)).toEqual(['keepalived', 'agent', 'asker']);
  expect(daemonSet.spec.template.spec.volumes?.map(({ name }) => name)).not.toContain('lib-modules');
  expect(JSON.stringify(daemonSet)).not.toContain('privileged":true');
  for (const kind of [DAEMON_SETS, CONFIG_MAPS]) {
    const managers = (await get(cluster, kind, id)).metadata.managedFields?.map(({ manager: name, operation }) => `${name} ${operation}`);
    expect(managers).toEqual(['keepalived-operator Apply']);
  }
  const conditions = (await groupOf(cluster, web)).status?.conditions ?? [];
  expect(conditions.find(({ type }) => type === 'ReconcileError')).toMatchObject({ status: 'False' });
  expect(conditions.find(({ type }) => type === 'ReconcileSuccess')).toMatchObject({
    status: 'True',
    lastTransitionTime: '2023-01-01T00:00:00Z',
  });
  const generation = daemonSet.metadata.generation ?? 0;
  expect(generation).toBe((left.daemonSet.metadata.generation ?? 0) + 1);

  const before = manager.proxy.writes.length;
  await quiet(manager, 3000);
  expect(manager.proxy.writes.length).toBe(before);
  await manager.stop();
});

it("leaves what the Go operator would have overwritten: objects of its group's name that nobody owns", async () => {
  const web = await aNamespace(cluster, 'legacy-foreign');
  await create(cluster, DAEMON_SETS, {
    metadata: { namespace: web, name: 'vips' },
    spec: {
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    },
  });
  await createGroup(cluster, web, 'vips');
  await createService(cluster, web, 'web', ['192.0.2.9']);
  const manager = await startManager(cluster.operator);
  await carried(cluster, web, ['192.0.2.9']);
  await quiet(manager);
  expect((await get(cluster, DAEMON_SETS, { namespace: web, name: 'vips' })).metadata.generation).toBe(1);
  expect((await groupOf(cluster, web)).status?.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({ status: 'False' });
  await manager.stop();
});
