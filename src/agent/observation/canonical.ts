import ipaddr from 'ipaddr.js';

/** The address as RFC 5952 writes it; what is not an address stays as it is. */
export function canonical(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.parse(address);
  return parsed instanceof ipaddr.IPv6 ? parsed.toRFC5952String() : parsed.toString();
}
