/** Builders of what the API server and the agents send: a test names only what it is about. */
import type { Node, Pod, Service } from '../../src/api/core.ts';
import type { KeepalivedGroup, KeepalivedGroupSpec, KeepalivedGroupStatus } from '../../src/api/group/keepalived-group.ts';
import { REVISION_ANNOTATION, SERVICE_ANNOTATIONS } from '../../src/api/names.ts';
import type { InstanceReport, NodeReport } from '../../src/api/node/report.ts';
import type { PlanInput } from '../../src/plan/input.ts';

export interface GroupOptions {
  readonly name?: string;
  readonly spec?: KeepalivedGroupSpec;
  readonly status?: KeepalivedGroupStatus;
}

/** Group `web/vips` on `eth0`. */
export const aGroup = ({ name = 'vips', spec = {}, status }: GroupOptions = {}): KeepalivedGroup => ({
  metadata: { name, namespace: 'web', uid: `uid-of-${name}`, generation: 1 },
  spec: { interface: 'eth0', ...spec },
  ...(status && { status }),
});

export interface ServiceOptions {
  /** RFC 3339. */
  readonly created?: string;
  readonly annotations?: Readonly<Partial<Record<keyof typeof SERVICE_ANNOTATIONS, string>>>;
  readonly spec?: Service['spec'];
  readonly status?: Service['status'];
  readonly deleted?: boolean;
}

/** Service `web/NAME` with external IPs. */
export function aService(name: string, externalIPs: readonly string[], options: ServiceOptions = {}): Service {
  const annotations = Object.entries({ group: 'web/vips', ...options.annotations }).map(([key, value]) => [
    SERVICE_ANNOTATIONS[key as 'group'],
    value,
  ]);
  return {
    metadata: {
      name,
      namespace: 'web',
      creationTimestamp: options.created ?? '2026-01-01T00:00:00Z',
      annotations: Object.fromEntries(annotations),
      ...(options.deleted && { deletionTimestamp: '2026-01-02T00:00:00Z' }),
    },
    spec: { type: 'ClusterIP', externalIPs, ...options.spec },
    ...(options.status && { status: options.status }),
  };
}

/** A load balancer Service with these addresses in its status; a text without digits is a host name. */
export const aLoadBalancer = (name: string, ingress: readonly string[], options: ServiceOptions = {}): Service =>
  aService(name, [], {
    ...options,
    spec: { type: 'LoadBalancer', ...options.spec },
    status: { loadBalancer: { ingress: ingress.map((text) => (/\d/.test(text) ? { ip: text } : { hostname: text })) } },
  });

export interface NodeOptions {
  readonly labels?: Readonly<Record<string, string>>;
  readonly addresses?: readonly string[];
  readonly ready?: boolean;
  readonly unschedulable?: boolean;
}

export const aNode = (name: string, { labels = {}, addresses = [], ready = true, unschedulable = false }: NodeOptions = {}): Node => ({
  metadata: { name, labels },
  spec: { unschedulable },
  status: {
    addresses: addresses.map((address) => ({ type: 'InternalIP', address })),
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'Unknown' }],
  },
});

/** @param told - the revision that the manager asked of it */
export const aPod = (node: string, told?: string): Pod => ({
  metadata: { name: `vips-${node}`, namespace: 'web', ...(told && { annotations: { [REVISION_ANNOTATION]: told } }) },
  spec: { nodeName: node },
});

/** That many Services `web/s0000` and so on, each with an address of its own. */
export const manyServices = (count: number, options: ServiceOptions = {}, prefix = 's'): Service[] =>
  Array.from({ length: count }, (_, index) =>
    aService(`${prefix}${String(index).padStart(4, '0')}`, [`198.18.${index >> 8}.${index & 255}`], options),
  );

/** The report of a node whose keepalived runs `revision`. */
export const aReport = (node: string, revision: string | null, instances: readonly Partial<InstanceReport>[] = []): NodeReport => ({
  version: 1,
  group: 'web/vips',
  node,
  pod: `vips-${node}`,
  config: { revision, since: null },
  daemon: { running: true, reloads: 0 },
  link: { name: 'eth0', addresses: [] },
  instances: instances.map((one) => ({
    name: 'web/web',
    virtualRouterId: 1,
    interface: 'eth0',
    state: 'BACKUP',
    since: '2026-01-01T00:00:00Z',
    priority: 100,
    addresses: [],
    held: [],
    ...one,
  })),
  problems: [],
});

/** Group `web/vips` on three nodes, and what a test adds. */
export const anInput = (more: Partial<PlanInput> = {}): PlanInput => ({
  group: aGroup(),
  otherGroups: [],
  services: [],
  nodes: ['node1', 'node2', 'node3'].map((name) => aNode(name)),
  pods: [],
  reports: [],
  settings: { agentImage: 'operator:1' },
  ...more,
});
