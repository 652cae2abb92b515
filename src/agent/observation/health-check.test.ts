import { describe, expect, it } from 'vitest';
import { type Damped, damp } from './health-check.ts';

/** The values after each of a row of answers; `+` is healthy, `-` is not. */
function values(answers: string): string {
  let state: Damped | undefined;
  return [...answers]
    .map((answer) => {
      state = damp(state, answer === '+');
      return state.value === 0 ? '+' : '-';
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
    ['counts anew after each change', '+--+-++', '++-' + '---+'],
  ])('%s', (_, answers, expected) => {
    expect(values(answers)).toBe(expected);
  });
});
