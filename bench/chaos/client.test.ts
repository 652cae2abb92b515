import { describe, expect, it } from 'vitest';
import { missedIn, silences } from './client.ts';

const result = (...gaps: [startedAt: number, lengthMs: number][]) => ({
  address: '192.0.2.200',
  everyMs: 20,
  sent: 1000,
  received: 900,
  gaps: gaps.map(([startedAt, lengthMs]) => ({ startedAt, lengthMs, lost: lengthMs / 20 })),
});
const ALL = { from: 0, to: 100_000 };

describe('what a client missed', () => {
  it('is the longest gap, when it began, and all that was lost', () => {
    expect(missedIn([result([1000, 40], [5000, 800])], ALL, [])).toEqual([{ address: '192.0.2.200', longestMs: 800, lost: 42, at: 5000 }]);
  });

  it('is nothing where there was no gap', () => {
    expect(missedIn([result()], ALL, [])).toEqual([{ address: '192.0.2.200', longestMs: 0, lost: 0 }]);
  });

  it('is not what was missed at another time', () => {
    expect(missedIn([result([1000, 40])], { from: 1040, to: 9000 }, [])).toEqual([{ address: '192.0.2.200', longestMs: 0, lost: 0 }]);
  });

  it('is not what was missed while nothing was answered at all, or shortly after', () => {
    const control = result([900, 60]);
    expect(missedIn([result([1000, 40], [5000, 800])], ALL, silences(control))).toMatchObject([{ longestMs: 800, lost: 40 }]);
  });
});
