import type { ContainerStatus, Node, Pod, Service } from '../../api/core.ts';
import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import { parseGroupReference } from '../../api/group/reference.ts';
import {
  DRAIN_ANNOTATION,
  GROUP_LABEL,
  KIND,
  SERVICE_ANNOTATIONS,
  SERVICE_CONDITION,
  SERVICE_STATUS_ANNOTATION,
  UNDO_ANNOTATION,
} from '../../api/names.ts';
import type { Client } from '../../kube/client.ts';
import { slim } from '../../kube/keep.ts';
import type { KubeObject, Resource } from '../../kube/object.ts';
import { controllerOf, keyOf } from '../../kube/object.ts';
import { Reflector } from '../../kube/reflector.ts';
import type { ReflectorTimes } from '../../kube/reflector-times.ts';
import { Store } from '../../kube/store.ts';
import { parseAddress } from '../../net/address.ts';
import { mayBeMisspelled } from '../../plan/claims/stray.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import { CONFIG_MAPS, DAEMON_SETS, GROUPS, NODES, PODS, SERVICES } from './resource.ts';

export interface ClusterViewOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Log;
  readonly times?: Partial<ReflectorTimes>;
}

/** All that the manager watches, kept in memory: of each kind only the objects, and of them only the parts, that it judges by. */
export class ClusterView {
  readonly groups = new Store<KeepalivedGroup>();
  /** Services of type LoadBalancer, and those that name a group, well or badly, or in whose status is something of ours; index `group` by `namespace/name`, index `address` by canonical address. */
  readonly services = new Store<Service>({ group: (service) => groupKeyOf(service) ?? [], address: addressesOf });
  readonly nodes = new Store<Node>();
  /** Pods of the groups' DaemonSets; index `group`. */
  readonly pods = new Store<Pod>({ group: (pod) => [groupOfPod(pod)].flatMap((key) => key ?? []) });
  readonly configMaps = new Store<KubeObject>();
  readonly daemonSets = new Store<KubeObject>();
  readonly #reflectors: readonly Reflector<KubeObject>[];

  constructor(options: ClusterViewOptions) {
    const reflect = <T extends KubeObject>(
      resource: Resource,
      store: Store<T>,
      keep: (object: KubeObject) => T | undefined,
      label?: string,
    ) => new Reflector<T>({ ...options, resource, store, keep, ...(label === undefined ? {} : { labelSelector: label }) });
    this.#reflectors = [
      reflect(GROUPS, this.groups, (object) => slim(object) as KeepalivedGroup),
      reflect(SERVICES, this.services, (object) => (isOurConcern(object) ? (slim(object) as Service) : undefined)),
      reflect(NODES, this.nodes, keepNode),
      reflect(PODS, this.pods, keepPod, GROUP_LABEL),
      reflect(CONFIG_MAPS, this.configMaps, slim, GROUP_LABEL),
      reflect(DAEMON_SETS, this.daemonSets, (object) => (controllerOf(object)?.kind === KIND ? slim(object) : undefined)),
    ] as unknown as readonly Reflector<KubeObject>[];
  }

  get hasSynced(): boolean {
    return this.#reflectors.every((reflector) => reflector.hasSynced);
  }

  /** Monotonic time since when nothing was heard of the kind that has been silent longest. */
  get lastContact(): number {
    return Math.min(...this.#reflectors.map((reflector) => reflector.lastContact));
  }

  /** Resolves once every store holds its first whole list. */
  async synced(): Promise<void> {
    await Promise.all(this.#reflectors.map((reflector) => reflector.synced));
  }

  /** Watches until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#reflectors.map((reflector) => reflector.run(signal)));
  }
}

/** The key of the group that a Service names, as a list of one or none. */
export function groupKeyOf(service: Service): readonly string[] | undefined {
  const reference = parseGroupReference(service.metadata.annotations?.[SERVICE_ANNOTATIONS.group] ?? '');
  return reference && [`${reference.namespace}/${reference.name}`];
}

/** The key of the group that a pod belongs to: its DaemonSet's, which has the group's name. */
export function groupOfPod(pod: KubeObject): string | undefined {
  const controller = controllerOf(pod);
  return controller?.kind === DAEMON_SETS.kind ? `${pod.metadata.namespace}/${controller.name}` : undefined;
}

/** The addresses that a Service asks for, canonical; what is not an address is left out. */
export function addressesOf({ spec, status }: Service): readonly string[] {
  const given = [...(spec?.externalIPs ?? []), ...(status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? [])];
  return [...new Set(given.flatMap((text) => parseAddress(text)?.text ?? []))];
}

// --- internal ---

function isOurConcern(object: KubeObject): boolean {
  // Every one has or wants an address, which no pool may give to another.
  if ((object as Service).spec?.type === 'LoadBalancer') return true;
  const { annotations = {} } = object.metadata;
  if (annotations[SERVICE_ANNOTATIONS.group] !== undefined || annotations[SERVICE_STATUS_ANNOTATION] !== undefined) return true;
  if (mayBeMisspelled(object)) return true;
  return (object as Service).status?.conditions?.some(({ type }) => type === SERVICE_CONDITION) === true;
}

/** kubelet writes images and heartbeats into a Node all the time: none of it is kept. */
function keepNode(object: KubeObject): Node {
  const { metadata, spec, status } = object as Node;
  const { name, uid, resourceVersion, labels } = metadata;
  // The plugin writes down there what it moves, which says nothing to anybody else.
  const marks = [DRAIN_ANNOTATION, UNDO_ANNOTATION].filter((key) => metadata.annotations?.[key] !== undefined);
  const annotations = marks.length > 0 && { annotations: Object.fromEntries(marks.map((key) => [key, ''])) };
  const conditions = (status?.conditions ?? []).flatMap(({ type, status }) => (type === 'Ready' ? { type, status } : []));
  return {
    metadata: { name, ...(uid && { uid }), ...(resourceVersion && { resourceVersion }), ...(labels && { labels }), ...annotations },
    spec: {
      ...(spec?.unschedulable && { unschedulable: true }),
      podCIDRs: spec?.podCIDRs ?? [],
      ...(spec?.taints && { taints: spec.taints }),
    },
    status: { addresses: status?.addresses ?? [], conditions },
  };
}

function keepPod(object: KubeObject): Pod | undefined {
  if (groupOfPod(object) === undefined || keyOf(object) === '') return undefined;
  const { metadata, spec, status } = slim(object) as Pod;
  const conditions = (status?.conditions ?? []).map(({ type, status, message }) => ({ type, status, ...(message && { message }) }));
  return {
    metadata,
    spec: {
      ...(spec?.hostNetwork && { hostNetwork: true }),
      ...(spec?.nodeName ? { nodeName: spec.nodeName } : spec?.affinity && { affinity: spec.affinity }),
      containers: (spec?.containers ?? []).map(({ name, ports = [] }) => ({ name, ports })),
    },
    status: {
      ...(status?.phase && { phase: status.phase }),
      ...(status?.hostIP && { hostIP: status.hostIP }),
      conditions,
      initContainerStatuses: (status?.initContainerStatuses ?? []).flatMap(whileWaiting),
      containerStatuses: (status?.containerStatuses ?? []).flatMap(whileWaiting),
    },
  };
}

/** What runs is of no interest, and its restarts and times are many. */
function whileWaiting({ name, image, state }: ContainerStatus): ContainerStatus[] {
  const reason = state?.waiting?.reason;
  return reason === undefined ? [] : [{ name, ...(image && { image }), state: { waiting: { reason } } }];
}
