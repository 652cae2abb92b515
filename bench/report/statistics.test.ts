import { describe, expect, it } from 'vitest';
import { growth, summary } from './statistics.ts';

describe('a summary', () => {
  it.each<[string, readonly number[], ReturnType<typeof summary>]>([
    ['one sample', [7], { count: 1, median: 7, p95: 7, longest: 7, spread: [7, 7] }],
    ['an even number: between the two in the middle', [4, 1, 3, 2], { count: 4, median: 2.5, p95: 3.85, longest: 4, spread: [1.75, 3.25] }],
    [
      '1 to 101, in no order',
      Array.from({ length: 101 }, (_, index) => ((index * 37) % 101) + 1),
      { count: 101, median: 51, p95: 96, longest: 101, spread: [26, 76] },
    ],
    [
      'one that is far from all others',
      [1, 1, 1, 1, 1, 1, 1, 1, 1, 1000],
      { count: 10, median: 1, p95: 550.45, longest: 1000, spread: [1, 1] },
    ],
  ])('of %s', (_, samples, expected) => {
    const found = summary(samples);
    expect({ ...found, p95: Number(found.p95.toFixed(6)) }).toEqual(expected);
  });

  it('without a sample has no figure', () =>
    expect(summary([])).toEqual({ count: 0, median: NaN, p95: NaN, longest: NaN, spread: [NaN, NaN] }));
});

describe('a growth', () => {
  const amounts = [10, 30, 100, 300, 1000];
  it.each([0, 0.5, 1, 1.3, 2])('of a power has its exponent: %s', (exponent) => {
    const found = growth(amounts.map((amount) => [amount, 0.04 * amount ** exponent]));
    expect(found?.exponent).toBeCloseTo(exponent, 10);
    expect(found?.fit).toBeCloseTo(1, 10);
  });

  it('is the line of least squares', () => {
    // Logarithms to the base 10: (0, 0), (1, 1), (2, 1), (3, 3): slope 0.9, and 81 of 95 parts of the variance.
    const found = growth([
      [1, 1],
      [10, 10],
      [100, 10],
      [1000, 1000],
    ]);
    expect(found?.exponent).toBeCloseTo(0.9, 10);
    expect(found?.fit).toBeCloseTo(4.05 / 4.75, 10);
  });

  it.each<[string, readonly (readonly [number, number])[]]>([
    [
      'two amounts',
      [
        [1, 1],
        [10, 10],
        [10, 12],
      ],
    ],
    [
      'three, one of them without a positive value',
      [
        [1, 1],
        [10, 10],
        [100, 0],
      ],
    ],
  ])('is not told from %s', (_, points) => expect(growth(points)).toBeUndefined());
});
