/**
 * Name of the VirtualIP of a canonical address: IPv4 as it is, IPv6 with all its eight groups, joined by dashes (`2001-db8-0-0-0-0-0-10`),
 * because a name can't hold colons and must be one only.
 */
export function virtualIPName(address: string): string {
  if (!address.includes(':')) return address;
  const [left = '', right] = address.split('::');
  const [before, after] = [groups(left), groups(right ?? '')];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].join('-');
}

// --- internal ---

const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
