import { type AnswersFor, MOST_WIRE_ADDRESSES } from '../../api/node/wire.ts';
import { addressesOn, isHostPrefix, type NetworkInterface } from '../../localise/node-facts.ts';
import { parseAddress } from '../../net/address.ts';
import { containsAny, locateText, parseRange } from '../../net/range.ts';
import { canonical } from '../observation/canonical.ts';

/** Which of the addresses a node can ask for: it has none of them itself, and its interface is in their subnet, so that ARP or NDP is what reaches them. */
export function askable(addresses: readonly string[], interfaces: readonly NetworkInterface[], link: string | null): readonly string[] {
  const own = new Set(interfaces.flatMap((one) => one.addresses.map(({ address }) => canonical(address))));
  const networks = addressesOn(interfaces, link)
    .filter((one) => !isHostPrefix(one) && !one.address.startsWith('fe80:'))
    .flatMap(({ address, prefixLength }) => parseRange(`${address}/${prefixLength}`) ?? []);
  const isNear = containsAny(networks);
  return addresses.filter((address) => !own.has(address) && parseAddress(address) !== undefined && isNear(locateText(address)));
}

/**
 * IPv4 addresses that a node answers ARP for although it doesn't own them: on an interface where they are meant to be unseen, while the kernel
 * answers for all that the node has. For IPv6 it answers only for what is on the interface that is asked.
 * @param arpIgnore - the sysctl's value that counts for the link; null where it can't be read
 */
export function copiesAmong(
  addresses: readonly string[],
  interfaces: readonly NetworkInterface[],
  { link, arpIgnore }: { readonly link: string | null; readonly arpIgnore: number | null },
): readonly AnswersFor[] {
  if (arpIgnore !== 0 || link === null) return [];
  const onLink = new Set(addressesOn(interfaces, link).map(({ address }) => address));
  const asked = new Set(addresses.filter((address) => !address.includes(':') && !onLink.has(address)));
  let room = MOST_WIRE_ADDRESSES;
  return UNSEEN.flatMap((name) => {
    const copies = addressesOn(interfaces, name).flatMap(({ address }) => (asked.has(address) ? address : []));
    const told = [...new Set(copies)].sort().slice(0, room);
    room -= told.length;
    return told.length === 0 ? [] : [{ interface: name, addresses: told }];
  });
}

// --- internal ---

/** Of kube-proxy's IPVS mode, and of direct return. */
const UNSEEN = ['kube-ipvs0', 'lo'];
