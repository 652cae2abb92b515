import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfSyntaxError, parse } from './parse.ts';
import { block, type Conf, line, only } from './tree.ts';

const except = (id: string, statement: Conf[number]): Conf[number] => ({ ...statement, condition: { id, negated: true } });

describe('what is read', () => {
  const cases: readonly [sentence: string, text: string, conf: Conf][] = [
    ['nothing', '', []],
    ['a line', 'router_id n1\n', [line('router_id', 'n1')]],
    ['a line without its end', 'a b', [line('a', 'b')]],
    ['a line of another system', 'a b\r\nc\r\n', [line('a', 'b'), line('c')]],
    ['blanks of any kind between words', '  a\t b   c ', [line('a', 'b', 'c')]],
    ['comments of both kinds', '# x\na b # y\n! z\nc!d', [line('a', 'b'), line('c')]],
    ['a comment sign in quotes as itself', 'auth_pass "a#b"', [line('auth_pass', 'a#b')]],
    ['a quoted word', 'notify "/bin/x a" root', [line('notify', '/bin/x a', 'root')]],
    ['an empty quoted word', 'a "" b', [line('a', '', 'b')]],
    ['a brace in quotes as itself', 'a "b {"', [line('a', 'b {')]],
    ['a block', 'a b {\n c d\n}', [block('a', ['b'], [line('c', 'd')])]],
    ['a block whose brace is on the next line', 'a\n\n{\n c\n}', [block('a', [], [line('c')])]],
    ['a block on one line', 'virtual_ipaddress { 192.0.2.1 }', [block('virtual_ipaddress', [], [line('192.0.2.1')])]],
    ['a brace that touches its word', 'a{b}c', [block('a', [], [line('b')]), line('c')]],
    ['a condition', '@n1 priority 254', [only('n1', line('priority', 254))]],
    ['a condition that excludes', '@^n1 state BACKUP', [except('n1', line('state', 'BACKUP'))]],
    ['a condition to the end of the line', '@n1 a { b }', [only('n1', block('a', [], [line('b')]))]],
    ['a conditional block', '@n a {\n@n b\n@n }', [only('n', block('a', [], [line('b')]))]],
    ['a quoted word with @ as a word', '"@n1" x', [line('@n1', 'x')]],
    ['a dollar sign as itself', 'auth_pass pa$word', [line('auth_pass', 'pa$word')]],
  ];
  it.each(cases)('%s', (_, text, conf) => {
    expect(parse(text)).toEqual(conf);
  });
});

describe('what is no configuration', () => {
  const cases: readonly [sentence: string, text: string, message: RegExp, line: number, column: number][] = [
    ['a block that stays open', 'a {\n b', /never closed/, 1, 3],
    ['a brace too many', 'a {\n}\n  }', /without a '{'/, 3, 3],
    ['a brace without a keyword', '\n {', /without a keyword/, 2, 2],
    ['a second block for one keyword', 'a { } {', /without a keyword/, 1, 7],
    ['a quote that stays open', 'a "b', /never closed/, 1, 3],
    ['a quote inside a word', 'a b"c"', /middle of a word/, 1, 4],
    ['a word after a quote', 'a "b"c', /middle of a word/, 1, 6],
    ['a backslash', 'a b\\', /backslash/, 1, 3],
    ['single quotes', "script '/a b'", /double quotes/, 1, 8],
    ['a definition', '$PRIO=201', /definitions/, 1, 1],
    ['a conditional definition', '@n1 $PRIO=201', /definitions/, 1, 5],
    ["keepalived's own definition", 'a $\x7b_PWD}', /definitions/, 1, 3],
    ['a reference to a definition', 'a $\x7bX}', /references/, 1, 3],
    ['a sequence', '~SEQ(var,1,2) a', /sequences/, 1, 1],
    ['two conditions', '@n1 @n2 a', /one condition/, 1, 5],
    ['a condition without a name', '@ a', /not a condition/, 1, 1],
    ['a conditional block whose line is for all', '@n a {\nb\n}', /must begin with the same @id/, 2, 1],
    ['a block for all that one node closes', 'a {\n@n }', /closes a block for all/, 2, 4],
    ['a conditional brace after a keyword for all', 'a\n@n {', /different nodes/, 2, 4],
    ['an empty keyword', '""', /empty keyword/, 1, 1],
    ['a brace in quotes as a word', 'a "{"', /brace/, 1, 3],
    ['a control character', 'a "b\0"', /control character/, 1, 3],
    ['a line that keepalived reads as two', `a ${'b'.repeat(1022)}`, /1024 bytes/, 1, 1],
  ];
  it.each(cases)('%s', (_, text, message, lineNumber, column) => {
    const error = thrownBy(() => parse(text));
    expect(error).toBeInstanceOf(ConfSyntaxError);
    expect(error).toMatchObject({ message: expect.stringMatching(message), line: lineNumber, column });
  });

  it('of any kind throws nothing else', () => {
    const text = fc.string({ unit: fc.constantFrom(...'a {}"\\#@$~\n\t\r!'), maxLength: 30 });
    fc.assert(
      fc.property(text, (input) => {
        const error = thrownBy(() => parse(input));
        expect(error === null || error instanceof ConfSyntaxError).toBe(true);
      }),
    );
  });
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
    return null;
  } catch (error) {
    return error;
  }
}
