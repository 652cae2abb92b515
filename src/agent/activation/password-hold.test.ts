import { describe, expect, it } from 'vitest';
import { print } from '../../conf/print.ts';
import { block, line } from '../../conf/tree.ts';
import { authenticationOf } from '../../localise/authentication.ts';
import { afterLook, holding, LONGEST, type PasswordHold, passwordInText, passwordOf, SETTLE, settlesIn } from './password-hold.ts';

type Look = readonly [at: number, mounted: string | null, round: number];

/** What is used after each look: the password, `settling`, or the password with a sign that another one waits. */
function told(used: string | null, looks: readonly Look[]): string[] {
  let hold: PasswordHold = holding(used);
  return looks.map(([now, password, round]) => {
    hold = afterLook(hold, { password, round, now });
    if (settlesIn(hold, now) > 0) return 'settling';
    return `${passwordOf(hold, password)}${hold.waitsSince === null ? '' : ` (${hold.round})`}`;
  });
}

describe('the password in use', () => {
  it.each<[string, string | null, readonly Look[], readonly string[]]>([
    ['is the mounted one where there was none', null, [[0, 'new', 0]], ['new']],
    ['is the mounted one while it does not change', 'old', [[0, 'old', 3]], ['old']],
    [
      'stays while a changed one waits, until a new round has settled',
      'old',
      [
        [0, 'old', 0],
        [10, 'new', 0],
        [20, 'new', 1],
        [20 + SETTLE - 1, 'new', 1],
        [20 + SETTLE, 'new', 1],
      ],
      ['old', 'old (0)', 'settling', 'settling', 'new'],
    ],
    [
      'is what is mounted when the round has settled, also when the round was seen first',
      'old',
      [
        [0, 'old', 0],
        [10, 'old', 1],
        [200, 'new', 1],
        [10 + SETTLE, 'new', 1],
      ],
      ['old', 'settling', 'settling', 'new'],
    ],
    [
      'waits for the round after the one that it missed',
      'old',
      [
        [0, 'old', 0],
        [10, 'old', 1],
        [10 + SETTLE, 'old', 1],
        [5000, 'new', 1],
        [6000, 'new', 2],
        [6000 + SETTLE, 'new', 2],
      ],
      ['old', 'settling', 'old', 'old (1)', 'settling', 'new'],
    ],
    [
      'is taken up without a round where nobody calls one',
      'old',
      [
        [0, 'new', 0],
        [LONGEST - 1, 'new', 0],
        [LONGEST, 'new', 0],
        [LONGEST + 1, 'new', 0],
      ],
      ['old (0)', 'old (0)', 'new', 'new'],
    ],
    [
      'waits for as long again when it changes back and forth',
      'old',
      [
        [0, 'new', 0],
        [1000, 'old', 0],
        [2000, 'new', 0],
        [LONGEST + 1000, 'new', 0],
      ],
      ['old (0)', 'old', 'old (0)', 'old (0)'],
    ],
    [
      'changes with a round that goes back, as after a group was made anew',
      'old',
      [
        [0, 'new', 5],
        [1, 'new', 0],
        [1 + SETTLE, 'new', 0],
      ],
      ['old (5)', 'settling', 'new'],
    ],
    [
      'of an agent that starts is what keepalived has, whatever round it is',
      'old',
      [
        [0, 'new', 7],
        [1, 'new', 8],
        [1 + SETTLE, 'new', 8],
      ],
      ['old (7)', 'settling', 'new'],
    ],
    ['does not change with what no instance carries', '12345678', [[0, '12345678-and-more', 0]], ['12345678-and-more']],
    ['is told as missing at once', 'old', [[0, null, 0]], ['null']],
    ['is told as unusable at once', 'old', [[0, 'a{b', 0]], ['a{b']],
    [
      'is the one from before when an unusable one is taken back',
      'old',
      [
        [0, 'a{b', 0],
        [1, 'old', 0],
      ],
      ['a{b', 'old'],
    ],
    [
      'waits when an unusable one is corrected',
      'old',
      [
        [0, 'a{b', 0],
        [1, 'new', 0],
      ],
      ['a{b', 'old (0)'],
    ],
  ])('%s', (_, used, looks, expected) => {
    expect(told(used, looks)).toEqual(expected);
  });

  it('of two nodes changes at moments no further apart than the round came to them', () => {
    const taken = (seen: number, round: number): number => {
      const looks = Array.from(
        { length: 100 },
        (_, index): Look => [index * 100, index * 100 < seen ? 'old' : 'new', index * 100 < round ? 0 : 1],
      );
      return told('old', looks).indexOf('new') * 100;
    };
    expect(taken(0, 5000) - taken(5200, 5300)).toBe(-300);
  });
});

describe("the password in keepalived's file", () => {
  it.each(['hunter2', '123456789', 'a#b!c', '#hunter2', "it's", '@x', '!y', '~`,;'])('%s is found as it counts', (password) => {
    const authentication = authenticationOf(password);
    const text =
      authentication.kind === 'block' ? print([block('vrrp_instance', ['a'], [line('priority', 1), authentication.statement])]) : '';
    expect(passwordInText(text)).toBe(password.slice(0, 8));
  });
  it.each([
    ['without a password', 'vrrp_instance a {\n}\n'],
    ['that is broken', 'vrrp_instance a {\n'],
  ])('of a file %s is none', (_, text) => {
    expect(passwordInText(text)).toBeNull();
  });
  it('of no file is none', () => {
    expect(passwordInText(null)).toBeNull();
  });
});
