import { describe, expect, it } from 'vitest';
import { afterFinding, best, findingIn, type Known } from './health-check.ts';

const SIGNS = { '+': 'endpoints', '-': 'none', '?': 'unanswered' } as const;
type Sign = keyof typeof SIGNS;

/** What is known after each of a row of answers: `+` endpoints, `-` none, `?` nobody can be asked, `.` nothing yet. */
function known(answers: string): string {
  let state: Known | undefined;
  return [...answers]
    .map((answer) => {
      state = afterFinding(state, SIGNS[answer as Sign]);
      return Object.entries(SIGNS).find(([, finding]) => finding === state?.finding)?.[0] ?? '.';
    })
    .join('');
}

describe('a health check', () => {
  it.each([
    ['takes the first answer at once', '+', '+'],
    ['takes a bad first answer at once', '-', '-'],
    ['does not fall at one bad answer', '+-+-+-', '++++++'],
    ['falls at the second in a row', '+--', '++-'],
    ['does not rise at one good answer', '-+-+-', '-----'],
    ['rises at the second in a row', '--++', '---+'],
    ['counts anew after each change', '+--+-++', '++----+'],
    ['does not take silence for an answer', '+?????????', '++++++++++'],
    ['says after ten that nobody can be asked', '+??????????', '++++++++++?'],
    ['waits as long for a first answer', '??????????', '.........?'],
    ['forgets silence at an answer', '+?????+?????', '++++++++++++'],
    ['takes the first answer after silence at once', '???????????-', '.........??-'],
  ])('%s', (_, answers, expected) => {
    expect(known(answers)).toBe(expected);
  });

  it.each([
    ['without an answer', null, 'unanswered'],
    ['of kube-proxy with endpoints', { status: 200, body: '{"service":{},"localEndpoints":2}' }, 'endpoints'],
    ['of kube-proxy without', { status: 503, body: '{"localEndpoints": 0}' }, 'none'],
    ['of what counts nothing', { status: 200, body: 'ok' }, 'endpoints'],
    ['of what counts none', { status: 200, body: '{"localEndpoints":0}' }, 'none'],
  ])('%s', (_, answer, expected) => {
    expect(findingIn(answer)).toBe(expected);
  });

  it('believes the best of the answers at several addresses, and silence only when all are silent', () => {
    expect(best(['unanswered', 'none', 'endpoints'])).toBe('endpoints');
    expect(best(['unanswered', 'none'])).toBe('none');
    expect(best(['unanswered', 'unanswered'])).toBe('unanswered');
  });
});
