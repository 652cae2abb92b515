import { BYTE, INT, STRING, STRINGS, type Type, typeName } from '../data/type.ts';
import { checked, entryOf, indirect, isNil, isTrue, itemsOf, numberIn, ofBool, ofInt, ofText, textOf, type Value } from '../data/value.ts';
import { Refusal } from '../template-error.ts';
import type { CallContext } from './call-context.ts';
import { equalsAny, isLess } from './comparison.ts';
import { mergeStringSlices, modulus, parseJson } from './custom-function.ts';
import { sprint, sprintf, sprintln } from './print.ts';
import { byteAt, byteLength, byteSlice } from './string-bytes.ts';

/** A parameter's type; `any` takes every value, nil included. */
export type Parameter = Type | 'any';

export interface Builtin {
  readonly parameters: readonly Parameter[];
  /** Type of all further arguments. */
  readonly rest?: Parameter;
  readonly call: (values: readonly Value[], context: CallContext) => Value;
}

/** `and` and `or` are missing here: they evaluate their arguments one by one. */
export const BUILTINS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['not', one((value) => ofBool(!isTrue(value)))],
  ['eq', { ...some(([first, ...others]) => ofBool(equalsAny(first, others))), parameters: ['any'] }],
  ['ne', two((left, right) => ofBool(!equalsAny(left, [right])))],
  ['lt', two((left, right) => ofBool(isLess(left, right)))],
  ['le', two((left, right) => ofBool(isLess(left, right) || equalsAny(left, [right])))],
  ['gt', two((left, right) => ofBool(!isLess(left, right) && !equalsAny(left, [right])))],
  ['ge', two((left, right) => ofBool(!isLess(left, right)))],
  ['len', one((value) => ofInt(lengthOf(value)))],
  ['index', some(([value, ...indexes]) => indexes.reduce(indexed, value))],
  ['slice', some(([value, ...indexes]) => sliced(value, indexes))],
  ['print', { parameters: [], rest: 'any', call: (values) => ofText(sprint(values)) }],
  ['println', { parameters: [], rest: 'any', call: (values) => ofText(sprintln(values)) }],
  [
    'printf',
    {
      parameters: [STRING],
      rest: 'any',
      call: ([format, ...values]) => ofText(sprintf(format === undefined ? '' : textOf(format), values)),
    },
  ],
  ['parseJson', { parameters: [STRING], call: ([text], context) => parseJson(text === undefined ? '' : textOf(text), context) }],
  [
    'mergeStringSlices',
    {
      parameters: [{ kind: 'slice', element: { kind: 'struct', name: 'LoadBalancerIngress' } }, STRINGS],
      call: (values, context) => mergeStringSlices(values, context),
    },
  ],
  ['modulus', { ...two((left, right) => ofInt(modulus(numberIn(left), numberIn(right)))), parameters: [INT, INT] }],
]);

export const BUILTIN_NAMES: readonly string[] = ['and', 'or', ...BUILTINS.keys()];

// --- internal ---

type AtLeastOne = readonly [Value, ...Value[]];

function some(call: (values: AtLeastOne) => Value): Builtin {
  return { parameters: ['any'], rest: 'any', call: (values) => call(values as AtLeastOne) };
}

function one(call: (value: Value) => Value): Builtin {
  return { parameters: ['any'], call: ([value]) => call(value as Value) };
}

function two(call: (left: Value, right: Value) => Value): Builtin {
  return { parameters: ['any', 'any'], call: ([left, right]) => call(left as Value, right as Value) };
}

function lengthOf(value: Value): number {
  const target = indirect(value);
  switch (target.type.kind) {
    case 'string':
      return byteLength(textOf(target));
    case 'slice':
      return itemsOf(target).length;
    case 'map':
      return Object.keys(target.raw ?? {}).length;
    default:
      throw new Refusal(`len wants a string, a slice or a map, found ${typeName(target.type)}`);
  }
}

function indexed(value: Value, index: Value): Value {
  const target = indirect(value);
  switch (target.type.kind) {
    case 'map':
      if (index.type.kind !== 'string') throw new Refusal(`index of a map wants a string, found ${typeName(index.type)}`);
      return entryOf(target, target.type.element, textOf(index));
    case 'slice': {
      const items = itemsOf(target);
      return checked({ type: target.type.element, raw: items[boundedIndex(index, items.length - 1)] }, 'an element');
    }
    case 'string':
      return { type: BYTE, raw: byteAt(textOf(target), boundedIndex(index, byteLength(textOf(target)) - 1)) };
    default:
      throw new Refusal(`index wants a map, a slice or a string, found ${isNil(target) ? 'nil' : typeName(target.type)}`);
  }
}

/** `slice x from to max`, as x[from:to:max] in Go; `max` bounds `to` and has no other effect here. */
function sliced(value: Value, indexes: readonly Value[]): Value {
  const target = indirect(value);
  const isString = target.type.kind === 'string';
  if (!isString && target.type.kind !== 'slice') throw new Refusal(`slice wants a slice or a string, found ${typeName(target.type)}`);
  if (indexes.length > (isString ? 2 : 3)) throw new Refusal(`slice of a ${typeName(target.type)} has ${indexes.length} indexes`);
  const length = lengthOf(target);
  const [from = 0, to = length, max = length] = indexes.map((index) => boundedIndex(index, length));
  if (from > to || to > max) throw new Refusal(`slice from ${from} to ${to}${indexes.length > 2 ? ` of ${max}` : ''} is not a range`);
  return { type: target.type, raw: isString ? byteSlice(textOf(target), from, to) : itemsOf(target).slice(from, to) };
}

function boundedIndex(index: Value, last: number): number {
  if (index.type.kind !== 'int') throw new Refusal(`an index is an integer, found ${typeName(index.type)}`);
  const at = numberIn(index);
  if (at < 0 || at > last) throw new Refusal(`index ${at} is out of range: the last is ${last}`);
  return at;
}
