import { describe, expect, it } from 'vitest';
import { afterHealth, dataPathAtStart } from './data-path.ts';

/** What is known after an answer each two seconds: `+` healthy, `-` not, `?` never said. */
function known(answers: string, wasUnhealthy = false): string {
  let path = dataPathAtStart(wasUnhealthy);
  return [...answers]
    .map((answer, index) => {
      path = afterHealth(path, answer === '+', { at: index * 2000, wall: 0 });
      return path.isKnown ? (path.isHealthy ? '+' : '-') : '?';
    })
    .join('');
}

describe("kube-proxy's health", () => {
  it.each([
    ['does not count where it never answered', '------------------', '??????????????????'],
    ['is bad when it has been so for twenty seconds', '+-----------', '+++++++++++-'],
    ['is not bad after a restart of kube-proxy', '+-------+--', '+++++++++++'],
    ['is good again when it has been so for five', '+-----------+++++', '+++++++++++----++'],
    ['is not good at once', '+-----------+-+-+', '+++++++++++------'],
  ])('%s', (_, answers, expected) => {
    expect(known(answers)).toBe(expected);
  });

  it('is remembered over a restart of the agent', () => {
    expect(known('---++++', true)).toBe('------+');
  });
});
