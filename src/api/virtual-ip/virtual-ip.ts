import type { ObjectMeta } from '../core.ts';
import type { Value } from '../schema.ts';
import type { VIRTUAL_IP_SPEC, VIRTUAL_IP_STATUS } from './schema.ts';

/**
 * A VirtualIP as the API sends it: the record of one address. Its name is the address's ({@link virtualIPName}), so that the API server
 * lets nobody give one twice; what must outlive everything is in `spec`, because backups leave `status` out.
 */
export interface VirtualIP {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
  readonly spec: VirtualIPSpec;
  readonly status?: VirtualIPStatus;
}

export type VirtualIPSpec = Value<typeof VIRTUAL_IP_SPEC>;
export type VirtualIPStatus = Value<typeof VIRTUAL_IP_STATUS>;

/** A Service that has the address. */
export type Claim = NonNullable<VirtualIPSpec['claims']>[number];
/** Where a Service has an address from: a pool, `spec.externalIPs`, or its status, where another controller wrote it. */
export type Source = Claim['source'];
/** The Service that had the address last, and until when others come after it. */
export type KeptFor = NonNullable<VirtualIPSpec['keptFor']>;
/** Who may have the address. Empty: nobody. */
export type Reservation = NonNullable<VirtualIPSpec['reservation']>;

/** A node became the owner. Node and time name the move: no two records have both the same. */
export type MoveRecord = NonNullable<VirtualIPStatus['moves']>[number];
/** For how long no node had the address: between two bounds, and by what evidence. */
export type WithoutOwner = NonNullable<MoveRecord['withoutOwner']>;

export const MOST_MOVES = 16;

/**
 * `Transitions`: both nodes told when. `LastAdvert`: the next owner told how long ago the last advert had come. `LastReport`: the owner before
 * was last known to have it by its own report.
 */
export const GAP_EVIDENCE = ['Transitions', 'LastAdvert', 'LastReport'] as const;

/** Why an address moved. */
export const MOVE_CAUSES = [
  'FirstElection',
  'NodeSilent',
  'DaemonStopped',
  'DaemonRevived',
  'LinkLost',
  'HealthLost',
  'Fault',
  'Drained',
  'NodeUnfit',
  'NodeLeft',
  'PlanChanged',
  'Preferred',
  'Resigned',
] as const;
export type MoveCause = (typeof MOVE_CAUSES)[number];
