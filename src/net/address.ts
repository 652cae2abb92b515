import ipaddr from 'ipaddr.js';

export type Family = 'IPv4' | 'IPv6';

/** An IP address in its one canonical form (RFC 5952 for IPv6). */
export interface Address {
  readonly text: string;
  readonly family: Family;
}

/** Parses an address as Kubernetes does: four decimal numbers without leading zeros, or IPv6 without a zone. Undefined for anything else. */
export function parseAddress(text: string): Address | undefined {
  // The library throws for what it can't read, which is slow where somebody writes thousands of wrong texts.
  if (FOUR_PARTS.test(text))
    return ipaddr.IPv4.isValidFourPartDecimal(text) && !hasLeadingZero(text) ? { text, family: 'IPv4' } : undefined;
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

const FOUR_PARTS = /^\d{1,3}(?:\.\d{1,3}){3}$/;

const hasLeadingZero = (text: string): boolean => text.split('.').some((part) => part.length > 1 && part.startsWith('0'));
