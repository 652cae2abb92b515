import type { MoveRecord } from '../../api/virtual-ip/virtual-ip.ts';
import type { Ownership } from '../ownership.ts';

/** What was written down of a virtual router before this process. */
export interface Recorded {
  /** The latest last. */
  readonly moves: readonly MoveRecord[];
  /** The owner, and since when in milliseconds of the wall clock. */
  readonly node?: string;
  readonly since?: number;
}

/** With what a journal begins. */
export interface Origin {
  readonly node?: string;
  /** What began before is known already; milliseconds of the manager's monotonic clock. */
  readonly since: number;
  /** Whether nobody ever had it. */
  readonly isNew: boolean;
}

/** What is known when a virtual router is looked at for the first time. */
export interface FirstLook {
  /** Null until it can be known. */
  readonly recorded: Recorded | null | undefined;
  /** Whether the plan has just got it: what its name had before was another. */
  readonly isNewlyPlanned?: boolean;
  readonly owner: Ownership | undefined;
  /** Milliseconds, monotonic and since 1970. */
  readonly now: number;
  readonly wall: number;
}

/** @param lastOwner - as it was known before this process; undefined is returned until it is known what was written down */
export function originOf({ recorded, isNewlyPlanned, now, wall }: FirstLook, lastOwner: string | undefined): Origin | undefined {
  if (recorded === null) return undefined;
  const { moves = [], node, since } = recorded ?? {};
  const last = moves.at(-1);
  const owner = node ?? last?.to ?? lastOwner;
  if (owner === undefined && recorded !== undefined)
    return { since: isNewlyPlanned ? now - SEEN_WITHIN : Number.NEGATIVE_INFINITY, isNew: true };
  // What follows the last move that is written down is news; where none is, only what came after the owner was.
  const isFollowed = last !== undefined && owner === last.to;
  const at = isFollowed ? Number.NEGATIVE_INFINITY : since === undefined ? now : now - wall + since;
  return { ...(owner !== undefined && { node: owner }), since: at, isNew: false };
}

/** Where nothing was written down, the first owner that is seen is none that the address moved to. */
export function withFirstSeen(
  origin: Origin | undefined,
  { length }: readonly MoveRecord[],
  { owner, now }: Pick<FirstLook, 'owner' | 'now'>,
): Origin | undefined {
  const isUnknown = origin !== undefined && origin.node === undefined && !origin.isNew && length === 0;
  return isUnknown && owner?.kind === 'Owned' ? { ...origin, node: owner.node, since: now } : origin;
}

// --- internal ---

/** Milliseconds between a plan and the look that first sees it. */
const SEEN_WITHIN = 500;
