import type { AddressFact, Facts } from '../model/facts.ts';

/** An address that was seen to change its node just now. */
export interface Recent {
  readonly address: string;
  /** Absent where nobody had it. */
  readonly from?: string;
  /** Absent while nobody has it. */
  readonly to?: string;
  /** When the page saw it, in milliseconds. */
  readonly at: number;
}

/** Milliseconds for which a move stands out. */
export const STANDS_OUT = 12_000;

/**
 * What stands out after a change: each address once, from the node that it began from. Those that were there from the beginning, and those that
 * are gone, are none.
 */
export function recentAfter(
  recent: readonly Recent[],
  before: Facts['addresses'],
  after: Facts['addresses'],
  at: number,
): readonly Recent[] {
  if (before === after) return recent;
  const moved = Object.values(after).filter((one) => hasMoved(before[one.address], one));
  if (moved.length === 0) return recent;
  const known = new Map(recent.map((one) => [one.address, one]));
  const names = new Set(moved.map(({ address }) => address));
  const news = moved.map(({ address, node }): Recent => {
    const from = before[address]?.node ?? known.get(address)?.from;
    return { address, ...(from !== undefined && { from }), ...(node !== undefined && { to: node }), at };
  });
  return [...recent.filter(({ address }) => !names.has(address)), ...news];
}

/** Those that still stand out. */
export function still(recent: readonly Recent[], now: number): readonly Recent[] {
  const left = recent.filter(({ at, to }) => to === undefined || now - at < STANDS_OUT);
  return left.length === recent.length ? recent : left;
}

// --- internal ---

const hasMoved = (before: AddressFact | undefined, { node }: AddressFact): boolean => before !== undefined && before.node !== node;
