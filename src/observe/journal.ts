import type { Cause } from './cause.ts';

/** A virtual router that another node owns than before. */
export interface Move {
  readonly router: string;
  readonly from: string;
  readonly to: string;
  readonly cause: Cause;
  /** When it was noticed, in milliseconds of the manager's monotonic clock. */
  readonly at: number;
}

/** Moves that are remembered of a group, the latest last. */
export const MOST_MOVES = 64;

export const withMoves = (journal: readonly Move[], moves: readonly Move[]): readonly Move[] =>
  moves.length === 0 ? journal : [...journal, ...moves].slice(-MOST_MOVES);
