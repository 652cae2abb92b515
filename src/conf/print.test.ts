import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from './parse.ts';
import { print, UnprintableWord } from './print.ts';
import { block, type Conf, line, only, type Statement } from './tree.ts';

describe('what is printed', () => {
  const cases: readonly [sentence: string, conf: Conf, text: string][] = [
    ['an empty file', [], ''],
    ['a line', [line('router_id', 'n1')], 'router_id n1\n'],
    ['a keyword alone', [line('nopreempt')], 'nopreempt\n'],
    ['an empty block', [block('global_defs', [], [])], 'global_defs {\n}\n'],
    ['blocks in blocks, two spaces deeper', [block('a', ['b'], [block('c', [], [line('d', 1)])])], 'a b {\n  c {\n    d 1\n  }\n}\n'],
    ['an empty line between blocks', [block('a', [], []), block('b', [], [])], 'a {\n}\n\nb {\n}\n'],
    ['a word with a space in quotes', [line('notify', '/bin/x a', 'root')], 'notify "/bin/x a" root\n'],
    ['an empty word in quotes', [line('a', '')], 'a ""\n'],
    ['a comment sign in quotes', [line('auth_pass', 'a#b!c')], 'auth_pass "a#b!c"\n'],
    ['a single quote in quotes', [line('a', "it's")], 'a "it\'s"\n'],
    ['braces inside a word in quotes', [line('script', 'f() { x; }')], 'script "f() { x; }"\n'],
    ['a line break that only Unicode knows in quotes', [line('a', 'b\u2028c')], 'a "b\u2028c"\n'],
    [
      'an address of either family bare',
      [line('192.0.2.1/32'), line('2001:db8::1/128', 'dev', 'eth0')],
      '192.0.2.1/32\n2001:db8::1/128 dev eth0\n',
    ],
    ['what would be a condition in quotes', [line('@n1', 'x@y')], '"@n1" x@y\n'],
    ['what would be a definition in quotes', [line('$A=1')], '"$A=1"\n'],
    ['what would be a sequence in quotes', [line('~SEQ(a,1,3)')], '"~SEQ(a,1,3)"\n'],
    ['a condition before its line', [only('n1', line('priority', 254))], '@n1 priority 254\n'],
    ['a condition that excludes', [{ ...line('x'), condition: { id: 'n1', negated: true } }], '@^n1 x\n'],
    ['the condition of a block on each of its lines', [only('n1', block('a', [], [line('b')]))], '@n1 a {\n  @n1 b\n@n1 }\n'],
    ['the same condition within only once', [only('n', block('a', [], [only('n', line('b'))]))], '@n a {\n  @n b\n@n }\n'],
  ];
  it.each(cases)('%s', (_, conf, text) => {
    expect(print(conf)).toBe(text);
  });

  it('is the same for the same tree', () => {
    const conf = [block('vrrp_instance', ['ns/svc'], [line('priority', 254)])];
    expect(print(conf)).toBe(print(structuredClone(conf)));
  });
});

describe('what is refused', () => {
  const cases: readonly [sentence: string, statement: Statement, reason: RegExp][] = [
    ['a line break', line('a', 'b\nc'), /control character/],
    ['a carriage return', line('a', 'b\rc'), /control character/],
    ['a null character', line('a', 'b\0c'), /control character/],
    ['a tab', line('a', 'b\tc'), /control character/],
    ['a double quote', line('a', 'b"c'), /double quote/],
    ['a backslash', line('a', 'b\\c'), /backslash/],
    ['an opening brace alone', line('a', '{'), /brace/],
    ['a closing brace alone', line('}'), /brace/],
    ["a reference to keepalived's own definition", line('a', '$\x7b_PWD}'), /definitions/],
    ['the same without braces', line('a', 'b $_INSTANCE'), /definitions/],
    ['half a surrogate pair', line('a', '\ud83d'), /surrogate/],
    ['an empty keyword', line(''), /not a keyword/],
    ['a blank in the name of an included file', line('include', '/a b'), /included file/],
    ['a blank in a condition', only('n 1', line('a')), /not an id/],
    ['an empty condition', only('', line('a')), /not an id/],
    ['a condition within another', only('n1', block('a', [], [only('n2', line('b'))])), /a line has one/],
    ['a line of 1023 bytes', line('a', 'b'.repeat(1021)), /1023 bytes/],
    ['a line of 1023 bytes in fewer characters', line('a', 'é'.repeat(510)), /1024 bytes/],
  ];
  it.each(cases)('%s', (_, statement, reason) => {
    expect(() => print([statement])).toThrow(reason);
    expect(() => print([statement])).toThrow(UnprintableWord);
  });

  it('says where the word stands', () => {
    const conf = [block('vrrp_instance', ['ns/svc'], [block('authentication', [], [line('auth_pass', 'a"b')])])];
    expect(() => print(conf)).toThrow('vrrp_instance ns/svc > authentication > auth_pass a"b: "a\\"b" holds a double quote');
  });

  it('a line of 1022 bytes is not', () => {
    expect(print([line('a', 'b'.repeat(1020))])).toHaveLength(1023);
  });
});

describe('print and parse', () => {
  const word = fc.oneof(
    fc.string({ unit: fc.constantFrom(..."ab1 {}#!@$~^'()=,;/.-_", '\u2028', 'é', '😀'), maxLength: 8 }),
    fc.string({ unit: 'grapheme', maxLength: 12 }),
  );
  const keyword = word.filter((text) => text !== '');
  const tree = fc.letrec<{ statement: Statement }>((tie) => ({
    statement: fc.record(
      {
        keyword,
        words: fc.array(word, { maxLength: 3 }),
        block: fc.array(tie('statement'), { maxLength: 3, depthIdentifier: 'conf' }),
      },
      { requiredKeys: ['keyword', 'words'] },
    ),
  })).statement;

  it('give back any tree that can be printed', () => {
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 3 }), (conf) => {
        const text = printed(conf);
        fc.pre(text !== null);
        expect(parse(text ?? '')).toEqual(conf);
      }),
    );
  });

  it('give the same bytes the second time', () => {
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 3 }), (conf) => {
        const text = printed(conf);
        fc.pre(text !== null);
        expect(print(parse(text ?? ''))).toBe(text);
      }),
    );
  });
});

function printed(conf: Conf): string | null {
  try {
    return print(conf);
  } catch (error) {
    if (error instanceof UnprintableWord) return null;
    throw error;
  }
}
