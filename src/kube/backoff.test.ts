import { expect, it } from 'vitest';
import { Backoff } from './backoff.ts';

const limits = { base: 100, cap: 1000 };
const pauses = (backoff: Backoff, count: number): number[] => Array.from({ length: count }, () => backoff.next());

it.each([
  ['never waits less than half', 0, [50, 100, 200, 400, 500, 500]],
  ['never waits more than the whole, up to the cap', 0.999_999, [100, 200, 400, 800, 1000, 1000]],
])('a back-off %s', (_, random, expected) => {
  const seen = pauses(new Backoff(limits, () => random), expected.length);
  expect(seen.map(Math.round)).toEqual(expected);
});

it('stays at its cap after more failures than a number has bits', () => {
  const backoff = new Backoff(limits, () => 0);
  pauses(backoff, 2000);
  expect(backoff.next()).toBe(500);
  expect(backoff.failures).toBe(2001);
});

it('starts anew after a success', () => {
  const backoff = new Backoff(limits, () => 0);
  pauses(backoff, 5);
  backoff.reset();
  expect(backoff.failures).toBe(0);
  expect(backoff.next()).toBe(50);
});
