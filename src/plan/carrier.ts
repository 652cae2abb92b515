import type { Node } from '../api/core.ts';
import { lowestHash } from '../net/hash.ts';
import { byText } from '../net/text-order.ts';
import type { WantedRouter } from './claim.ts';
import { homeNodes, homes } from './spread.ts';

/**
 * Virtual routers that many Services share once a group has more of them than ids. As many as there may be nodes that they are to be spread
 * over; the number of a group never changes, so a Service that comes or goes moves no other.
 */
export const MOST_CARRIERS = 32;

/** No Service has such a key: theirs hold a slash. */
export const carrierName = (number: number): string => `carrier:${String(number).padStart(2, '0')}`;
export const isCarrier = (name: string): boolean => /^carrier:\d+$/.test(name);

/**
 * The carrier of each router, by name. It depends on the router's own name and on the group's carriers alone; routers of one spread Service
 * are put on carriers that are at home on different nodes, as far as nodes go, and so depend on which nodes there are (but not on their health).
 */
export function shareOut(
  routers: readonly WantedRouter[],
  carriers: readonly string[],
  { nodes, dedicated }: { readonly nodes: readonly Node[]; readonly dedicated: readonly WantedRouter[] },
): Map<string, string> {
  const names = homeNodes(nodes);
  const homeOf = homes(carriers, names);
  const shared = new Map(routers.filter(({ isSpread }) => !isSpread).map(({ name }) => [name, lowestHash(name, carriers)]));
  const spread = Map.groupBy(
    routers.filter(({ isSpread }) => isSpread),
    ({ service }) => service,
  );
  for (const [service, siblings] of spread) {
    const alone = dedicated.filter((one) => one.service === service && one.isSpread).map(({ name }) => name);
    const taken = Map.groupBy(homes(alone, names).values(), (node) => node);
    const load = new Map([...taken].map(([node, all]) => [node, all.length]));
    const placed = homes(
      siblings.map(({ name }) => name),
      [...new Set(homeOf.values())],
      load,
    );
    for (const { name } of siblings) {
      const there = carriers.filter((carrier) => placed.has(name) && homeOf.get(carrier) === placed.get(name));
      shared.set(name, lowestHash(name, there.length > 0 ? there : carriers));
    }
  }
  return new Map([...shared].sort(([a], [b]) => byText(a, b)));
}
