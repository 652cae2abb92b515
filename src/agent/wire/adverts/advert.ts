import ipaddr from 'ipaddr.js';
import { type Family, parseAddress } from '../../../net/address.ts';

/** What of an advert of VRRP counts here (RFC 3768, RFC 9568). A password, which version 2 may have behind the addresses, is not read. */
export interface Advert {
  /** Canonical, as all addresses here. */
  readonly source: string;
  readonly family: Family;
  readonly id: number;
  readonly version: number;
  readonly priority: number;
  /** Milliseconds until the next one. */
  readonly interval: number;
  readonly addresses: readonly string[];
}

/** The adverts in what socat printed (`-x -d -d`), and the end of it, which may be the beginning of the next. */
export function advertsIn(text: string): { readonly adverts: readonly Advert[]; readonly rest: string } {
  const matches = [...text.matchAll(PACKET)];
  const last = matches.at(-1);
  const rest = last === undefined ? text : text.slice(last.index + last[0].length);
  return { adverts: matches.flatMap(([, source = '', hex = '']) => advertIn(source, hex) ?? []), rest: rest.slice(-MOST_REST) };
}

// --- internal ---

/** Of one packet: the line that names the sender, one with the time and the length, one with the bytes. */
const PACKET = / from AF=\d+ \[?([\d.a-f:]+?)\]?:\d+\n> [^\n]*\n((?: [\da-f]{2})+)\n/g;
/** Characters; longer than what is printed of any packet. */
const MOST_REST = 8192;
const ADVERTISEMENT = 1;
const HEADER = 8;

function advertIn(from: string, hex: string): Advert | null {
  const source = parseAddress(from);
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  const [kind = 0, id = 0, priority = 0, count = 0, five = 0, six = 0] = bytes;
  if (source === undefined || (kind & 0xf) !== ADVERTISEMENT || id === 0) return null;
  const version = kind >> 4;
  const size = source.family === 'IPv6' ? 16 : 4;
  if (bytes.length < HEADER + count * size) return null;
  const interval = version === 2 ? six * 1000 : (((five & 0xf) << 8) | six) * 10;
  const addresses = Array.from({ length: count }, (_, index) =>
    addressAt(bytes.subarray(HEADER + index * size, HEADER + (index + 1) * size)),
  );
  return { source: source.text, family: source.family, id, version, priority, interval, addresses };
}

const addressAt = (bytes: Buffer): string => {
  const text = ipaddr.fromByteArray([...bytes]).toString();
  return parseAddress(text)?.text ?? text;
};
