import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AddressRange } from './range.ts';
import { common, type RangeSet, rangeSet, sizeOf, without } from './range-set.ts';

const aRange = fc
  .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 12 }))
  .map(([first, more]): AddressRange => ({ family: 'IPv4', first: BigInt(first), last: BigInt(first + more) }));
const someRanges = fc.array(aRange, { maxLength: 6 });
const numbers = (ranges: RangeSet): number[] =>
  ranges.flatMap(({ first, last }) => Array.from({ length: Number(last - first) + 1 }, (_, index) => Number(first) + index));
const asSet = (ranges: readonly AddressRange[]): Set<number> => new Set(numbers(ranges));
const sorted = (set: Iterable<number>): number[] => [...set].sort((a, b) => a - b);

describe('a set of ranges', () => {
  it('holds each address once, ascending, in as few ranges as can be', () => {
    fc.assert(
      fc.property(someRanges, (ranges) => {
        const set = rangeSet(ranges, 'IPv4');
        expect(numbers(set)).toEqual(sorted(asSet(ranges)));
        expect(set.every(({ last }, index) => last + 1n < (set[index + 1]?.first ?? last + 2n))).toBe(true);
        expect(sizeOf(set)).toBe(BigInt(asSet(ranges).size));
      }),
    );
  });

  it('without another, and in common with it, is what sets of numbers say', () => {
    fc.assert(
      fc.property(someRanges, someRanges, (a, b) => {
        const [left, right] = [rangeSet(a, 'IPv4'), rangeSet(b, 'IPv4')];
        expect(numbers(without(left, right))).toEqual(sorted([...asSet(a)].filter((one) => !asSet(b).has(one))));
        expect(numbers(common(left, right))).toEqual(sorted([...asSet(a)].filter((one) => asSet(b).has(one))));
      }),
    );
  });

  it('has nothing of the other family', () => {
    expect(rangeSet([{ family: 'IPv6', first: 1n, last: 2n }], 'IPv4')).toEqual([]);
  });
});
