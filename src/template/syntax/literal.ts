import { Refusal } from '../template-error.ts';

/** The text that a quoted Go string or character constant stands for (Go specification, "String literals"). */
export function unquote(literal: string): string {
  const quote = literal.charAt(0);
  const inside = literal.slice(1, -1);
  if (quote === '`') return inside.replaceAll('\r', '');
  return inside.replace(ESCAPE, (sequence: string) => unescaped(sequence, quote));
}

/** The code point of a character constant such as 'a' or '\n'. */
export function characterOf(literal: string): number {
  const [character, ...more] = literal === `'''` ? [] : [...unquote(literal)];
  const code = character?.codePointAt(0);
  if (code === undefined || more.length > 0) throw new Refusal(`${literal} is not a single character`);
  return code;
}

/** The value of a number literal of Go; whole numbers beyond ±2^53 are refused, because they would lose digits. */
export function numberOf(literal: string): { readonly value: number; readonly float: boolean } {
  const digits = literal.replace(/^[+-]/, '');
  if (!WELL_FORMED.test(digits)) throw new Refusal(`${literal} is not a number that templates support`);
  const float = !/^0[xX]/.test(digits) && /[.eE]/.test(digits);
  const plain = digits.replaceAll('_', '');
  const magnitude = Number(/^0[0-7]+$/.test(plain) ? `0o${plain}` : plain);
  if (!Number.isFinite(magnitude) || (!float && !Number.isSafeInteger(magnitude))) throw new Refusal(`${literal} is too large`);
  return { value: literal.startsWith('-') && (float || magnitude !== 0) ? -magnitude : magnitude, float };
}

// --- internal ---

const ESCAPE = /\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[0-7]{3}|[\s\S])/gu;
const SIMPLE: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
]);
/** Underscores stand between digits, or between a base prefix and its digits, and only where the base is said. */
const WELL_FORMED =
  /^(?:0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|0(?:[0-7])*|[1-9](?:_?\d)*|(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)$/;

function unescaped(sequence: string, quote: string): string {
  const letter = sequence.charAt(1);
  if (letter === quote) return quote;
  const simple = SIMPLE.get(letter);
  if (simple !== undefined) return simple;
  const code = /^[xuU]./.test(sequence.slice(1)) ? Number.parseInt(sequence.slice(2), 16) : Number.parseInt(sequence.slice(1), 8);
  const isByte = letter === 'x' || /\d/.test(letter);
  if (Number.isNaN(code) || (isByte && sequence.length !== 4)) throw new Refusal(`${sequence} is not an escape that templates know`);
  if (isByte && code > 0x7f) throw new Refusal(`${sequence} is a byte outside ASCII: write the character, or \\u and its code`);
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw new Refusal(`${sequence} is not a character`);
  return String.fromCodePoint(code);
}
