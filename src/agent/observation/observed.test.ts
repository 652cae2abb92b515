import { describe, expect, it } from 'vitest';
import { aDumped } from '../../../test/builders/instance.ts';
import { afterAnswer, afterLine, type Dump, hangs, isDead, isFresh, NOTHING_HEARD, type Observed } from './observed.ts';

const moment = (at: number) => ({ at, wall: 1_000_000 + at });
const dump = (asked: number, name = 'a'): Dump => ({ kind: 'dump', instances: [aDumped(name, 7)], asked });
const silent = (asked: number): Dump => ({ kind: 'silent', asked });
const cut = (asked: number): Dump => ({ kind: 'cut', isFull: true, asked });
const gone = (asked: number): Dump => ({ kind: 'not running', asked });
const heard = (...dumps: readonly Dump[]): Observed =>
  dumps.reduce((before, one) => afterAnswer(before, one, 'some', moment(one.asked + 10)), NOTHING_HEARD);

describe('what was last heard of the daemon', () => {
  it('counts for a moment, so that many questions are one', () => {
    expect(isFresh(NOTHING_HEARD, 0)).toBe(false);
    expect(isFresh(heard(dump(1000)), 1299)).toBe(true);
    expect(isFresh(heard(dump(1000)), 1300)).toBe(false);
  });

  it('does not count any more when the daemon was told to run something else since it was asked for', () => {
    expect(isFresh({ ...heard(dump(1000)), changed: 1000 }, 1010)).toBe(false);
    expect(isFresh({ ...heard(dump(1000), dump(1011)), changed: 1010 }, 1020)).toBe(true);
  });

  it('is not replaced by an answer that was asked for earlier', () => {
    expect(heard(dump(1000, 'after'), dump(900, 'before')).instances).toMatchObject([{ name: 'after' }]);
  });

  it('has the state of the FIFO, with the moment on both clocks', () => {
    const told = afterLine(heard(dump(1000)), { kind: 'instance', name: 'a', state: 'MASTER', priority: 254 }, moment(1100), {
      conf: null,
      isDraining: false,
    });
    expect(afterAnswer(told, dump(1050), 'some', moment(1200)).histories.get('a')).toMatchObject({ state: 'MASTER', since: moment(1100) });
  });

  it.each([0, 3_600_000, -3_600_000, 315_576_000_000, -315_576_000_000])(
    'dates a transition that only a dump told between the two dumps, though the wall clock was set by %i ms since',
    (jump) => {
      const known = heard(dump(1000));
      const became = { ...aDumped('a', 7, { state: 'MASTER' }), lastTransition: moment(2500).wall / 1000 };
      const now = { at: 3010, wall: moment(3010).wall + jump };
      const { transitions } = afterAnswer(known, { kind: 'dump', instances: [became], asked: 3000 }, 'some', now);
      expect(transitions).toHaveLength(1);
      expect(transitions[0]?.at).toBeGreaterThanOrEqual(1000);
      expect(transitions[0]?.at).toBeLessThanOrEqual(3000);
      if (jump === 0) expect(transitions[0]?.at).toBe(2500);
    },
  );

  it.each<[string, readonly Dump[], Partial<Observed>]>([
    ['answers', [dump(0)], { runs: true, hasAnswered: true, silence: null }],
    [
      'is silent, and has never answered',
      [silent(0)],
      { runs: true, hasAnswered: false, silence: { since: 0, questions: 1, isTold: false } },
    ],
    [
      'falls silent',
      [dump(0), silent(5), silent(9)],
      { runs: true, hasAnswered: true, silence: { since: 5, questions: 2, isTold: false } },
    ],
    ['answers again', [silent(5), dump(9)], { silence: null }],
    ['has no room for its answer', [dump(0), silent(5), cut(9)], { runs: true, isCut: true, silence: null }],
    ['has room for it again', [cut(5), dump(9)], { isCut: false }],
    ['knows no such question', [{ kind: 'mute', asked: 5 }], { runs: true, silence: null }],
    ['is gone', [dump(0), silent(5), gone(9)], { runs: false, silence: null }],
  ])('a daemon that %s', (_, dumps, expected) => {
    expect(heard(...dumps)).toMatchObject(expected);
  });

  it.each<[string, readonly Dump[], number, string]>([
    ['has answered', [dump(0)], 60_000, 'runs'],
    ['was silent for a moment', [dump(0), silent(1000), silent(2000)], 4000, 'runs'],
    ['is silent since one question, before a machine that was paused', [dump(0), silent(1000)], 60_000, 'runs'],
    ['has been silent for five seconds', [dump(0), ...[1, 3, 5].map((second) => silent(second * 1000))], 6000, 'hangs'],
    ['has been silent for ten', [dump(0), ...[1, 2, 3, 4, 5, 6].map((second) => silent(second * 1000))], 11_000, 'dead'],
    ['has not answered for ten since it started', [1, 2, 3, 4, 5, 6].map((second) => silent(second * 1000)), 11_000, 'hangs'],
    ['has had no room for an answer for long', [dump(0), ...[1, 2, 3, 4, 5, 6].map((second) => cut(second * 1000))], 11_000, 'runs'],
    ['is built without JSON', [{ kind: 'mute', asked: 0 }], 60_000, 'runs'],
  ])('of a daemon that %s', (_, dumps, now, expected) => {
    const observed = heard(...dumps);
    expect(isDead(observed, now) ? 'dead' : hangs(observed, now) ? 'hangs' : 'runs').toBe(expected);
  });

  it('is no silence before a file is confirmed: the daemon may have no instances', () => {
    expect(afterAnswer(heard(), silent(5), 'perhaps', moment(9)).silence).toBeNull();
  });

  it('is nothing of a silent daemon without instances, which has nothing to say', () => {
    const expected = { runs: true, instances: [], silence: null };
    expect(afterAnswer(heard(dump(0)), silent(5), 'none', moment(9))).toMatchObject(expected);
  });
});
