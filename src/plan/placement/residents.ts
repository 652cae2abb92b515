import type { Node } from '../../api/core.ts';
import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import { REBALANCE_ANNOTATION } from '../../api/names.ts';
import type { WantedRouter } from '../claims/claim.ts';
import { weightsOf } from '../ids/carrier.ts';
import { HOME, type Home, type Resident, rebalance, settle } from './homes.ts';
import { orderOf } from './placement.ts';
import { homeNodes, spreadRankings } from './spread.ts';
import type { Standing } from './standing.ts';

/** Where each virtual router is at home, and what is saved of it. */
export interface Residence {
  /** By the name of the router. */
  readonly homes: ReadonlyMap<string, Home>;
  /** The request to rebalance that these homes fulfil; absent while none was made. */
  readonly rebalanced?: string;
}

/** The nodes of the group, and by the name of a router who of them is not fit. */
export interface Candidates {
  readonly nodes: readonly Node[];
  readonly standingOf: (router: string) => Standing;
}

/** Who is to have a home, and for whom. */
export interface Residents {
  /** Routers that have an id of their own. */
  readonly dedicated: readonly WantedRouter[];
  /** Names of carriers. */
  readonly carriers: readonly string[];
  /** Routers that share carriers. */
  readonly sharing: readonly WantedRouter[];
}

/**
 * Homes of the routers that have an id of their own, and of carriers, whose addresses are not known when they are placed and count when homes are
 * made even. The same status and nodes give the same homes (docs/adr/0029).
 */
export function residence(
  group: KeepalivedGroup,
  { dedicated, carriers, sharing }: Residents,
  { nodes, standingOf }: Candidates,
): Residence {
  const residents = [...dedicated.map(residentOf), ...carriers.map((name): Resident => ({ name, weight: 0, set: CARRIERS }))];
  const candidates = homeNodes(nodes);
  const homes = settle(residents, candidates, savedHomes(group, residents, { nodes, standingOf }));
  const { status } = group;
  const asked = group.metadata.annotations?.[REBALANCE_ANNOTATION];
  if (asked === undefined || asked === status?.rebalanced)
    return { homes, ...(status?.rebalanced !== undefined && { rebalanced: status.rebalanced }) };
  const weights = carriers.length > 0 ? weightsOf(sharing, carriers) : new Map<string, number>();
  const weighed = residents.map((one) => ({ ...one, weight: weights.get(one.name) ?? one.weight }));
  return { homes: rebalance(weighed, candidates, homes, mostMoves(asked)), rebalanced: asked };
}

// --- internal ---

/** No Service is called so: their keys hold a slash. */
const CARRIERS = 'carriers';

function residentOf({ name, service, isSpread, addresses }: WantedRouter): Resident {
  return { name, weight: addresses.length, ...(isSpread && { set: service }) };
}

/** The number behind the last slash of a request: `2026-11-25T09:00:00Z/10` moves ten virtual routers at most; without one, any number. */
function mostMoves(asked: string): number {
  const count = /\/(\d{1,4})$/.exec(asked)?.[1];
  return count === undefined ? Number.POSITIVE_INFINITY : Number(count);
}

function savedHomes(group: KeepalivedGroup, residents: readonly Resident[], candidates: Candidates): Map<string, Home> {
  const { nodes } = candidates;
  const { homes, routerIDs = {} } = group.status ?? {};
  if (homes === undefined) return Object.keys(routerIDs).length === 0 ? new Map() : hashedHomes(residents, nodes);
  if (nodes.length === 0) return new Map(Object.entries(homes));
  return new Map(Object.entries(homes).map(([name, home]) => [name, remaining(name, home, candidates)]));
}

/**
 * What is left of a home. Where its nodes are gone or unfit, another node has the addresses: that one takes the free place, so that they stay.
 */
function remaining(name: string, home: Home, { nodes, standingOf }: Candidates): Home {
  const standing = standingOf(name);
  const names = new Set(nodes.map(({ metadata }) => metadata.name));
  const isFit = (node: string): boolean => names.has(node) && !standing.has(node);
  const left = home.filter((node) => names.has(node)).slice(0, HOME);
  if (left.length === home.length || left.some(isFit)) return left;
  const [owner] = orderOf(name, { nodes, home: left, standing }).ranks;
  return owner !== undefined && isFit(owner) ? [...left, owner] : left;
}

/** A group whose status has ids and no homes was carried by a version that placed by hash alone: its routers stay where that had them. */
function hashedHomes(residents: readonly Resident[], nodes: readonly Node[]): Map<string, Home> {
  const healthy = nodes.map(({ metadata }): Node => ({ metadata }));
  const bySet = Map.groupBy(residents, ({ set }) => set);
  const rankings = [...bySet].flatMap(([set, members]): [string, string[]][] => {
    const names = members.map(({ name }) => name);
    return set === undefined
      ? names.map((name) => [name, [...orderOf(name, { nodes: healthy }).ranks]])
      : [...spreadRankings(names, healthy)];
  });
  return new Map(rankings.map(([name, ranks]) => [name, ranks.slice(0, HOME)]));
}
