import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VerbatimLines } from '../../api/node/config.ts';
import { print } from '../../conf/print.ts';
import { block, type Conf, line, type Statement } from '../../conf/tree.ts';
import type { Candidate } from '../../localise/candidate.ts';
import { type Found, onVerdict, searchLines } from './line-search.ts';
import type { ConfigTest } from './verdict.ts';

const candidateOf = (conf: Conf): Candidate => ({ kind: 'candidate', revision: 'r1', conf, text: print(conf), problems: [] });
const instanceWith = (name: string, ...lines: readonly Statement[]): Statement =>
  block('vrrp_instance', [name], [line('interface', 'eth0'), ...lines, block('virtual_ipaddress', [], [line('192.0.2.1')])]);
/** A file in which the global lines and those of each instance are verbatim. */
const written = (globals: readonly Statement[], instances: Readonly<Record<string, readonly Statement[]>>) => {
  const conf = [
    block('global_defs', [], [line('router_id', 'g'), ...globals]),
    ...Object.entries(instances).map(([name, lines]) => instanceWith(name, ...lines)),
  ];
  const marks: VerbatimLines[] = [
    { object: 'KeepalivedGroup ns/g', keywords: globals.map(({ keyword }) => keyword) },
    ...Object.entries(instances).map(([name, lines]) => ({
      object: `Service ${name}`,
      instances: [name],
      keywords: lines.map(({ keyword }) => keyword),
    })),
  ];
  return { conf, marks };
};

/** A check that refuses these lines and pairs of lines, by number or by words alone. */
const checkOf =
  (bad: readonly string[], { names = true, pairs = [] as readonly (readonly string[])[] } = {}) =>
  (text: string): ConfigTest => {
    const lines = text.split('\n').map((one) => one.trim());
    const numbers = lines.flatMap((one, index) => (bad.includes(one) ? [index + 1] : []));
    const isPaired = pairs.some((pair) => pair.every((one) => lines.includes(one)));
    if (numbers.length === 0 && !isPaired) return { kind: 'good' };
    const told = names ? numbers : [];
    const message = told.map((number) => `(line ${number}) no ${lines[number - 1]}`).join('; ') || 'something is wrong';
    return { kind: 'refused', message, lines: told.map((number) => `${number}: ${lines[number - 1]}`), numbers: told };
  };

/** Follows the search to its end; the files that were checked are counted. */
function searched({ conf, marks }: ReturnType<typeof written>, check: (text: string) => ConfigTest) {
  const whole = candidateOf(conf);
  const first = check(whole.text);
  if (first.kind === 'good') throw new Error('the file is good');
  let tests = 1;
  let found: Found = searchLines(whole, first, marks);
  while (found.kind === 'check') {
    tests += 1;
    found = onVerdict(found.search, check(found.text));
  }
  return { found, tests };
}

describe('verbatim lines that keepalived refuses', () => {
  const file = written([line('vrrp_iptables', 'x'), line('vrrp_strict')], {
    'a/a': [line('foo', '1'), line('accept')],
    'b/b': [line('foo', '1')],
  });
  it.each<[string, readonly string[], object, readonly string[]]>([
    ['one of the group, by number', ['vrrp_iptables x'], {}, ['KeepalivedGroup ns/g vrrp_iptables x']],
    ['the same line of two Services', ['foo 1'], {}, ['Service a/a foo 1', 'Service b/b foo 1']],
    ['one that has no number', ['accept'], { names: false }, ['Service a/a accept']],
    [
      'all',
      ['vrrp_iptables x', 'vrrp_strict', 'foo 1', 'accept'],
      { names: false },
      [
        'KeepalivedGroup ns/g vrrp_iptables x',
        'KeepalivedGroup ns/g vrrp_strict',
        'Service a/a foo 1',
        'Service a/a accept',
        'Service b/b foo 1',
      ],
    ],
    ['one of two that do not go together', [], { pairs: [['vrrp_strict', 'accept']] }, ['Service a/a accept']],
    [
      'one by number, and a pair',
      ['vrrp_iptables x'],
      { pairs: [['vrrp_strict', 'accept']] },
      ['KeepalivedGroup ns/g vrrp_iptables x', 'Service a/a accept'],
    ],
  ])('are left out, and no other: %s', (_, bad, how, expected) => {
    const check = checkOf(bad, how);
    const { found } = searched(file, check);
    if (found.kind !== 'found') throw new Error(found.kind);
    expect(found.candidate.leftOut?.map(({ object, line: text }) => `${object} ${text}`)).toEqual(expected);
    expect(check(found.candidate.text)).toEqual({ kind: 'good' });
  });

  it('are told in the words that keepalived has for them', () => {
    const { found } = searched(file, checkOf(['vrrp_iptables x', 'accept']));
    expect(found).toMatchObject({ candidate: { leftOut: [{ message: 'no vrrp_iptables x' }, { message: 'no accept' }] } });
  });

  it('explain nothing where the file is refused without them, too', () => {
    expect(searched(file, checkOf(['router_id g', 'foo 1'])).found).toMatchObject({
      kind: 'unexplained',
      refusal: { numbers: [2, 9, 18] },
    });
    expect(searched({ ...file, marks: [] }, checkOf(['foo 1'])).found).toMatchObject({ kind: 'unexplained' });
  });

  it('are found in a bounded number of checks, whatever the lines', () => {
    const lines = fc.dictionary(fc.stringMatching(/^[a-z]{3}$/), fc.boolean(), { maxKeys: 30 });
    fc.assert(
      fc.property(lines, fc.dictionary(fc.constantFrom('a/a', 'b/b', 'c/c'), lines), fc.boolean(), (globals, instances, names) => {
        const statements = (all: Readonly<Record<string, boolean>>) => Object.keys(all).map((keyword) => line(keyword));
        const all = written(
          statements(globals),
          Object.fromEntries(Object.entries(instances).map(([name, own]) => [name, statements(own)])),
        );
        const bad = [globals, ...Object.values(instances)].flatMap((one) => Object.keys(one).filter((keyword) => one[keyword]));
        const check = checkOf(bad, { names });
        if (check(print(all.conf)).kind === 'good') return;
        const { found, tests } = searched(all, check);
        expect(tests).toBeLessThanOrEqual(61);
        expect(found.kind === 'found' && check(found.candidate.text)).toEqual({ kind: 'good' });
      }),
    );
  });
});
