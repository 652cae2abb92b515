import { describe, expect, it } from 'vitest';
import { coveredMs, starvedIn } from './starved.ts';

describe('a process that waits for a processor', () => {
  it('is starved when it waited for as long as three adverts take', () => {
    expect(starvedIn({ at: 10_000, milliseconds: 50 }, { at: 10_500, milliseconds: 349 })).toBeUndefined();
    expect(starvedIn({ at: 10_000, milliseconds: 50 }, { at: 10_500, milliseconds: 350 })).toEqual({ from: 7000, to: 13_500 });
  });

  it('may have waited since before the first look', () => {
    expect(starvedIn({ at: 10_000, milliseconds: 0 }, { at: 10_500, milliseconds: 900 })).toEqual({ from: 6600, to: 13_500 });
  });
});

describe('how much of a span others cover', () => {
  it.each([
    ['nothing', [], 0],
    ['what lies in it', [{ from: 120, to: 140 }], 20],
    ['what begins before and ends after', [{ from: 0, to: 900 }], 100],
    [
      'what overlaps, once',
      [
        { from: 110, to: 150 },
        { from: 120, to: 130 },
        { from: 140, to: 160 },
      ],
      50,
    ],
    [
      'nothing of what is elsewhere',
      [
        { from: 0, to: 100 },
        { from: 200, to: 300 },
      ],
      0,
    ],
  ])('is %s', (_, others, milliseconds) => {
    expect(coveredMs({ from: 100, to: 200 }, others)).toBe(milliseconds);
  });
});
