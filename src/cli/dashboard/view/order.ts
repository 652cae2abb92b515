/** A text of an address whose order is that of the numbers: IPv4 before IPv6. @param address - canonical */
export function orderOf(address: string): string {
  if (!address.includes(':'))
    return `4${address
      .split('.')
      .map((part) => Number(part).toString(16).padStart(2, '0'))
      .join('')}`;
  const [head = '', tail] = address.split('::');
  const [before, behind] = [groupsOf(head), groupsOf(tail ?? '')];
  const zeros = Array.from({ length: tail === undefined ? 0 : 8 - before.length - behind.length }, () => '0000');
  return `6${[...before, ...zeros, ...behind].join('')}`;
}

// --- internal ---

const groupsOf = (text: string): string[] => (text === '' ? [] : text.split(':').map((group) => group.padStart(4, '0')));
