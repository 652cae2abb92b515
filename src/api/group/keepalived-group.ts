import type { Condition, ObjectMeta } from '../core.ts';

/** A KeepalivedGroup as the API sends it. Fields of users' own making are checked where they are used, never trusted. */
export interface KeepalivedGroup {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
  readonly spec?: KeepalivedGroupSpec;
  readonly status?: KeepalivedGroupStatus;
}

export interface KeepalivedGroupSpec {
  /** Image of the container `keepalived`. */
  readonly image?: string;
  /** Name of the interface that carries the VIPs. */
  readonly interface?: string;
  /** Instead: the interface of each node through which this address is reached. */
  readonly interfaceFromIP?: string;
  /** Labels of the nodes that take part; without it all do. */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly passwordAuth?: { readonly secretRef?: { readonly name?: string }; readonly secretKey?: string };
  /** Lines of keepalived.conf's `global_defs`. */
  readonly verbatimConfig?: Readonly<Record<string, string>>;
  /** Virtual router ids that are never used. */
  readonly blacklistRouterIDs?: readonly number[];
  readonly unicastEnabled?: boolean;
  readonly daemonsetPodPriorityClassName?: string;
  readonly daemonsetPodAnnotations?: Readonly<Record<string, string>>;
  /** Name of the layer-2 network that the group is on. Groups that name two different ones may use the same virtual router ids. */
  readonly segment?: string;
  readonly vrrp?: VrrpSpec;
  /** Whether nodes ask by broadcast who has the addresses, so that a second host is found which never announces itself; true when absent. */
  readonly broadcastQuestions?: boolean;
  /** Of the pods' containers; without an entry, small requests and no limits. `agent` also counts for the init container. */
  readonly resources?: {
    readonly keepalived?: ResourceRequirements;
    readonly agent?: ResourceRequirements;
    readonly asker?: ResourceRequirements;
  };
  /** Of the pods, instead of the one that tolerates everything. */
  readonly tolerations?: readonly Toleration[];
  readonly imagePullSecrets?: readonly { readonly name?: string }[];
  readonly imagePullPolicy?: string;
  readonly fences?: FencesSpec;
}

/** Who may have what of the group; what is absent is not limited. Addresses of the cluster itself are nobody's, whatever this says. */
export interface FencesSpec {
  /** Names of the namespaces whose Services may use the group. */
  readonly namespaces?: readonly string[];
  /** The addresses that Services may have: prefixes, `first-last`, or single ones, of both families. */
  readonly addresses?: readonly string[];
  /** Addresses that none may have, written as those; they come before {@link addresses}. */
  readonly excludedAddresses?: readonly string[];
  /** Addresses that the nodes route through, and that Services may have all the same, written as those. */
  readonly allowedGateways?: readonly string[];
  readonly addressesPerNamespace?: number;
  readonly addressesPerService?: number;
  /** Virtual routers of their own; what is over it shares one, or is refused where it can't. */
  readonly routersPerNamespace?: number;
  /** Keywords that Services may set beside those that are safe. */
  readonly verbatimKeys?: readonly string[];
}

/** How the group's virtual routers behave; what is absent is keepalived's or our default. */
export interface VrrpSpec {
  /** Protocol version of IPv4: 2 or 3. IPv6 always has 3. */
  readonly version?: number;
  readonly advertIntervalMilliseconds?: number;
  /** Adverts in a row that have to be missing before another node takes over. */
  readonly downTimerAdverts?: number;
  /** Whether a node takes an address back that it comes before the current owner for; true when absent. */
  readonly preempt?: boolean;
  readonly preemptDelaySeconds?: number;
  readonly gratuitousARP?: {
    /** How many for each address when a node becomes master. */
    readonly repeats?: number;
    /** Seconds after which a master sends them again; 0 for never. */
    readonly refreshSeconds?: number;
  };
}

export interface ResourceRequirements {
  readonly requests?: Readonly<Record<string, string | number>>;
  readonly limits?: Readonly<Record<string, string | number>>;
}

export interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
  readonly tolerationSeconds?: number;
}

export interface KeepalivedGroupStatus {
  readonly observedGeneration?: number;
  /** Virtual router id by `namespace/service`, `namespace/service/address` or `carrier:NUMBER`; saved before it is used. */
  readonly routerIDs?: Readonly<Record<string, number>>;
  /**
   * By virtual router, the nodes that were chosen when it was made: its preferred node, then the one that takes over; saved before it is used.
   * Absent in groups of versions that chose by hash alone.
   */
  readonly homes?: Readonly<Record<string, readonly string[]>>;
  /** Which generation of defaults the group began with, and keeps; saved before any node is told. Absent in groups of older versions: the first. */
  readonly defaultsGeneration?: number;
  /** The request to rebalance that was carried out last. */
  readonly rebalanced?: string;
  /** How often the nodes took a changed password up together; saved before they are told. */
  readonly passwordRound?: number;
  /** The Service, `namespace/name`, that has each address, {@link MOST_HOLDERS} at most. Who has one keeps it while it asks for it. */
  readonly holders?: Readonly<Record<string, string>>;
  /**
   * By address that Services share or shared, what carries it and who has it; saved before it is used, {@link MOST_SHARED} at most. The virtual
   * router keeps its name when the Service that it is called after leaves.
   */
  readonly sharedAddresses?: Readonly<Record<string, SharedAddress>>;
  /** The Service, `namespace/name`, in whose status the operator wrote each address, {@link MOST_HOLDERS} at most; absent when there is none. */
  readonly writtenAddresses?: Readonly<Record<string, string>>;
  /** By address one of the nodes that route through it, {@link MOST_GATEWAYS} at most; absent while no node has told. */
  readonly gateways?: Readonly<Record<string, string>>;
  /** Revision of the configuration that was written last. */
  readonly revision?: string;
  /** Port of the agents on the nodes' own addresses. */
  readonly metricsPort?: number;
  readonly nodes?: { readonly desired: number; readonly current: number };
  /** What each node runs, and since when; by name, of more than {@link MOST_NODE_STATES} first those that are behind. */
  readonly nodeStates?: readonly NodeState[];
  /** Addresses that are planned, and those of them that exactly one node has. */
  readonly virtualIPs?: { readonly planned: number; readonly observed: number };
  /** How many addresses each node has, in words. */
  readonly owners?: string;
  /** Who owns what; the first {@link MOST_VIRTUAL_ROUTERS}, by name. */
  readonly virtualRouters?: readonly VirtualRouterStatus[];
  readonly conditions?: readonly Condition[];
}

export interface SharedAddress {
  /** Name of the virtual router, without its family. */
  readonly router: string;
  /** `namespace/name`, who had it first comes first; {@link MOST_SHARERS} at most. */
  readonly services: readonly string[];
}

export interface VirtualRouterStatus {
  readonly name: string;
  readonly virtualRouterID: number;
  readonly addressCount: number;
  /** The first {@link MOST_ADDRESSES}. */
  readonly addresses: readonly string[];
  /** The node that is to own it while all is well. */
  readonly plannedNode?: string;
  /** The node whose keepalived says MASTER; absent while none or more than one does. */
  readonly node?: string;
  readonly state: 'Owned' | 'Incomplete' | 'SeveralOwners' | 'NoOwner' | 'Unknown';
}

export interface NodeState {
  readonly name: string;
  /** Absent while the node runs none, or doesn't answer. */
  readonly revision?: string;
  /** RFC 3339 time since when it runs. */
  readonly since?: string;
}

/** These keep the object far below etcd's limit of 1.5 MiB. */
export const MOST_VIRTUAL_ROUTERS = 512;
export const MOST_ADDRESSES = 8;
export const MOST_HOLDERS = 4096;
export const MOST_SHARED = 1024;
export const MOST_SHARERS = 16;
export const MOST_GATEWAYS = 64;
export const MOST_NODE_STATES = 128;
