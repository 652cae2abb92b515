import { lowestHash } from '../../net/hash.ts';
import type { WantedRouter } from '../claims/claim.ts';
import type { Home } from '../placement/homes.ts';
import { pairUp } from '../placement/spread.ts';

/**
 * Virtual routers that many Services share once a group has more of them than ids. The number of a group never changes, so a Service that comes
 * or goes moves no other.
 */
export const MOST_CARRIERS = 32;
const FEWEST_CARRIERS = 8;
const PER_NODE = 4;

/** With how many a group begins that has the ids of its network for itself. */
export const carriersAlone = (nodes: number): number => evenly(MOST_CARRIERS, nodes);

/** With how many a group begins beside others on its network: some for each node, and no more than an eighth of the ids that are left for all. */
export const carriersBesideOthers = (nodes: number, free: number): number =>
  evenly(Math.max(FEWEST_CARRIERS, Math.min(MOST_CARRIERS, PER_NODE * nodes, Math.floor(free / 8))), nodes);

/** No Service has such a key: theirs hold a slash. */
export const carrierName = (number: number): string => `carrier:${String(number).padStart(2, '0')}`;
export const isCarrier = (name: string): boolean => /^carrier:\d+$/.test(name);

/**
 * The carrier of each router, by name. It depends on the router's own name and on the group's carriers alone; routers of one spread Service
 * are put on carriers that are at home on different nodes, as far as nodes go, and so depend on which nodes there are (but not on their health).
 */
export function shareOut(routers: readonly WantedRouter[], carriers: readonly string[], surroundings: Surroundings): Map<string, string> {
  const homeOf = new Map(carriers.map((carrier) => [carrier, surroundings.homes.get(carrier)?.[0]]));
  const spread = Map.groupBy(
    routers.filter(({ isSpread }) => isSpread),
    ({ service }) => service,
  );
  return new Map([
    ...routers.filter(({ isSpread }) => !isSpread).map(({ name }): [string, string] => [name, lowestHash(name, carriers)]),
    ...[...spread.values()].flatMap((siblings) => apart(siblings, homeOf, surroundings)),
  ]);
}

/** How many addresses each carrier has, as far as that depends on no node. */
export function weightsOf(routers: readonly WantedRouter[], carriers: readonly string[]): ReadonlyMap<string, number> {
  const weights = new Map(carriers.map((carrier) => [carrier, 0]));
  for (const { name, isSpread, addresses } of routers) {
    const carrier = lowestHash(name, carriers);
    if (!isSpread) weights.set(carrier, (weights.get(carrier) ?? 0) + addresses.length);
  }
  return weights;
}

// --- internal ---

/** As many for each node, where there are enough: one more of 32 on some of ten nodes is a third more addresses there. */
const evenly = (most: number, nodes: number): number => (nodes > 0 && nodes <= most ? most - (most % nodes) : most);

/** Without any node nothing is at home anywhere. */
type HomeOf = ReadonlyMap<string, string | undefined>;

interface Surroundings {
  /** By the name of the router, of carriers and dedicated ones. */
  readonly homes: ReadonlyMap<string, Home>;
  /** The group's routers that have an id of their own. */
  readonly dedicated: readonly WantedRouter[];
}

/** Carriers of one Service's spread routers: each at home on a node that has none of its siblings, neither shared nor dedicated. */
function apart(siblings: readonly WantedRouter[], homeOf: HomeOf, surroundings: Surroundings): [string, string][] {
  const taken = homesOfDedicated(siblings[0]?.service, surroundings);
  const nodes = [...new Set(homeOf.values())].flatMap((node) => node ?? []);
  const placed = pairUp(
    siblings.map(({ name }) => name),
    nodes,
    taken,
  );
  const carriers = [...homeOf.keys()];
  return siblings.map(({ name }) => {
    const there = carriers.filter((carrier) => homeOf.get(carrier) === placed.get(name));
    return [name, lowestHash(name, there)];
  });
}

/** How many of a spread Service's dedicated routers are at home on each node. */
function homesOfDedicated(service: string | undefined, { dedicated, homes }: Surroundings): Map<string, number> {
  const names = dedicated.filter((one) => one.service === service && one.isSpread).map(({ name }) => name);
  const preferred = names.flatMap((name) => homes.get(name)?.[0] ?? []);
  const byNode = Map.groupBy(preferred, (node) => node);
  return new Map([...byNode].map(([node, all]) => [node, all.length]));
}
