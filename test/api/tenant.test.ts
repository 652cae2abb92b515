/** What a tenant tries against the addresses of others, on a real API server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../lab/machine/wait.ts';
import type { Service } from '../../src/api/core.ts';
import { LOAD_BALANCER_CLASS, SERVICE_CONDITION } from '../../src/api/names.ts';
import type { VirtualIP } from '../../src/api/virtual-ip/virtual-ip.ts';
import { ApiError } from '../../src/kube/api-error.ts';
import { type Client, MERGE_PATCH } from '../../src/kube/client.ts';
import { connect } from '../../src/kube/connection/connection.ts';
import { HttpClient } from '../../src/kube/http-client.ts';
import { collectionPath, objectPath, type Resource } from '../../src/kube/object.ts';
import { ADDRESS_POOLS, VIRTUAL_IPS } from '../../src/manager/cluster/resource.ts';
import {
  type Any,
  aNamespace,
  type Cluster,
  create,
  createGroup,
  createPool,
  eventsOf,
  get,
  list,
  NAMESPACES,
  patch,
  SERVICES,
  startCluster,
} from './cluster.ts';
import { type ManagerUnderTest, quiet, startManager } from './manager-under-test.ts';

const [FLOOD, QUOTA] = [Number(process.env.FLOOD_SERVICES ?? 120), 5];
const RBAC = 'rbac.authorization.k8s.io/v1';
const ROLES: Resource = { apiVersion: RBAC, kind: 'Role', plural: 'roles', namespaced: true };
const BINDINGS: Resource = { apiVersion: RBAC, kind: 'RoleBinding', plural: 'rolebindings', namespaced: true };

let cluster: Cluster;
let manager: ManagerUnderTest | undefined;
/** Of somebody who may do everything in namespace `tenant`, and nothing else. */
let tenant: Client;
beforeAll(async () => {
  cluster = await startCluster();
  await aNamespace(cluster, 'tenant');
  await aNamespace(cluster, 'others');
  const metadata = { namespace: 'tenant', name: 'all' };
  await create(cluster, ROLES, { metadata, rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] });
  const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'tenant' }];
  await create(cluster, BINDINGS, {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'all' },
    subjects,
  });
  tenant = new HttpClient({ connection: connect(await cluster.api.kubeconfigFor({ name: 'tenant' })) });
  const vips = await aNamespace(cluster, 'vips');
  await createGroup(cluster, vips, 'vips');
  await createPool(cluster, 'lan', 'vips/vips', ['203.0.113.0/24'], { addressesPerNamespace: QUOTA });
  manager = await startManager(cluster.operator);
  await balancer(cluster.client, 'others', 'before');
  await waitFor('the other has its address', () => addressOf('others', 'before'), 20_000);
});
afterAll(async () => {
  await manager?.stop();
  await cluster?.stop();
});

const balancer = (client: Client, namespace: string, name: string): Promise<Any> =>
  client.request<Any>({
    method: 'POST',
    path: collectionPath(SERVICES, namespace),
    body: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace, name },
      spec: {
        type: 'LoadBalancer',
        loadBalancerClass: LOAD_BALANCER_CLASS,
        allocateLoadBalancerNodePorts: false,
        selector: { app: name },
        ports: [{ port: 80 }],
      },
    },
  });
const addressOf = async (namespace: string, name: string): Promise<string | undefined> =>
  (await get<Service>(cluster, SERVICES, { namespace, name })).status?.loadBalancer?.ingress?.[0]?.ip;
const isTold = ({ status }: Service): boolean =>
  status?.conditions?.some(({ type, status: is }) => type === SERVICE_CONDITION && is === 'False') === true;
const statusOf = (request: Promise<unknown>): Promise<number | undefined> =>
  request.then(
    () => 200,
    (error: unknown) => (error instanceof ApiError ? error.status : Promise.reject(error)),
  );

describe('a tenant', () => {
  it.each<[string, Resource, string, object]>([
    ['reserve a free address', VIRTUAL_IPS, '203.0.113.77', { address: '203.0.113.77', reservation: { namespace: 'tenant' } }],
    ['make a pool of his own', ADDRESS_POOLS, 'mine', { group: 'vips/vips', addresses: ['198.51.100.0/24'] }],
  ])('with all permissions in a namespace can not %s', async (_, resource, name, spec) => {
    const body = { apiVersion: resource.apiVersion, kind: resource.kind, metadata: { name }, spec };
    expect(await statusOf(tenant.request({ method: 'POST', path: collectionPath(resource), body }))).toBe(403);
  });

  it('can not write a claim into the VirtualIP of an address that another Service has, or delete it', async () => {
    const address = (await addressOf('others', 'before')) ?? '';
    const path = objectPath(VIRTUAL_IPS, { name: address });
    const before = await get<VirtualIP>(cluster, VIRTUAL_IPS, { name: address });
    const body = { spec: { claims: [{ namespace: 'tenant', service: 'mine', source: 'Pool', pool: 'lan' }] } };
    expect(await statusOf(tenant.request({ method: 'PATCH', path, body, contentType: MERGE_PATCH }))).toBe(403);
    expect(await statusOf(tenant.request({ method: 'DELETE', path }))).toBe(403);
    expect((await get<VirtualIP>(cluster, VIRTUAL_IPS, { name: address })).spec).toEqual(before.spec);
  });

  it(`with ${FLOOD} Services gets the addresses of the quota, reads why there are no more, and delays no other tenant`, {
    timeout: 120_000,
  }, async () => {
    const before = await addressOf('others', 'before');
    const names = Array.from({ length: FLOOD }, (_, index) => `f${index}`);
    for (let from = 0; from < FLOOD; from += 20)
      await Promise.all(names.slice(from, from + 20).map((name) => balancer(tenant, 'tenant', name)));
    await balancer(cluster.client, 'others', 'late');
    await waitFor('a younger Service of others has an address', () => addressOf('others', 'late'), 20_000);
    const services = () => list<Service>(cluster, SERVICES, 'tenant');
    await waitFor('each of the rest is told', async () => (await services()).filter(isTold).length === FLOOD - QUOTA || undefined, 90_000);
    expect((await services()).filter(({ status }) => (status?.loadBalancer?.ingress ?? []).length > 0)).toHaveLength(QUOTA);
    expect(await addressOf('others', 'before')).toBe(before);
    expect(await list(cluster, VIRTUAL_IPS)).toHaveLength(QUOTA + 2);
    if (manager === undefined) throw new Error('no manager runs');
    await quiet(manager);
    // The API server tells of cluster IPs that it repairs.
    const events = (await eventsOf(cluster, 'tenant')).filter((line) => /^Service\/\S+ (?!ClusterIP)/.test(line));
    expect(new Set(events.map((line) => line.split(' ')[1]))).toEqual(new Set(['TooManyAddresses']));
    expect(events).toHaveLength(FLOOD - QUOTA);
    const writes = manager.proxy.writes.length;
    await patch(cluster, NAMESPACES, { name: 'tenant' }, { metadata: { labels: { touched: 'yes' } } });
    expect(await quiet(manager, 1500, writes)).toEqual([]);
  });
});
