import { API_VERSION, VIRTUAL_IP_KIND } from '../../api/names.ts';
import { virtualIPName } from '../../api/virtual-ip/name.ts';
import type { Truth } from '../../observe/observe.ts';
import { foreignInShort, ROUTER_IDS_UNIQUE } from '../../observe/wire/foreign-words.ts';
import { isTrouble } from '../../observe/wire/verdict.ts';
import { reasonOf, wireInWords } from '../../observe/wire/words.ts';
import type { Trouble } from '../told-problems.ts';

/** Addresses of one group whose VirtualIPs get an Event; the conditions of each, and a metric, tell of all. */
const MOST = 50;

/** Strangers that use virtual router ids of a group, as a trouble of the group. */
export function foreignTroubles({ wire }: Pick<Truth, 'wire'>, object: Trouble['object']): Trouble[] {
  const ofRouters = wire.foreign.adverts.filter(({ router }) => router !== undefined);
  return ofRouters.slice(0, MOST).map((one) => ({ object, reason: ROUTER_IDS_UNIQUE.wrong, message: foreignInShort(one) }));
}

/**
 * What is amiss with the addresses of a group on the network, as troubles of their VirtualIPs.
 * @param uidOf - of a VirtualIP by name; an address that has none gets no Event
 */
export function wireTroubles({ wire }: Pick<Truth, 'wire'>, uidOf: (name: string) => string | undefined): Trouble[] {
  return [...wire.judged]
    .flatMap(([address, { shown }]) => (shown !== undefined && isTrouble(shown) ? [{ address, shown }] : []))
    .slice(0, MOST)
    .flatMap(({ address, shown }) => {
      const name = virtualIPName(address);
      const uid = uidOf(name);
      if (uid === undefined) return [];
      const object = { apiVersion: API_VERSION, kind: VIRTUAL_IP_KIND, name, uid };
      return { object, reason: reasonOf(shown), message: wireInWords(address, shown) };
    });
}
