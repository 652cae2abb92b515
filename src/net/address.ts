import ipaddr from 'ipaddr.js';

export type Family = 'IPv4' | 'IPv6';

/** An IP address in its one canonical form (RFC 5952 for IPv6). */
export interface Address {
  readonly text: string;
  readonly family: Family;
}

/** Parses an address as Kubernetes does: four decimal numbers without leading zeros, or IPv6 without a zone. Undefined for anything else. */
export function parseAddress(text: string): Address | undefined {
  if (FOUR_NUMBERS.test(text)) return { text, family: 'IPv4' };
  if (!text.includes(':') || text.includes('%') || !ipaddr.IPv6.isValid(text)) return undefined;
  const parsed = ipaddr.IPv6.parse(text);
  return parsed.isIPv4MappedAddress() ? undefined : { text: parsed.toRFC5952String(), family: 'IPv6' };
}

/** The family of an address's text. */
export const familyOf = (text: string): Family => (text.includes(':') ? 'IPv6' : 'IPv4');

/** IPv4 before IPv6, each by its number. */
export function compareAddresses(a: Address, b: Address): number {
  if (a.family !== b.family) return a.family === 'IPv4' ? -1 : 1;
  const [left, right] = [ipaddr.parse(a.text).toByteArray(), ipaddr.parse(b.text).toByteArray()];
  for (const [index, byte] of left.entries()) {
    const difference = byte - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

// --- internal ---

/** By hand, since lists of thousands are read at each allocation: the library takes a hundred times as long. */
const FOUR_NUMBERS = /^(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/;
