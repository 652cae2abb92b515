/** What a client missed, and how much of it was the machine's. Pure. */
import type { Gap } from '../../lab/probe/gap.ts';
import type { ProbeResult } from '../../lab/probe/probe.ts';

/** A time of the epoch, in milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Missed {
  readonly address: string;
  readonly longestMs: number;
  readonly lost: number;
  /** When the longest time without an answer began, in milliseconds of the epoch. */
  readonly at?: number;
}

/**
 * What each address missed in a span, without what an address that nothing happens to missed at the same time, or while the machine stood
 * still: the process that asks was not let then.
 */
export function missedIn(results: readonly ProbeResult[], span: Span, notOurs: readonly Span[]): Missed[] {
  return results.map(({ address, gaps }) => {
    const own = gaps.filter((gap) => overlaps(spanOf(gap), span) && !notOurs.some((one) => overlaps(spanOf(gap), widened(one))));
    const longest = own.toSorted((a, b) => b.lengthMs - a.lengthMs)[0];
    const lost = own.reduce((sum, gap) => sum + gap.lost, 0);
    return { address, longestMs: Math.round(longest?.lengthMs ?? 0), lost, ...(longest && { at: Math.round(longest.startedAt) }) };
  });
}

/** The spans in which an address was not answered. */
export const silences = ({ gaps }: ProbeResult): Span[] => gaps.map(spanOf);

// --- internal ---

/** Milliseconds before and after a pause in which its consequences are still seen. */
const MARGIN = 300;

const spanOf = ({ startedAt, lengthMs }: Gap): Span => ({ from: startedAt, to: startedAt + lengthMs });
const overlaps = (one: Span, other: Span): boolean => one.from < other.to && other.from < one.to;
const widened = ({ from, to }: Span): Span => ({ from: from - MARGIN, to: to + MARGIN });
