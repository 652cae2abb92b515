import { byText } from '../../net/text-order.ts';
import type { Round } from '../round.ts';

/** Addresses that are reserved or kept, by the Service, or by its namespace and a slash, that may have them. */
export function ownAddresses({ book, input }: Round): ReadonlyMap<string, readonly string[]> {
  const own = new Map<string, string[]>();
  const add = (key: string, address: string): void => {
    const known = own.get(key);
    if (known === undefined) own.set(key, [address]);
    else known.push(address);
  };
  const addresses = input.virtualIPs.map(({ spec }) => spec.address).sort(byText);
  for (const address of addresses) {
    const { namespace, service = '' } = book.reservation(address) ?? {};
    if (namespace !== undefined) add(`${namespace}/${service}`, address);
  }
  for (const address of addresses) {
    const kept = book.keptFor(address);
    if (kept !== undefined) add(`${kept.namespace}/${kept.service}`, address);
  }
  return own;
}

/** Addresses that others may have when a pool has nothing else, in the order in which they become free. */
export const keptAddresses = ({ book, input }: Round): readonly string[] =>
  input.virtualIPs
    .map(({ spec }) => ({ address: spec.address, until: book.keptFor(spec.address)?.until }))
    .filter(({ address, until }) => until !== undefined && !book.isReserved(address))
    .sort((a, b) => byText(a.until ?? '', b.until ?? '') || byText(a.address, b.address))
    .map(({ address }) => address);
