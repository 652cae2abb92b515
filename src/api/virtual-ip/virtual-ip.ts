import type { Condition, ObjectMeta } from '../core.ts';

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

export interface VirtualIPSpec {
  /** Canonical. */
  readonly address: string;
  /** Services that have it; the manager's to write. Sorted by namespace and name. */
  readonly claims?: readonly Claim[];
  /** The Service that had it last, and until when others come after it; the manager's to write. */
  readonly keptFor?: KeptFor;
  /** Who may have the address; the user's to write. Empty: nobody. */
  readonly reservation?: Reservation;
  /** Whether the record stays when nobody has the address; it is then reserved for whom it had last. */
  readonly retain?: boolean;
}

export interface ServiceName {
  readonly namespace: string;
  readonly service: string;
}

export interface Claim extends ServiceName {
  readonly source: Source;
  /** Name of the AddressPool that gave it. */
  readonly pool?: string;
}

/** Where a Service has an address from: a pool, `spec.externalIPs`, or its status, where another controller wrote it. */
export type Source = 'Pool' | 'ExternalIP' | 'Status';

export interface KeptFor extends ServiceName {
  /** Name of the AddressPool that gave it. */
  readonly pool?: string;
  /** RFC 3339. */
  readonly until: string;
}

export interface Reservation {
  readonly namespace?: string;
  /** Only with `namespace`. */
  readonly service?: string;
  /** RFC 3339; absent: for good. */
  readonly until?: string;
}

export interface VirtualIPStatus {
  readonly observedGeneration?: number;
  /** `namespace/name`; of more than one, the first and how many more. */
  readonly service?: string;
  /** `80/TCP`, of all its Services. */
  readonly ports?: readonly string[];
  readonly source?: Source | 'Reservation';
  readonly pool?: string;
  /** `namespace/name`. */
  readonly group?: string;
  readonly virtualRouter?: string;
  readonly virtualRouterID?: number;
  readonly node?: string;
  readonly state?: string;
  /** RFC 3339; of the last change of node or state. */
  readonly since?: string;
  readonly conditions?: readonly Condition[];
  /** The last times that another node became the owner, the latest first; {@link MOST_MOVES} at most. */
  readonly moves?: readonly MoveRecord[];
}

export const MOST_MOVES = 16;

/** A node became the owner. Node and time name the move: no two records have both the same. */
export interface MoveRecord {
  /** RFC 3339 with milliseconds, when it became the owner: by its own clock, or by the manager's where it didn't say. */
  readonly time: string;
  /** The owner before; absent at the first election, and the same node where none took over meanwhile. */
  readonly from?: string;
  readonly to: string;
  readonly cause: MoveCause;
  /** The cause as a sentence without a full stop. */
  readonly message: string;
  /** Absent where nothing that was observed bounds it. */
  readonly withoutOwner?: WithoutOwner;
}

/** For how long no node had the address: between two bounds, and by what evidence. */
export interface WithoutOwner {
  readonly atLeastMilliseconds: number;
  readonly atMostMilliseconds: number;
  readonly by: GapEvidence;
}

export const GAP_EVIDENCE = ['Transitions', 'LastAdvert', 'LastReport'] as const;
/**
 * `Transitions`: both nodes told when. `LastAdvert`: the next owner told how long ago the last advert had come. `LastReport`: the owner before
 * was last known to have it by its own report.
 */
export type GapEvidence = (typeof GAP_EVIDENCE)[number];

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
