import { GAP_EVIDENCE, MOST_MOVES, type MoveCause, type MoveRecord, type WithoutOwner } from '../../api/virtual-ip/virtual-ip.ts';
import { type Cause, causeInWords } from '../cause.ts';

/** Another node owns a virtual router, or the same one does again. */
export interface Move {
  readonly router: string;
  /** Absent at the first election. */
  readonly from?: string;
  readonly to: string;
  readonly cause: Cause;
  /** RFC 3339, when `to` became the owner, by its own clock where it told. */
  readonly time: string;
  readonly withoutOwner?: WithoutOwner;
}

/** Whether an address is on another node than before. */
export const isMoved = ({ from, to }: Move): boolean => from !== undefined && from !== to;

/** A move as it is written down. */
export const recordOf = ({ from, to, cause, time, withoutOwner }: Move): MoveRecord => ({
  time,
  ...(from !== undefined && { from }),
  to,
  cause: nameOfCause(cause),
  message: causeInWords(cause, { from, to }),
  ...(withoutOwner && { withoutOwner }),
});

/** The cause in a word: who empties a node or marks it drains it. */
export const nameOfCause = (cause: Cause): MoveCause => (cause.kind === 'NodeUnfit' && DRAINED.has(cause.why) ? 'Drained' : cause.kind);

/**
 * What two who know of the same moves know together: each move once, as whoever knows more has it, and what only the second knows behind the
 * others; {@link MOST_MOVES} at most. The order is that of the moves, which the times can't tell: they are of different clocks.
 */
export function together(known: readonly MoveRecord[], more: readonly MoveRecord[]): readonly MoveRecord[] {
  const byName = new Map(known.map((one) => [nameOf(one), one]));
  for (const one of more) {
    const other = byName.get(nameOf(one));
    if (other === undefined || knowledge(one) > knowledge(other)) byName.set(nameOf(one), one);
  }
  return [...byName.values()].slice(-MOST_MOVES);
}

/** What tells a move from every other. */
export const nameOf = ({ time, to }: Pick<MoveRecord, 'time' | 'to'>): string => `${to} ${Date.parse(time)}`;

/** How much is known of a move: the words of both nodes are worth more than those of one, or of none; then a cause that somebody told. */
export function knowledge(record: MoveRecord): number {
  const { withoutOwner, from } = record;
  const rank = withoutOwner === undefined ? 0 : GAP_EVIDENCE.length - GAP_EVIDENCE.indexOf(withoutOwner.by);
  return rank + (from === undefined ? 0 : 1) + (isGuessed(record) ? 0 : 0.5);
}

/** Whether the old owner may still say why. */
export const isGuessed = ({ cause }: MoveRecord): boolean => cause === 'Fault' || cause === 'Resigned';

/** Such as `for 0.31 s`, or `for 0.5 to 0.75 s`; undefined where it isn't known. */
export function gapInWords(gap: WithoutOwner | undefined): string | undefined {
  if (gap === undefined) return undefined;
  const [atLeast, atMost] = [gap.atLeastMilliseconds, gap.atMostMilliseconds];
  if (atMost === 0) return 'none';
  if (atLeast === 0) return `at most ${seconds(atMost)} s`;
  return seconds(atLeast) === seconds(atMost) ? `${seconds(atMost)} s` : `${seconds(atLeast)} to ${seconds(atMost)} s`;
}

// --- internal ---

const DRAINED: ReadonlySet<string> = new Set(['draining', 'drained', 'emptied']);

/** Two digits of a second, three below a tenth. */
const seconds = (milliseconds: number): string => String(Number((milliseconds / 1000).toFixed(milliseconds < 100 ? 3 : 2)));
