import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor } from '../../lab/machine/wait.ts';
import { MONITORING, POD_MONITORS, ROLE_BINDINGS, ROLES } from '../../src/manager/cluster/resource.ts';
import {
  type Any,
  aNamespace,
  type Cluster,
  carried,
  createGroup,
  createService,
  find,
  installCrd,
  POD_MONITOR_CRD,
  patch,
  remove,
  startCluster,
} from './cluster.ts';
import { quiet, startManager } from './manager-under-test.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.stop());

it('makes PodMonitors when their CRD is installed later, repairs them, and lets the Prometheus of the flag find the pods', async () => {
  const web = await aNamespace(cluster, 'monitored');
  await createGroup(cluster, web, 'vips');
  await createService(cluster, web, 'web', ['192.0.2.1']);
  const prometheus = { namespace: 'monitoring', name: 'prometheus' };
  const manager = await startManager(cluster.operator, { prometheus, monitoringEvery: 500 });
  await carried(cluster, web, ['192.0.2.1']);
  expect(await find(cluster, ROLES, { namespace: web, name: 'vips-prometheus-k8s' })).toBeUndefined();

  await installCrd(cluster, POD_MONITOR_CRD);
  const id = { namespace: web, name: 'vips' };
  const monitor = await waitFor<Any>('the PodMonitor is there', () => find(cluster, POD_MONITORS, id), 20_000);
  expect(monitor.metadata).toMatchObject({
    labels: { metrics: 'keepalived', keepalivedGroup: 'vips' },
    ownerReferences: [{ name: 'vips' }],
  });
  expect(monitor.spec).toMatchObject({
    selector: { matchLabels: { keepalivedGroup: 'vips' } },
    podMetricsEndpoints: [{ port: 'metrics' }],
  });
  const access = { namespace: web, name: 'vips-prometheus-k8s' };
  const binding = await waitFor<Any>('the RoleBinding is there', () => find(cluster, ROLE_BINDINGS, access), 20_000);
  expect(binding.subjects).toEqual([{ kind: 'ServiceAccount', ...prometheus }]);

  await patch(cluster, ROLES, access, { rules: [] });
  await waitFor(
    'the Role is repaired',
    async () => (await find<{ rules: object[] }>(cluster, ROLES, access))?.rules.length === 1 || undefined,
    20_000,
  );
  await remove(cluster, POD_MONITORS, id);
  await waitFor('the PodMonitor is there again', () => find(cluster, POD_MONITORS, id), 20_000);
  await quiet(manager);
  const before = manager.proxy.writes.length;
  await quiet(manager, 3000);
  expect(manager.proxy.writes.length).toBe(before);

  await remove(
    cluster,
    { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', plural: 'customresourcedefinitions', namespaced: false },
    { name: 'podmonitors.monitoring.coreos.com' },
  );
  await waitFor('it is noticed', async () => manager.lines.some((line) => line.includes('exists: false')) || undefined, 20_000);
  await createService(cluster, web, 'more', ['192.0.2.2']);
  await carried(cluster, web, ['192.0.2.2']);
  await quiet(manager);
  expect(manager.lines.filter((line) => /^(error|fatal)/.test(line))).toEqual([]);
  expect(MONITORING).toHaveLength(3);
  await manager.stop();
});
