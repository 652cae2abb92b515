import { typeName } from '../data/type.ts';
import { compareText, isNil, numberIn, textOf, type Value } from '../data/value.ts';
import { Refusal } from '../template-error.ts';

/** `eq a b c`: a equals b or c. Values of different basic kinds are an error, except beside nil, which equals only nil. */
export function equalsAny(first: Value, others: readonly Value[]): boolean {
  if (others.length === 0) throw new Refusal('eq wants something to compare with');
  return others.some((other) => equals(first, other));
}

/** `lt`: by number, or by text in the order of code points. */
export function isLess(left: Value, right: Value): boolean {
  const kind = basicKind(left);
  if (kind === undefined || basicKind(right) === undefined)
    throw new Refusal(`${typeName(kind === undefined ? left.type : right.type)} has no order`);
  if (kind !== basicKind(right)) throw incompatible(left, right);
  if (kind === 'bool') throw new Refusal('bool has no order');
  return kind === 'string' ? compareText(textOf(left), textOf(right)) < 0 : numberIn(left) < numberIn(right);
}

// --- internal ---

type BasicKind = 'bool' | 'int' | 'float' | 'string';

function basicKind({ type: { kind } }: Value): BasicKind | undefined {
  return kind === 'bool' || kind === 'int' || kind === 'float' || kind === 'string' ? kind : undefined;
}

function equals(left: Value, right: Value): boolean {
  const kind = basicKind(left);
  if (kind !== basicKind(right)) {
    if (left.type.kind === 'nil' || right.type.kind === 'nil') return false;
    throw incompatible(left, right);
  }
  if (kind === undefined) return equalsAsNil(left, right);
  if (kind === 'string') return textOf(left) === textOf(right);
  return kind === 'bool' ? (left.raw === true) === (right.raw === true) : numberIn(left) === numberIn(right);
}

/** Maps, slices, pointers and structures compare with nil only. */
function equalsAsNil(left: Value, right: Value): boolean {
  const alike = left.type.kind === right.type.kind || left.type.kind === 'nil' || right.type.kind === 'nil';
  if (!alike) throw incompatible(left, right);
  if (isNil(left) || isNil(right)) return isNil(left) && isNil(right);
  throw new Refusal(`two values of type ${typeName(left.type)} can't be compared: compare what is in them`);
}

const incompatible = (left: Value, right: Value): Refusal =>
  new Refusal(`${typeName(left.type)} and ${typeName(right.type)} can't be compared`);
