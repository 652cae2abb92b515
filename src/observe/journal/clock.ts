/** A moment of the manager's monotonic clock, and how many milliseconds it may be off either way. */
export interface Instant {
  readonly at: number;
  readonly error: number;
}

/** How a node's monotonic clock stands to the manager's. */
export interface ClockRelation {
  /** Milliseconds to add to the node's. */
  readonly offset: number;
  /** The offset is off by so many at most, either way. */
  readonly error: number;
  /** When that was found. */
  readonly found: number;
}

/** An answer in which a node told its clock; it did so between the two moments of the manager's. */
export interface ToldClock {
  readonly asked: number;
  readonly heard: number;
  /** The node's monotonic clock. */
  readonly node: number;
}

/** Two clocks of machines drift apart by less than this: 100 millionths. */
const DRIFT = 1e-4;

/** What is known after one more answer: the closest that was ever found, as far as it still holds. Another process of the agent begins anew. */
export function related(before: ClockRelation | undefined, { asked, heard, node }: ToldClock): ClockRelation {
  const now: ClockRelation = { offset: (asked + heard) / 2 - node, error: (heard - asked) / 2 + 1, found: heard };
  if (before === undefined) return now;
  const aged = { ...before, error: before.error + (heard - before.found) * DRIFT };
  const isContradicted = Math.abs(now.offset - before.offset) > now.error + aged.error;
  return isContradicted || now.error <= aged.error ? now : before;
}

/** When something was by the manager's clock that a node tells by its own. */
export const instantOf = (node: number, { offset, error }: ClockRelation): Instant => ({ at: node + offset, error });
