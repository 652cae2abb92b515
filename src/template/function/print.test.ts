import { describe, expect, it } from 'vitest';
import { typeOf } from '../data/type.ts';
import { NO_VALUE, ofBool, ofFloat, ofInt, ofText, type Value } from '../data/value.ts';
import { Refusal } from '../template-error.ts';
import { checkFormat, printed, sprint, sprintf, sprintln } from './print.ts';

const value = (notation: string, raw?: unknown): Value => ({ type: typeOf(notation), raw });

describe('what an action writes', () => {
  it.each<[Value, string]>([
    [NO_VALUE, '<no value>'],
    [value('*string'), '<nil>'],
    [value('*ClientIPConfig'), 'nil'],
    [value('*string', 'x'), 'x'],
    [value('[]string', ['a', 'b c']), '[a b c]'],
    [value('[]string'), '[]'],
    [value('map[string]int', { b: 2, a: 1 }), 'map[a:1 b:2]'],
    [value('IntOrString', 80), '80'],
    [value('IntOrString', 'http'), 'http'],
    [value('IntOrString'), '0'],
    [value('Time', '2026-11-24T02:03:04Z'), '2026-11-24 02:03:04 +0000 UTC'],
    [value('Time', '2026-11-24T04:03:04+02:00'), '2026-11-24 02:03:04 +0000 UTC'],
    [value('Time'), '0001-01-01 00:00:00 +0000 UTC'],
    [value('Quantity', '250m'), '250m'],
    [value('bool'), 'false'],
  ])('of %j is %s', (one, text) => {
    expect(printed(one)).toBe(text);
  });

  it.each([value('Service', {}), value('[]ServicePort', [{}]), value('FieldsV1', {})])('of %j is refused', (one) => {
    expect(() => printed(one)).toThrow(Refusal);
  });
});

describe('a float', () => {
  it.each([
    [0.1, '0.1'],
    [100000, '100000'],
    [1e6, '1e+06'],
    [1234567.5, '1.2345675e+06'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [1e100, '1e+100'],
    [-0, '-0'],
    [0, '0'],
  ])('%d is written as %s', (number, text) => {
    expect(printed(ofFloat(number))).toBe(text);
  });
});

describe('print', () => {
  it('puts a space only between two values that are no texts', () => {
    expect(sprint([ofInt(1), ofInt(2), ofText('a'), ofText('b'), ofBool(true), NO_VALUE])).toBe('1 2abtrue <nil>');
  });

  it('puts one between all, with a line end, as println', () => {
    expect(sprintln([ofText('a'), ofText('b'), ofInt(1)])).toBe('a b 1\n');
  });
});

describe('printf', () => {
  it.each<[string, Value[], string]>([
    ['%s/%s', [ofText('a'), ofText('b')], 'a/b'],
    ['%d%%', [ofInt(5)], '5%'],
    ['%v %t', [ofBool(true), ofBool(false)], 'true false'],
    ['%q', [ofText('a"\n\u200b\x01é\u{e0001}')], '"a\\"\\n\\u200b\\x01é\\U000e0001"'],
    ['%q', [value('[]string', ['a', 'b'])], '["a" "b"]'],
    ['%d', [value('[]int', [1, 2])], '[1 2]'],
    ['no verb', [], 'no verb'],
  ])('of %j with %j is %s', (format, values, text) => {
    expect(sprintf(format, values)).toBe(text);
  });

  it.each<[string, Value[], string]>([
    ['%d', [ofText('a')], "printf: %d can't print string"],
    ['%s', [ofInt(1)], "printf: %s can't print int"],
    ['%s', [NO_VALUE], "printf: %s can't print nil"],
    ['%s %s', [ofText('a')], 'printf: the format takes 2 values, found 1'],
    ['%s', [ofText('a'), ofText('b')], 'printf: the format takes 1 values, found 2'],
    ['%x', [ofInt(1)], 'printf: "%x" is not supported; there are %s, %d, %v, %q, %t and %%'],
    ['%', [], 'printf: "%" is not supported; there are %s, %d, %v, %q, %t and %%'],
    ['%v', [value('*string', 'x')], "*string can't be printed by a function: print it by itself"],
  ])('of %j with %j is refused', (format, values, reason) => {
    expect(() => sprintf(format, values)).toThrow(new Refusal(reason));
  });

  it('refuses a format without its values too', () => {
    expect(() => checkFormat('%s %5d')).toThrow(Refusal);
    expect(() => checkFormat('%s %d %v %q %t %%')).not.toThrow();
  });
});
