import type { Family } from './address.ts';
import type { AddressRange } from './range.ts';

/** Ascending ranges of one family that don't meet. */
export type RangeSet = readonly AddressRange[];

/** The same addresses, each in one range. */
export function rangeSet(ranges: readonly AddressRange[], family: Family): RangeSet {
  const apart: AddressRange[] = [];
  for (const range of ranges.filter((one) => one.family === family).sort(byFirst)) {
    const before = apart.at(-1);
    if (before === undefined || range.first > before.last + 1n) apart.push(range);
    else if (range.last > before.last) apart[apart.length - 1] = { ...before, last: range.last };
  }
  return apart;
}

/** What is in the first and not in the second. */
export const without = (ranges: RangeSet, holes: RangeSet): RangeSet => ranges.flatMap((range) => cut(range, meeting(holes, range)));

/** What is in both. */
export const common = (a: RangeSet, b: RangeSet): RangeSet => without(a, without(a, b));

export const sizeOf = (ranges: RangeSet): bigint => ranges.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);

// --- internal ---

const byFirst = (a: AddressRange, b: AddressRange): number => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0);

/** The ranges of a set that have an address in common with the range; looked up, not tried one by one. */
function meeting(set: RangeSet, { first, last }: AddressRange): RangeSet {
  let [low, high] = [0, set.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((set[middle]?.last ?? first) < first) low = middle + 1;
    else high = middle;
  }
  const found: AddressRange[] = [];
  for (let at = set[low]; at !== undefined && at.first <= last; at = set[++low]) found.push(at);
  return found;
}

/** What is left between holes that all meet the range. */
function cut({ family, first, last }: AddressRange, holes: RangeSet): AddressRange[] {
  const starts = [first, ...holes.map((hole) => hole.last + 1n)];
  const ends = [...holes.map((hole) => hole.first - 1n), last];
  return starts.map((start, index) => ({ family, first: start, last: ends[index] ?? last })).filter((range) => range.first <= range.last);
}
