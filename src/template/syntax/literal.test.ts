import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../template-error.ts';
import { characterOf, numberOf, unquote } from './literal.ts';

describe('a quoted text', () => {
  it.each([
    ['"a\\tb\\n"', 'a\tb\n'],
    ['"\\a\\b\\f\\r\\v\\\\\\""', '\x07\b\f\r\v\\"'],
    ['"\\x41\\102\\u00e9\\U0001d11e"', 'ABé𝄞'],
    ['`a\\n\r\nb`', 'a\\n\nb'],
    ['""', ''],
  ])('%s is %j', (literal, text) => {
    expect(unquote(literal)).toBe(text);
  });

  it.each(['"\\q"', '"\\\'"', '"\\x4"', '"\\xff"', '"\\400"', '"\\ud800"', '"\\U00110000"', '"\\u12"'])('%s is refused', (literal) => {
    expect(() => unquote(literal)).toThrow(Refusal);
  });

  it('is what JSON makes of any text without control characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(unquote(JSON.stringify(text).replaceAll('\\/', '/'))).toBe(text);
      }),
    );
  });
});

describe('a character', () => {
  it.each([
    ["'a'", 97],
    ["'\\n'", 10],
    ["'\\''", 39],
    ["'𝄞'", 0x1d11e],
  ])('%s is %d', (literal, code) => {
    expect(characterOf(literal)).toBe(code);
  });

  it.each(["''", "'ab'", "'''", "'\\\"'"])('%s is none', (literal) => {
    expect(() => characterOf(literal)).toThrow(Refusal);
  });
});

describe('a number', () => {
  it.each<[string, number, boolean]>([
    ['12', 12, false],
    ['-7', -7, false],
    ['+7', 7, false],
    ['-0', 0, false],
    ['-0.0', -0, true],
    ['0x1F', 31, false],
    ['0x_ff', 255, false],
    ['0o17', 15, false],
    ['017', 15, false],
    ['0b101', 5, false],
    ['1_000', 1000, false],
    ['1.5', 1.5, true],
    ['.5', 0.5, true],
    ['5.', 5, true],
    ['1e3', 1000, true],
    ['1E-3', 0.001, true],
  ])('%s is %d, a float: %s', (literal, value, float) => {
    expect(numberOf(literal)).toEqual({ value, float });
  });

  it.each(['', '-', '08', '0x', '1__0', '1_', '1e', '.', '1e999', '9007199254740992', '0x1p4', '0b2'])('%j is none', (literal) => {
    expect(() => numberOf(literal)).toThrow(Refusal);
  });
});
