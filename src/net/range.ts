import ipaddr from 'ipaddr.js';
import { type Address, type Family, familyOf, parseAddress } from './address.ts';

/** Addresses of one family from the first to the last, both in it. */
export interface AddressRange {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
}

/** Reads `192.0.2.0/24`, `192.0.2.10-192.0.2.20` or one address, of either family; host bits of a prefix say nothing. Undefined for anything else. */
export function parseRange(text: string): AddressRange | undefined {
  const dash = text.indexOf('-');
  if (dash >= 0) return between(text.slice(0, dash), text.slice(dash + 1));
  const slash = text.indexOf('/');
  return slash >= 0 ? prefix(text.slice(0, slash), text.slice(slash + 1)) : between(text, text);
}

/** An address as a number, to be looked for in many ranges. */
export interface Located {
  readonly family: Family;
  readonly number: bigint;
}

export const locate = ({ text, family }: Address): Located => ({ family, number: numberOf(text) });

/** Of a canonical text. */
export const locateText = (text: string): Located => locate({ text, family: familyOf(text) });

/** The canonical text of an address that is a number. */
export function addressAt({ family, number }: Located): string {
  if (family === 'IPv4') return textOfIPv4(Number(number));
  const parts = Array.from({ length: 8 }, (_, index) => Number((number >> BigInt(112 - 16 * index)) & 65_535n));
  return new ipaddr.IPv6(parts).toRFC5952String();
}

export const contains = (range: AddressRange, { family, number }: Located): boolean =>
  range.family === family && number >= range.first && number <= range.last;

/** Whether one of many ranges holds an address: looked up, not tried one by one. */
export function containsAny(ranges: readonly AddressRange[]): (address: Located) => boolean {
  const apart = { IPv4: disjoint(ranges, 'IPv4'), IPv6: disjoint(ranges, 'IPv6') };
  return (address) => {
    const range = lastBeginning(apart[address.family], address.number);
    return range !== undefined && contains(range, address);
  };
}

// --- internal ---

function between(from: string, to: string): AddressRange | undefined {
  const [low, high] = [parseAddress(from), parseAddress(to)];
  if (low === undefined || high === undefined || low.family !== high.family) return undefined;
  const [first, last] = [numberOf(from), numberOf(to)];
  return first <= last ? { family: low.family, first, last } : undefined;
}

function prefix(address: string, length: string): AddressRange | undefined {
  const family = parseAddress(address)?.family;
  const bits = family === 'IPv4' ? 32 : 128;
  if (family === undefined || !/^\d{1,3}$/.test(length) || Number(length) > bits) return undefined;
  const size = 1n << BigInt(bits - Number(length));
  const first = (numberOf(address) / size) * size;
  return { family, first, last: first + size - 1n };
}

const textOfIPv4 = (number: number): string => `${number >>> 24}.${(number >>> 16) & 255}.${(number >>> 8) & 255}.${number & 255}`;

function numberOf(address: string): bigint {
  if (familyOf(address) === 'IPv4') return BigInt(numberOfIPv4(address));
  return ipaddr
    .parse(address)
    .toByteArray()
    .reduce((number, byte) => number * 256n + BigInt(byte), 0n);
}

/** Of a text that is an address: without making pieces of it, for lists of thousands are read at each allocation. */
function numberOfIPv4(address: string): number {
  let number = 0;
  let byte = 0;
  for (let at = 0; at < address.length; at++) {
    const code = address.charCodeAt(at);
    if (code === DOT) {
      number = number * 256 + byte;
      byte = 0;
    } else byte = byte * 10 + code - ZERO;
  }
  return number * 256 + byte;
}

const DOT = 46;
const ZERO = 48;

/** The same addresses in ranges that don't meet, ascending. */
function disjoint(ranges: readonly AddressRange[], family: Family): AddressRange[] {
  const apart: AddressRange[] = [];
  for (const range of ranges.filter((one) => one.family === family).sort((a, b) => (a.first < b.first ? -1 : 1))) {
    const before = apart.at(-1);
    if (before === undefined || range.first > before.last) apart.push(range);
    else if (range.last > before.last) apart[apart.length - 1] = { ...before, last: range.last };
  }
  return apart;
}

/** The last of ascending ranges that begins at the number or before it. */
function lastBeginning(ranges: readonly AddressRange[], number: bigint): AddressRange | undefined {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.first ?? number) <= number) low = middle + 1;
    else high = middle;
  }
  return ranges[low - 1];
}
