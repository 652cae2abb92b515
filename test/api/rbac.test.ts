import { get as httpsGet } from 'node:https';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePorts } from '../../lab/machine/port.ts';
import { waitFor } from '../../lab/machine/wait.ts';
import { LOAD_BALANCER_CLASS, SERVICE_ANNOTATIONS } from '../../src/api/names.ts';
import type { AddressPool } from '../../src/api/pool/address-pool.ts';
import type { VirtualIP } from '../../src/api/virtual-ip/virtual-ip.ts';
import { ADDRESS_POOLS, POD_MONITORS, VIRTUAL_IPS } from '../../src/manager/cluster/resource.ts';
import { CLUSTER_RULES, NAMESPACE_RULES, type Rule } from '../../src/manager/rbac.ts';
import { PROMETHEUS_RULES } from '../../src/render/pod-monitor.ts';
import {
  aNamespace,
  type Cluster,
  CONFIG_MAPS,
  carried,
  create,
  createGroup,
  createService,
  DAEMON_SETS,
  eventsOf,
  find,
  get,
  groupOf,
  HOME,
  installCrd,
  POD_MONITOR_CRD,
  remove,
  SERVICES,
  startCluster,
} from './cluster.ts';
import { type ManagerUnderTest, quiet, startManager } from './manager-under-test.ts';
import type { Passed } from './proxy.ts';
import { standIns } from './stand-in-agents.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.stop());

it('needs each of its permissions, and no other', async () => {
  const web = await aNamespace(cluster, 'allowed');
  const id = { namespace: web, name: 'vips' };
  await installCrd(cluster, POD_MONITOR_CRD);
  await createGroup(cluster, web, 'vips');
  await createService(cluster, web, 'web', ['192.0.2.1'], {
    annotations: { [SERVICE_ANNOTATIONS.updateStatus]: 'true' },
    spec: { type: 'LoadBalancer' },
  });
  const first = await startManager(cluster.operator, { leaseNamespace: HOME, prometheus: { namespace: 'monitoring', name: 'prometheus' } });
  await waitFor('the DaemonSet is there', () => find(cluster, DAEMON_SETS, id), 20_000);
  await first.stop();
  const nodes = await standIns(cluster, web);
  const [port = 0] = await freePorts(1);
  const manager = await startManager(cluster.operator, {
    ...{ leaseNamespace: HOME, prometheus: { namespace: 'monitoring', name: 'prometheus' }, agentPort: nodes.port },
    secureMetrics: { bind: { host: '127.0.0.1', port }, certificates: undefined, names: ['localhost'] },
  });
  try {
    await carried(cluster, web, ['192.0.2.1']);
    await waitFor('the PodMonitor is there', () => find(cluster, POD_MONITORS, id), 20_000);
    await waitFor('the group is Ready', async () => isReady(await groupOf(cluster, web)) || undefined, 30_000);
    await waitFor(
      'the Service has its address',
      async () => JSON.stringify(await get(cluster, SERVICES, { namespace: web, name: 'web' })).includes('"ingress"') || undefined,
      20_000,
    );
    // The same twice is one Event that counts.
    for (const times of [1, 2]) {
      await remove(cluster, CONFIG_MAPS, id);
      await carried(cluster, web, ['192.0.2.1']);
      await waitFor(
        `repair ${times} is told`,
        async () => manager.lines.filter((line) => line.includes('repaired')).length >= times || undefined,
        10_000,
      );
    }
    await waitFor('an Event tells', async () => (await eventsOf(cluster, web)).find((line) => line.includes('Repaired')), 10_000);
    await giveAndTakeBack(web);
    await asked(`https://127.0.0.1:${port}/metrics`, await adminToken());
    await waitFor('the lease is renewed', async () => uses([manager]).has('coordination.k8s.io leases update') || undefined, 10_000);
    await quiet(manager);
    const used = uses([first, manager]);
    const granted = [...CLUSTER_RULES, ...NAMESPACE_RULES].flatMap(permissions);
    expect(granted.filter((permission) => !used.has(permission)).sort()).toEqual(PASSED_ON.sort());
    expect([...first.proxy.passed, ...manager.proxy.passed].filter(({ status }) => status === 403)).toEqual([]);
  } finally {
    await manager.stop();
    nodes.close();
  }
});

/** A Service gets an address of a pool and goes, and so does one with an external IP. */
async function giveAndTakeBack(namespace: string): Promise<void> {
  await create(cluster, ADDRESS_POOLS, { metadata: { name: 'lan' }, spec: { group: `${namespace}/vips`, addresses: ['192.0.2.64/30'] } });
  const spec = { type: 'LoadBalancer', loadBalancerClass: LOAD_BALANCER_CLASS, ports: [{ port: 80 }] };
  await create(cluster, SERVICES, { metadata: { namespace, name: 'pooled' }, spec });
  await createService(cluster, namespace, 'external', ['192.0.2.80']);
  const record = (name: string) => find<VirtualIP>(cluster, VIRTUAL_IPS, { name });
  await waitFor('both have a record', async () => ((await record('192.0.2.65')) && (await record('192.0.2.80'))) || undefined, 20_000);
  await waitFor(
    'the pool counts',
    async () => (await get<AddressPool>(cluster, ADDRESS_POOLS, { name: 'lan' })).status?.ipv4?.used === 1 || undefined,
    20_000,
  );
  for (const name of ['pooled', 'external']) await remove(cluster, SERVICES, { namespace, name });
  await waitFor('one is kept', async () => (await record('192.0.2.65'))?.spec.keptFor, 20_000);
  await waitFor('one is gone', async () => (await record('192.0.2.80')) === undefined || undefined, 20_000);
}

/**
 * What no request of its own needs. The API server asks for these when the manager grants them to a Prometheus, and for `finalizers` where
 * it guards owner references, as the one under test does: without them applies are refused, and so are those of orphans without `delete`
 * (reconcile.test.ts).
 */
const PASSED_ON = [
  'redhatcop.redhat.io keepalivedgroups/finalizers update',
  // Of a DaemonSet that has no pod (refused.test.ts).
  'events.k8s.io events list',
  ' configmaps delete',
  'apps daemonsets delete',
  ...PROMETHEUS_RULES.flatMap((rule) => permissions({ ...rule, why: '' })).filter(
    (permission) => ![' services list', ' services watch', ' pods list', ' pods watch'].includes(permission),
  ),
];

function permissions({ apiGroups, resources, verbs }: Rule): string[] {
  return apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => `${group} ${resource} ${verb}`)));
}

/** The permissions that the requests needed: `group resource verb`. */
function uses(managers: readonly ManagerUnderTest[]): Set<string> {
  return new Set(managers.flatMap(({ proxy }) => proxy.passed.flatMap(permissionsOf)));
}

function permissionsOf({ method, url, isWatch, status }: Passed): string[] {
  const path = url.split('?')[0] ?? '';
  const match = /^\/(?:api\/v1|apis\/([^/]+)\/[^/]+)(?:\/namespaces\/[^/]+)?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(path);
  if (match === null) return [];
  const [, group = '', resource, name, subresource] = match;
  const on = `${group} ${resource}${subresource === undefined ? '' : `/${subresource}`}`;
  if (method === 'GET') return [`${on} ${isWatch ? 'watch' : name === undefined ? 'list' : 'get'}`];
  if (method === 'POST') return [`${on} create`];
  if (method === 'DELETE') return [`${on} delete`];
  if (method === 'PUT') return [`${on} update`];
  // A server-side apply of what isn't there needs both.
  return status === 201 ? [`${on} patch`, `${on} create`] : [`${on} patch`];
}

const isReady = (group: { status?: { conditions?: readonly { type: string; status: string }[] } }): boolean =>
  group.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;

async function adminToken(): Promise<string> {
  await cluster.client.request({
    method: 'POST',
    path: `/api/v1/namespaces/${HOME}/serviceaccounts`,
    body: { metadata: { name: 'scraper' } },
  });
  const path = `/api/v1/namespaces/${HOME}/serviceaccounts/scraper/token`;
  return (await cluster.client.request<{ status: { token: string } }>({ method: 'POST', path, body: { spec: {} } })).status.token;
}

function asked(url: string, token: string): Promise<number> {
  return new Promise((resolve, reject) => {
    httpsGet(url, { rejectUnauthorized: false, headers: { authorization: `Bearer ${token}` } }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    }).on('error', reject);
  });
}
