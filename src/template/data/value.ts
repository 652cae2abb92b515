import { Refusal } from '../template-error.ts';
import { fieldsOf } from './schema.ts';
import { BOOL, FLOAT, INT, NIL, STRING, type Type, typeName } from './type.ts';

/**
 * A piece of JSON seen as a Go type. `raw` is `undefined` or `null` where the JSON has nothing: a nil pointer, map or
 * slice, else the type's zero value.
 */
export interface Value {
  readonly type: Type;
  readonly raw: unknown;
}

/** What a missing key of a map gives (`<no value>` when printed), and what `nil` means. */
export const NO_VALUE: Value = { type: NIL, raw: undefined };

export const ofText = (text: string): Value => ({ type: STRING, raw: text });
export const ofBool = (truth: boolean): Value => ({ type: BOOL, raw: truth });
export const ofInt = (number: number): Value => ({ type: INT, raw: number });
export const ofFloat = (number: number): Value => ({ type: FLOAT, raw: number });

export const textOf = (value: Value): string => (typeof value.raw === 'string' ? value.raw : '');
export const numberIn = (value: Value): number => (typeof value.raw === 'number' ? value.raw : 0);
export const itemsOf = (value: Value): readonly unknown[] => (Array.isArray(value.raw) ? value.raw : []);

/** The entries of a map, sorted by key. */
export function entriesOf(value: Value): (readonly [string, unknown])[] {
  return Object.entries(value.raw ?? {}).sort(([left], [right]) => compareText(left, right));
}

export const isNil = (value: Value): boolean =>
  ['nil', 'pointer', 'map', 'slice'].includes(value.type.kind) && (value.raw ?? null) === null;

/** What a pointer points to; a nil pointer stays one, and any other value is itself. */
export function indirect(value: Value): Value {
  return value.type.kind === 'pointer' && !isNil(value) ? indirect({ type: value.type.to, raw: value.raw }) : value;
}

/** False are false, 0, "", nil, and empty maps and slices; a structure is always true. */
export function isTrue(value: Value): boolean {
  switch (value.type.kind) {
    case 'bool':
      return value.raw === true;
    case 'int':
    case 'float':
      return numberIn(value) !== 0;
    case 'string':
      return textOf(value) !== '';
    case 'slice':
      return itemsOf(value).length > 0;
    case 'map':
      return Object.keys(value.raw ?? {}).length > 0;
    case 'nil':
    case 'pointer':
      return !isNil(value);
    default:
      return true;
  }
}

/** `.Name` of a value: a field, a method without arguments or a key of a map. Throws `Refusal` where Go has no such thing. */
export function fieldOf(receiver: Value, name: string): Value {
  const value = indirect(receiver);
  switch (value.type.kind) {
    case 'nil':
      return NO_VALUE;
    case 'map':
      return hasKey(value.raw, name) ? checked({ type: value.type.element, raw: value.raw[name] }, name) : NO_VALUE;
    case 'pointer':
      throw new Refusal(`can't take .${name} of a nil ${typeName(value.type)}: ask "with" or "if" first`);
    case 'struct':
      return member(value, value.type.name, name);
    case 'opaque':
      if (value.type.name === 'IntOrString') return partOfIntOrString(value, name);
  }
  throw new Refusal(`${typeName(value.type)} has no field or method ${name}`);
}

/** The value at a key of a map, or the zero value of the map's elements. */
export function entryOf(map: Value, element: Type, key: string): Value {
  return checked({ type: element, raw: hasKey(map.raw, key) ? map.raw[key] : undefined }, key);
}

/** The order of Go's strings: by their bytes in UTF-8, which is the order of code points. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  let at = 0;
  while (at < left.length && left.charCodeAt(at) === right.charCodeAt(at)) at += 1;
  return rank(left, at) - rank(right, at);
}

/** Refuses JSON that isn't what its type says: the data, not the template, is wrong. */
export function checked(value: Value, name: string): Value {
  const { type, raw } = value;
  if (raw === undefined || raw === null) return value;
  const target = type.kind === 'pointer' ? type.to : type;
  if (target.kind === 'opaque' || IS_OF_KIND[target.kind](raw)) return value;
  throw new Refusal(`${name} in the data is ${Array.isArray(raw) ? 'an array' : `a JSON ${typeof raw}`}, expected ${typeName(target)}`);
}

// --- internal ---

const isRecord = (raw: unknown): raw is Readonly<Record<string, unknown>> => typeof raw === 'object' && raw !== null && !Array.isArray(raw);

const IS_OF_KIND: Readonly<Record<Exclude<Type['kind'], 'opaque'>, (raw: unknown) => boolean>> = {
  nil: () => false,
  bool: (raw) => typeof raw === 'boolean',
  int: (raw) => typeof raw === 'number',
  float: (raw) => typeof raw === 'number',
  string: (raw) => typeof raw === 'string',
  slice: (raw) => Array.isArray(raw),
  map: isRecord,
  struct: isRecord,
  pointer: () => true,
};

const hasKey = (raw: unknown, key: string): raw is Readonly<Record<string, unknown>> => isRecord(raw) && Object.hasOwn(raw, key);

/** A field; or a `Get` method, which Kubernetes has for each field of the metadata (and the group for its conditions). */
function member(value: Value, structure: string, name: string): Value {
  const fields = fieldsOf(structure);
  const field = fields.get(name) ?? gotten(structure, name);
  if (field === undefined) throw new Refusal(noSuchField(structure, name));
  let raw = value.raw;
  for (const key of field.path) raw = hasKey(raw, key) ? raw[key] : undefined;
  return checked({ type: field.type, raw }, name);
}

function gotten(structure: string, name: string) {
  if (!name.startsWith('Get')) return undefined;
  const fields = fieldsOf(structure);
  const plain = name.slice('Get'.length);
  if (structure === 'KeepalivedGroup' && plain === 'Conditions') return conditionsOfGroup();
  const isMetadata = structure === 'ObjectMeta' || fields.has('ObjectMeta');
  return isMetadata && fieldsOf('ObjectMeta').has(plain) ? fields.get(plain) : undefined;
}

function conditionsOfGroup() {
  const conditions = fieldsOf('KeepalivedGroupStatus').get('Conditions');
  return conditions && { ...conditions, path: ['status', ...conditions.path] };
}

function noSuchField(structure: string, name: string): string {
  const names = [...fieldsOf(structure).keys()];
  const meant = names.find((known) => known.toLowerCase() === name.toLowerCase());
  return `${structure} has no field ${name}${meant === undefined ? '' : ` (did you mean ${meant}?)`}; it has ${names.join(', ')}`;
}

/** k8s.io/apimachinery/pkg/util/intstr: Type is 0 for a number and 1 for a name. */
function partOfIntOrString(value: Value, name: string): Value {
  const isName = typeof value.raw === 'string';
  switch (name) {
    case 'Type':
      return { type: { kind: 'int', name: 'int64' }, raw: isName ? 1 : 0 };
    case 'IntVal':
      return { type: { kind: 'int', name: 'int32' }, raw: isName ? 0 : numberIn(value) };
    case 'StrVal':
      return ofText(textOf(value));
    case 'String':
      return ofText(isName ? textOf(value) : String(numberIn(value)));
    default:
      throw new Refusal(`IntOrString has no field ${name}; it has Type, IntVal, StrVal, String`);
  }
}

/** A unit's place among code points: surrogates stand for those behind every other unit; the end comes first. */
function rank(text: string, at: number): number {
  if (at >= text.length) return -1;
  const unit = text.charCodeAt(at);
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}
