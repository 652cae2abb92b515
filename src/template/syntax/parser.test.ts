import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TemplateError } from '../template-error.ts';
import { MAX_TEMPLATE_LENGTH, parseTemplate } from './parser.ts';
import { MAX_NESTING } from './token-reader.ts';

function refusal(text: string): TemplateError {
  try {
    parseTemplate(text);
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  throw new Error('the template was taken');
}

describe('a template that is none', () => {
  it.each<[string, string, number, number, string]>([
    ['an unknown function', 'a\n  {{ env "HOME" }}', 2, 6, 'there is no function env; there are and, or, not,'],
    ['an unknown variable', '{{ range $i, $v := .Services }}{{ $w }}{{ end }}', 1, 35, 'the variable $w is not defined here'],
    ['a variable after its end', '{{ if $x := 1 }}{{ end }}\n{{ $x }}', 2, 4, 'the variable $x is not defined here'],
    ['a control without end', 'x\n\n{{ if true }}', 3, 4, 'this if has no {{end}}'],
    ['an end too many', '{{ end }}', 1, 1, 'unexpected {{end}}'],
    ['two else', '{{ if 1 }}{{ else }}{{ else }}{{ end }}', 1, 28, 'a second {{else}} for the same if'],
    ['break outside a range', 'é{{ break }}', 1, 5, '{{break}} stands in no range'],
    ['an empty action', '{{ }}', 1, 6, 'the command has no value'],
    ['a pipe into a constant', '{{ 1 | "a" }}', 1, 8, 'a constant or a lone dot takes nothing from a pipe'],
    [
      'a verb of printf that is not supported',
      '{{ printf "%5.2f" 1 }}',
      1,
      11,
      'printf: "%5" is not supported; there are %s, %d, %v, %q, %t and %%',
    ],
    ['a template named twice', '{{ define "a" }}1{{ end }}{{ define "a" }}2{{ end }}', 1, 30, 'the template "a" is defined twice'],
    ['a name without quotes', '{{ template a }}', 1, 13, 'expected a quoted name after template, found a'],
    ['two variables outside a range', '{{ $a, $b := .Misc }}', 1, 6, 'a command sets one variable'],
    ['an imaginary number', '{{ 1i }}', 1, 4, '"1" is not a number'],
    ['a number of more than 53 bits', '{{ 9007199254740993 }}', 1, 4, '9007199254740993 is too large'],
    ['a byte outside ASCII', '{{ "\\xff" }}', 1, 4, '\\xff is a byte outside ASCII: write the character, or \\u and its code'],
    ['an escape that Go lacks', '{{ "\\d" }}', 1, 4, '\\d is not an escape that templates know'],
    ['a comment with a space before it', '{{ /* x */ }}', 1, 4, '"/" has no meaning in an action'],
  ])('is refused for %s', (_, text, line, column, reason) => {
    const { kind, ...found } = refusal(text);
    expect({ kind, line: found.line, column: found.column }).toEqual({ kind: 'parse', line, column });
    expect(found.reason).toContain(reason);
  });

  it('says its place and reason in one sentence', () => {
    expect(refusal('\n{{ nope }}').message).toMatch(/^template line 2, column 4: there is no function nope/);
  });

  it('is too long, or nested too deep', () => {
    expect(refusal('x'.repeat(MAX_TEMPLATE_LENGTH + 1)).reason).toContain('longer than');
    expect(refusal(`{{ ${'('.repeat(MAX_NESTING + 1)} }}`).reason).toContain('levels of nesting');
    expect(refusal('{{ if 1 }}'.repeat(MAX_NESTING + 1)).reason).toContain('levels of nesting');
  });
});

describe('a template', () => {
  it('keeps what define and block name apart from its text', () => {
    const { root, templates } = parseTemplate('a{{ define "x" }}b{{ end }}{{ block "y" . }}c{{ end }}');
    expect(root.map(({ kind }) => kind)).toEqual(['text', 'template']);
    expect([...templates.keys()]).toEqual(['x', 'y']);
  });

  it('may nest as deep as the limit allows', () => {
    const deep = `${'{{ if 1 }}'.repeat(MAX_NESTING)}x${'{{ end }}'.repeat(MAX_NESTING)}`;
    expect(parseTemplate(deep).root).toHaveLength(1);
  });
});

/** Pieces that are likely to meet the parser's edges. */
const piece = fc.constantFrom(
  ...[
    '{{',
    '}}',
    '{{-',
    '-}}',
    '{{/*',
    '*/}}',
    ' ',
    '\n',
    '.',
    '.A',
    '$',
    '$x',
    ':=',
    '=',
    ',',
    '|',
    '(',
    ')',
    '"',
    '`',
    "'",
    '\\',
    '0x',
    '1',
    '-',
    'é',
  ],
  ...[
    'if',
    'else',
    'end',
    'range',
    'with',
    'define',
    'block',
    'template',
    'break',
    'nil',
    'true',
    'len',
    'printf',
    '"a"',
    '"%z"',
    '{{ end }}',
    '{{ range . }}',
  ],
);

describe('whatever the text', () => {
  it.each<[string, fc.Arbitrary<string>]>([
    ['any text', fc.string({ unit: 'binary', maxLength: 200 })],
    ['any text in an action', fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => `{{ ${text} }}`)],
    ['pieces of templates', fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''))],
  ])('the parser gives a template or a TemplateError with a place in the text: %s', (_, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        try {
          expect(parseTemplate(text).text).toBe(text);
        } catch (error) {
          expect(error).toBeInstanceOf(TemplateError);
          const { line, column, kind } = error as TemplateError;
          const rows = text.split('\n');
          expect({ kind, line: line <= rows.length, column: column <= [...(rows[line - 1] ?? '')].length + 1 }).toEqual({
            kind: 'parse',
            line: true,
            column: true,
          });
        }
      }),
      { numRuns: 3000 },
    );
  });
});
