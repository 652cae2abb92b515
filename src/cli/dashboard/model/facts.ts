/** What the page is told: plain records in tables, each by its key, as JSON carries them. */

/** What is worth a look at an address, the worst first. */
export const HEALTHS = ['NoOwner', 'SeveralOwners', 'Incomplete', 'Unknown', 'Doubtful', 'Well', 'Idle'] as const;
/**
 * `NoOwner` to `Unknown` are states of the address; `Doubtful` has its one owner, and a condition of it is False. `Idle`: no group carries it,
 * so no node is to have it.
 */
export type Health = (typeof HEALTHS)[number];

export interface AddressFact {
  readonly address: string;
  readonly health: Health;
  readonly node?: string;
  /** RFC 3339. */
  readonly since?: string;
  /** `namespace/name`, and how many more. */
  readonly service?: string;
  /** `namespace/name`. */
  readonly group?: string;
  readonly router?: string;
  readonly routerID?: number;
  /** Who takes over, as far as it is saved. */
  readonly next?: string;
  /** Who is to have it while all is well. */
  readonly planned?: string;
  /** Whether no other node runs the group's configuration, and some should. */
  readonly isWithoutSpare?: true;
  /** Announced, Unique, Reachable: `T`rue, `F`alse, `U`nknown; absent where no manager has written them. */
  readonly wire?: string;
  /** Conditions that are not True, in sentences. */
  readonly wrong?: readonly string[];
}

export interface NodeFact {
  readonly name: string;
  /** Why it is to have no addresses, and where it runs something else than it is to: sentences. */
  readonly troubles: readonly string[];
  /** Whether it gives its addresses up. */
  readonly isUnfit?: true;
  /** Whether the cluster has no such Node any more. */
  readonly isGone?: true;
  /** Whether it runs a group. */
  readonly isMember: boolean;
}

/** How many are told of all addresses together; each address's own are read when somebody looks at it. */
export const MOST_MOVES_SHOWN = 1000;

export interface MoveFact {
  readonly id: string;
  readonly address: string;
  readonly service?: string;
  /** RFC 3339, by the clock of the node that became the owner. */
  readonly time: string;
  readonly from?: string;
  readonly to: string;
  readonly cause: string;
  readonly message: string;
  /** For how long no node had it, in milliseconds: at least, at most. */
  readonly gap?: readonly [number, number];
  /** The same in words. */
  readonly gapInWords?: string;
}

/** Something that an object says is wrong, refused, or worth knowing. */
export interface FindingFact {
  readonly id: string;
  readonly severity: 'wrong' | 'unknown' | 'hint';
  /** `Service shop/web` */
  readonly object: string;
  /** Such as `Accepted False`; absent of a hint. */
  readonly says?: string;
  readonly reason?: string;
  readonly message: string;
}

/** How far what is shown of a kind can be believed. */
export interface SourceFact {
  /** Plural, for people. */
  readonly kind: string;
  readonly state: 'loading' | 'live' | 'interrupted' | 'forbidden';
  /** A sentence where it is not live. */
  readonly message?: string;
}

export interface Facts {
  readonly addresses: Readonly<Record<string, AddressFact>>;
  readonly nodes: Readonly<Record<string, NodeFact>>;
  readonly moves: Readonly<Record<string, MoveFact>>;
  readonly findings: Readonly<Record<string, FindingFact>>;
  readonly sources: Readonly<Record<string, SourceFact>>;
}

export const NO_FACTS: Facts = { addresses: {}, nodes: {}, moves: {}, findings: {}, sources: {} };
export const TABLES = ['addresses', 'nodes', 'moves', 'findings', 'sources'] as const;
