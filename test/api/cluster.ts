/** A real API server with our CRD, three nodes and a namespace in it; no controllers and no kubelets. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Api, startApi } from '../../lab/api/control-plane.ts';
import { waitFor } from '../../lab/machine/wait.ts';
import type { Condition } from '../../src/api/core.ts';
import type { KeepalivedGroup } from '../../src/api/group/keepalived-group.ts';
import { SERVICE_ANNOTATIONS } from '../../src/api/names.ts';
import { isNotFound } from '../../src/kube/api-error.ts';
import { APPLY_PATCH, type Client, MERGE_PATCH } from '../../src/kube/client.ts';
import { type Connection, connect } from '../../src/kube/connection/connection.ts';
import { EVENTS } from '../../src/kube/events.ts';
import { HttpClient } from '../../src/kube/http-client.ts';
import { collectionPath, type KubeObject, objectPath, type Resource } from '../../src/kube/object.ts';
import { ADDRESS_POOLS, CONFIG_MAPS, DAEMON_SETS, GROUPS, NAMESPACES, NODES, PODS, SERVICES } from '../../src/manager/cluster/resource.ts';
import { roles } from '../../src/manager/rbac.ts';

export const NODE_NAMES = ['node1', 'node2', 'node3'] as const;
const CRDS: Resource = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
};

/** Any object, with whatever else it holds. */
export type Any = KubeObject & { readonly [field: string]: unknown };

export interface Cluster {
  readonly api: Api;
  readonly connection: Connection;
  /** Of the admin, who may do everything. */
  readonly client: Client;
  /** Of someone with exactly the roles of `config/rbac`: every manager under test is that. */
  readonly operator: Connection;
  stop(): Promise<void>;
}

export async function startCluster(): Promise<Cluster> {
  const api = await startApi({ dir: mkdtempSync(join(tmpdir(), 'api-')) });
  const connection = connect(api.kubeconfig);
  const client = new HttpClient({ connection });
  const operator = connect(await api.kubeconfigFor({ name: OPERATOR }));
  const cluster = { api, connection, client, operator, stop: () => api.stop() };
  await allowOperator(cluster);
  for (const name of ['keepalivedgroups', 'addresspools', 'virtualips'])
    await installCrd(cluster, readFileSync(`config/crd/${name}.yaml`, 'utf8'));
  for (const name of NODE_NAMES) {
    await create(cluster, NODES, { metadata: { name, labels: { 'kubernetes.io/hostname': name } } });
    await patchStatus(cluster, NODES, { name }, { conditions: [{ type: 'Ready', status: 'True', reason: 'Test', message: '' }] });
  }
  return cluster;
}

/** Namespace of the operator, where its lease is. */
export const HOME = 'keepalived-operator';
const OPERATOR = 'operator-under-test';
const RBAC = 'rbac.authorization.k8s.io/v1';

async function allowOperator(cluster: Cluster): Promise<void> {
  await create(cluster, NAMESPACES, { metadata: { name: HOME } });
  const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: OPERATOR }];
  for (const role of roles() as unknown as readonly Any[]) {
    const { kind = '', metadata } = role;
    const resource: Resource = { apiVersion: RBAC, kind, plural: `${kind.toLowerCase()}s`, namespaced: kind === 'Role' };
    const binding: Resource = { ...resource, kind: `${kind}Binding`, plural: `${kind.toLowerCase()}bindings` };
    await create(cluster, resource, role);
    await create(cluster, binding, { metadata, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: metadata.name }, subjects });
  }
}

/** Makes a namespace of its own for a test. */
export async function aNamespace(cluster: Cluster, name: string): Promise<string> {
  await create(cluster, NAMESPACES, { metadata: { name } });
  return name;
}

export async function installCrd(cluster: Cluster, yaml: string): Promise<void> {
  const crd = parse(yaml) as Any;
  await create(cluster, CRDS, crd);
  await waitFor(
    `CRD ${crd.metadata.name} is established`,
    async () => {
      const { status } = (await get(cluster, CRDS, crd.metadata)) as { status?: { conditions?: Condition[] } } & Any;
      return status?.conditions?.some(({ type, status: is }) => type === 'Established' && is === 'True') || undefined;
    },
    30_000,
  );
}

/** As much of the CRD of PodMonitors as the API server needs. */
export const POD_MONITOR_CRD = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: podmonitors.monitoring.coreos.com }
spec:
  group: monitoring.coreos.com
  names: { kind: PodMonitor, listKind: PodMonitorList, plural: podmonitors, singular: podmonitor }
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }
`;

type Id = { readonly namespace?: string; readonly name: string };

export const create = (cluster: Cluster, resource: Resource, object: Partial<Any> & { metadata: Any['metadata'] }): Promise<Any> =>
  cluster.client.request<Any>({
    method: 'POST',
    path: collectionPath(resource, object.metadata.namespace),
    body: { apiVersion: resource.apiVersion, kind: resource.kind, ...object },
  });

export const get = <T = Any>(cluster: Cluster, resource: Resource, id: Id): Promise<T> =>
  cluster.client.request<T>({ method: 'GET', path: objectPath(resource, id) });

/** The object, or undefined where there is none. */
export const find = <T = Any>(cluster: Cluster, resource: Resource, id: Id): Promise<T | undefined> =>
  get<T>(cluster, resource, id).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });

export const list = async <T = Any>(cluster: Cluster, resource: Resource, namespace?: string): Promise<T[]> =>
  (await cluster.client.request<{ items: T[] }>({ method: 'GET', path: collectionPath(resource, namespace) })).items;

export const patch = (cluster: Cluster, resource: Resource, id: Id, body: object, subresource?: string): Promise<Any> =>
  cluster.client.request<Any>({ method: 'PATCH', path: objectPath(resource, id, subresource), body, contentType: MERGE_PATCH });

export const patchStatus = (cluster: Cluster, resource: Resource, id: Id, status: object): Promise<Any> =>
  patch(cluster, resource, id, { status }, 'status');

/** Server-side apply as somebody else. */
export const apply = (cluster: Cluster, resource: Resource, id: Id, fields: object, fieldManager: string): Promise<Any> =>
  cluster.client.request<Any>({
    method: 'PATCH',
    path: objectPath(resource, id),
    query: { fieldManager, force: true },
    body: { apiVersion: resource.apiVersion, kind: resource.kind, metadata: id, ...fields },
    contentType: APPLY_PATCH,
  });

export const remove = (cluster: Cluster, resource: Resource, id: Id, propagationPolicy = 'Background'): Promise<unknown> =>
  cluster.client.request({ method: 'DELETE', path: objectPath(resource, id), query: { propagationPolicy, gracePeriodSeconds: 0 } });

export const createGroup = (cluster: Cluster, namespace: string, name: string, spec: object = {}): Promise<Any> =>
  create(cluster, GROUPS, { metadata: { namespace, name }, spec: { interface: 'eth0', ...spec } });

/** @param group - `namespace/name` of the group that carries its addresses */
export const createPool = (cluster: Cluster, name: string, group: string, addresses: readonly string[], spec: object = {}): Promise<Any> =>
  create(cluster, ADDRESS_POOLS, { metadata: { name }, spec: { group, addresses, ...spec } });

export interface ServiceOptions {
  /** Default: group `vips` of the same namespace. */
  readonly group?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec?: object;
}

export const createService = (
  cluster: Cluster,
  namespace: string,
  name: string,
  externalIPs: readonly string[],
  { group = `${namespace}/vips`, annotations = {}, spec = {} }: ServiceOptions = {},
): Promise<Any> =>
  create(cluster, SERVICES, {
    metadata: { namespace, name, annotations: { [SERVICE_ANNOTATIONS.group]: group, ...annotations } },
    spec: { ports: [{ port: 80 }], selector: { app: name }, externalIPs, ...spec },
  });

export const groupOf = (cluster: Cluster, namespace: string, name = 'vips'): Promise<KeepalivedGroup> =>
  get<KeepalivedGroup>(cluster, GROUPS, { namespace, name });

/** keepalived.conf of a group, or undefined while there is none. */
export const confOf = async (cluster: Cluster, namespace: string, name = 'vips'): Promise<string | undefined> =>
  (await find<{ data?: Record<string, string> }>(cluster, CONFIG_MAPS, { namespace, name }))?.data?.['keepalived.conf'];

/** Waits until a group's configuration carries the addresses, all of them. */
export const carried = (cluster: Cluster, namespace: string, addresses: readonly string[], name = 'vips', ms = 20_000): Promise<string> =>
  waitFor(
    `the configuration of ${namespace}/${name} carries ${addresses.join(', ')}`,
    async () => {
      const conf = (await confOf(cluster, namespace, name)) ?? '';
      const missing = addresses.filter((address) => !carries(conf, address));
      if (missing.length > 0) throw new Error(`it lacks ${missing.join(', ')}`);
      return conf;
    },
    ms,
  );

export const carries = (conf: string, address: string): boolean => new RegExp(`^\\s*${address.replaceAll('.', '\\.')}$`, 'm').test(conf);

export interface Told {
  readonly reason: string;
  readonly type: string;
  readonly note: string;
  readonly regarding: { readonly kind: string; readonly name: string };
}

/** The Events of a namespace, one line each: `kind/name reason note`. */
export const eventsOf = async (cluster: Cluster, namespace: string): Promise<string[]> =>
  (await list<Told & Any>(cluster, EVENTS, namespace)).map(
    ({ regarding, reason, note }) => `${regarding.kind}/${regarding.name} ${reason} ${note}`,
  );

export { CONFIG_MAPS, DAEMON_SETS, EVENTS, GROUPS, NAMESPACES, NODES, PODS, SERVICES };
