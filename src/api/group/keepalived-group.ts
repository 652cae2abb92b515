import type { ObjectMeta } from '../core.ts';
import type { Value } from '../schema.ts';
import type { KeepalivedGroupSpec } from './spec-schema.ts';
import type { GROUP_STATUS } from './status-schema.ts';

/** A KeepalivedGroup as the API sends it. Fields of users' own making are checked where they are used, never trusted. */
export interface KeepalivedGroup {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
  readonly spec?: KeepalivedGroupSpec;
  readonly status?: KeepalivedGroupStatus;
}

export type { KeepalivedGroupSpec };
/** How the group's virtual routers behave; what is absent is keepalived's or our default. */
export type VrrpSpec = NonNullable<KeepalivedGroupSpec['vrrp']>;
/** Who may have what of the group; what is absent is not limited. Addresses of the cluster itself are nobody's, whatever this says. */
export type FencesSpec = NonNullable<KeepalivedGroupSpec['fences']>;
export type ResourceRequirements = NonNullable<NonNullable<KeepalivedGroupSpec['resources']>['keepalived']>;
export type Toleration = NonNullable<KeepalivedGroupSpec['tolerations']>[number];

export type KeepalivedGroupStatus = Value<typeof GROUP_STATUS>;
export type SharedAddress = NonNullable<KeepalivedGroupStatus['sharedAddresses']>[string];
export type VirtualRouterStatus = NonNullable<KeepalivedGroupStatus['virtualRouters']>[number];
export type NodeState = NonNullable<KeepalivedGroupStatus['nodeStates']>[number];

/** These keep the object far below etcd's limit of 1.5 MiB. */
export const MOST_VIRTUAL_ROUTERS = 512;
export const MOST_ADDRESSES = 8;
/** So many in any case, and more where their names are short. */
export const LEAST_HOLDERS = 4096;
export const HOLDERS_BYTES = 384 * 1024;
export const MOST_SHARED = 1024;
export const MOST_SHARERS = 16;
export const MOST_GATEWAYS = 64;
export const MOST_NODE_STATES = 128;
