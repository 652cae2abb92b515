import { NEVER } from '../plan/lines/forbidden-line.ts';
import { SERVICE_LINES } from '../plan/lines/service-line.ts';
import type { Value } from '../plan/lines/value.ts';

/** Pieces of CEL (kubernetes.io/docs/reference/using-api/cel) from the tables that the planner judges by. */

/** White space of JSON. */
const BLANK = String.raw`[ \t\n\r]`;

/** A text as CEL reads it without escapes. */
export const raw = (text: string): string => {
  if (text.includes("'")) throw new Error(`${text} holds a single quote, which a raw text of CEL can not`);
  return `r'${text}'`;
};

/** Whether one of the ranges, prefixes all, holds the address; `address` is an expression of a text. */
export const inAnyPrefix = (address: string, prefixes: readonly string[]): string =>
  `isIP(${address}) && [${prefixes.map((prefix) => `'${prefix}'`).join(', ')}].exists(r, cidr(r).containsIP(${address}))`;

/**
 * Whether an entry of a fence holds the address. A range of IPv6 addresses can't be judged here, because CEL has no numbers that big, nor a
 * prefix that CEL doesn't read: they are said to hold it when `otherwise` is true; the planner judges those. An entry that isn't one holds nothing.
 */
export const inEntry = (entry: string, address: string, otherwise: boolean): string =>
  [
    `(${entry}.contains('/') ? (isCIDR(${entry}) ? cidr(${entry}).containsIP(${address}) : ${otherwise})`,
    `: !${entry}.contains('-') ? isIP(${entry}) && ip(${entry}) == ip(${address})`,
    `: ${entry}.contains(':') ? ${otherwise} && ${address}.contains(':')`,
    `: ${isRange(entry)} && !${address}.contains(':') && ${inRange(entry, address)})`,
  ].join(' ');

/** A verbatim annotation that is a JSON object of texts, numbers and truths. */
export const SHAPE = `^${BLANK}*[{]${BLANK}*(${pair()}${BLANK}*(,${BLANK}*${pair()}${BLANK}*)*)?[}]${BLANK}*$`;
export const PAIR = pair();

/** Whether a pair has a value that CEL can't read: an escape, or a number that JavaScript may write otherwise than it stands here. */
export const isOnlyForPlanner = (one: string): string =>
  `${one}.contains(${raw('\\')}) || ${one}.matches(${raw(`^"[^"]*"${BLANK}*:${BLANK}*-?[0-9]+[.eE-]`)})`;

/** Whether a pair of the annotation is a safe line with a value that it takes. */
export function isSafeLine(one: string): string {
  const alike = Map.groupBy(Object.entries(SERVICE_LINES), ([, value]) => JSON.stringify(value));
  const alternatives = [...alike.values()].map((entries) => {
    const [, value] = entries[0] ?? ['', NOTHING];
    return isLine(
      one,
      entries.map(([keyword]) => keyword),
      value,
    );
  });
  return alternatives.join(' || ');
}

/** Whether the pair's keyword is a safe one; whatever its value. */
export const hasSafeKeyword = (one: string): string => `${one}.matches(${raw(`^"(${Object.keys(SERVICE_LINES).join('|')})"`)})`;
/** Whether the pair's keyword is one that no owner can allow: see `isAllowable` of the planner. */
export const hasForbiddenKeyword = (one: string): string =>
  `!${hasSafeKeyword(one)} && (${one}.matches(${raw(`^"(${NEVER})"`)}) || !${one}.matches(${raw('^"[a-z][a-z0-9_]*"')}))`;
export const keywordOf = (one: string): string => `${one}.split('"')[1]`;

// --- internal ---

const NOTHING: Value = { expected: '', pattern: '' };

/** Two addresses of IPv4 with a dash between; the parts of anything else would not be there to be looked at. */
const isRange = (entry: string): string => `${entry}.split('-').size() == 2 && ${entry}.split('-').all(part, isIP(part))`;

const inRange = (entry: string, address: string): string =>
  `${number(`${entry}.split('-')[0]`)} <= ${number(address)} && ${number(address)} <= ${number(`${entry}.split('-')[1]`)}`;

const number = (address: string): string =>
  `[${address}.split('.')].map(n, int(n[0]) * 16777216 + int(n[1]) * 65536 + int(n[2]) * 256 + int(n[3]))[0]`;

function pair(): string {
  const string = String.raw`"([^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"`;
  return `${string}${BLANK}*:${BLANK}*(${string}|-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][-+]?[0-9]+)?|true|false)`;
}

/** A number as CEL writes doubles. */
const double = (value: number): string => (Number.isInteger(value) ? `${value}.0` : String(value));

function isLine(one: string, keywords: readonly string[], { pattern, low, high, isAddress }: Value): string {
  const line = `${one}.matches(${raw(String.raw`^"(${keywords.join('|')})"\s*:\s*"?[ \t]*(${pattern})[ \t]*"?$`)})`;
  const value = `${one}.split(':')[1].replace('"', '').trim()`;
  if (isAddress) return `(${line} && isIP(${one}.substring(${one}.indexOf(':') + 1).replace('"', '').trim()))`;
  return low === undefined ? line : `(${line} && double(${value}) >= ${double(low)} && double(${value}) <= ${double(high ?? low)})`;
}
