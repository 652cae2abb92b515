import { describe, expect, it } from 'vitest';
import { LexicalRefusal, lex } from './lexer.ts';

const kinds = (text: string): string[] => lex(text).map(({ kind, text: own }) => (kind === 'text' ? `text ${JSON.stringify(own)}` : kind));

describe('the tokens of a template', () => {
  it.each<[string, string, string[]]>([
    ['text alone', 'a }} b', ['text "a }} b"', 'end']],
    ['an action', '{{.}}', ['open', 'dot', 'close', 'end']],
    ['trimming on both sides, over lines', 'a \n{{- 1 -}}\t\r\n b', ['text "a"', 'open', 'number', 'close', 'text "b"', 'end']],
    ['a minus that belongs to a number', '{{-1}}', ['open', 'number', 'close', 'end']],
    ['a comment leaves nothing', 'a{{/* {{ }} */}}b', ['text "a"', 'text "b"', 'end']],
    ['a declaration without spaces', '{{$x:=.A.B}}', ['open', 'variable', 'declare', 'field', 'field', 'close', 'end']],
    ['braces in quotes', '{{"}}"}}{{`}}`}}', ['open', 'string', 'close', 'open', 'raw-string', 'close', 'end']],
    ['a pipe between calls', '{{len|print}}', ['open', 'function', 'pipe', 'function', 'close', 'end']],
    ['keywords and constants', '{{if true nil}}', ['open', 'keyword', 'space', 'bool', 'space', 'nil', 'close', 'end']],
    ['a number that begins with its point', "{{.5 'a'}}", ['open', 'number', 'space', 'character', 'close', 'end']],
  ])('has %s', (_, text, expected) => {
    expect(kinds(text)).toEqual(expected);
  });

  it.each<[string, string, number]>([
    ['an action without end', 'ab{{ .X ', 2],
    ['a comment without end', 'ab{{/* ', 2],
    ['a string without end', '{{ "a }}', 3],
    ['a string over two lines', '{{ "a\n" }}', 3],
    ['a name glued to a sign', '{{ .A-b }}', 5],
    ['a sign without meaning', '{{ ; }}', 3],
    ['a sum', '{{ 1+2 }}', 3],
  ])('refuses %s, at its place', (_, text, offset) => {
    expect(() => lex(text)).toThrow(LexicalRefusal);
    expect(() => lex(text)).toThrow(expect.objectContaining({ offset }));
  });

  it('takes a megabyte of white space or of one string in its stride', () => {
    const long = 1_000_000;
    expect(kinds(`a${' '.repeat(long)}{{- "${'x'.repeat(long)}" -}}${'\n'.repeat(long)}`)).toEqual([
      'text "a"',
      'open',
      'string',
      'close',
      'end',
    ]);
  });
});
