import { describe, expect, it } from 'vitest';
import { typeOf } from '../data/type.ts';
import { NO_VALUE, ofBool, ofFloat, ofInt, ofText, type Value } from '../data/value.ts';
import { Refusal } from '../template-error.ts';
import { equalsAny, isLess } from './comparison.ts';

const value = (notation: string, raw?: unknown): Value => ({ type: typeOf(notation), raw });

describe('equality', () => {
  it.each<[string, Value, Value[], boolean]>([
    ['of integers of two widths', value('int32', 5), [ofInt(5)], true],
    ['with one of many', ofInt(3), [ofInt(1), ofInt(3)], true],
    ['with none of many', ofInt(3), [ofInt(1), ofInt(2)], false],
    ['of an absent text and an empty one', value('string'), [ofText('')], true],
    ['of an absent truth and false', value('bool'), [ofBool(false)], true],
    ['of nothing and nil', NO_VALUE, [NO_VALUE], true],
    ['of nothing and an empty text', NO_VALUE, [ofText('')], false],
    ['of a nil pointer and nil', value('*string'), [NO_VALUE], true],
    ['of an absent map and nil', value('map[string]string'), [NO_VALUE], true],
    ['of an empty list and nil', value('[]string', []), [NO_VALUE], false],
    ['that ends before a pair that does not compare', ofInt(1), [ofInt(1), ofText('x')], true],
  ])('%s', (_, first, others, equal) => {
    expect(equalsAny(first, others)).toBe(equal);
  });

  it.each<[string, Value, Value[]]>([
    ['a number and a text', ofInt(1), [ofText('1')]],
    ['an integer and a float', ofInt(1), [ofFloat(1)]],
    ['a truth and a number', ofBool(true), [ofInt(1)]],
    ['two maps', value('map[string]string', {}), [value('map[string]string', {})]],
    ['a list and a map', value('[]string', []), [value('map[string]string', {})]],
    ['nothing else', ofInt(1), []],
  ])('is refused for %s', (_, first, others) => {
    expect(() => equalsAny(first, others)).toThrow(Refusal);
  });
});

describe('order', () => {
  it.each<[Value, Value, boolean]>([
    [ofInt(1), ofInt(2), true],
    [ofInt(2), ofInt(2), false],
    [ofText('B'), ofText('a'), true],
    [ofFloat(1.5), ofFloat(2.5), true],
    [value('uint8', 97), ofInt(98), true],
  ])('%j before %j: %s', (left, right, less) => {
    expect(isLess(left, right)).toBe(less);
  });

  it.each<[Value, Value]>([
    [ofInt(1), ofText('a')],
    [ofInt(1), ofFloat(2)],
    [ofBool(false), ofBool(true)],
    [NO_VALUE, ofInt(1)],
    [ofInt(1), value('[]string', [])],
  ])('is refused for %j and %j', (left, right) => {
    expect(() => isLess(left, right)).toThrow(Refusal);
  });
});
