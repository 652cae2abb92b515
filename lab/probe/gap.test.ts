import { describe, expect, it } from 'vitest';
import { type Attempt, gapsIn } from './gap.ts';

/** Probes 10 ms apart, `.` answered and `x` lost. */
const attempts = (pattern: string): Attempt[] =>
  [...pattern].map((mark, sequence) => ({ sequence, sentAt: 1000 + sequence * 10, answered: mark === '.' }));

describe('gapsIn', () => {
  it.each([
    ['finds none where all is answered', '....', []],
    ['finds none where nothing was sent', '', []],
    ['counts from the first lost probe to the next answered one', '..xxx..', [{ startedAt: 1020, lengthMs: 30, lost: 3 }]],
    [
      'tells every gap apart',
      '.x..xx.',
      [
        { startedAt: 1010, lengthMs: 10, lost: 1 },
        { startedAt: 1040, lengthMs: 20, lost: 2 },
      ],
    ],
    ['finds a gap at the very beginning', 'xx.', [{ startedAt: 1000, lengthMs: 20, lost: 2 }]],
    ['leaves a gap open that had no end', '..xx', [{ startedAt: 1020, lengthMs: 20, lost: 2, open: true }]],
    ['leaves it open where nothing was answered', 'xxx', [{ startedAt: 1000, lengthMs: 30, lost: 3, open: true }]],
  ])('%s', (_, pattern, gaps) => {
    expect(gapsIn(attempts(pattern), 10)).toEqual(gaps);
  });

  it('takes the attempts in any order', () => {
    const ordered = attempts('..xx..x.');
    expect(gapsIn(ordered.toReversed(), 10)).toEqual(gapsIn(ordered, 10));
  });

  it('measures by when probes were really sent, not by how many were', () => {
    const late = attempts('.xx.').map((attempt) => ({ ...attempt, sentAt: attempt.sequence === 3 ? 5000 : attempt.sentAt }));
    expect(gapsIn(late, 10)).toEqual([{ startedAt: 1010, lengthMs: 3990, lost: 2 }]);
  });
});
