import { rendezvous } from '../../net/hash.ts';
import { byText } from '../../net/text-order.ts';
import { Occupancy } from './occupancy.ts';

/**
 * The nodes that were chosen for a virtual router when it was made: its preferred node, then the one that takes over when that is lost.
 * Shorter where there are fewer nodes.
 */
export type Home = readonly string[];

/** A virtual router that is to have a home. */
export interface Resident {
  readonly name: string;
  /** How many addresses it brings to its preferred node. */
  readonly weight: number;
  /** Residents of one set are to be on different nodes as far as nodes go: the routers of a spread Service, and carriers. */
  readonly set?: string;
}

/** How many nodes a home has. */
export const HOME = 2;

/**
 * Gives each resident its home. What is saved of it stays as long as its nodes are there, so a node that joins moves nothing; where the
 * preferred node is gone for good the second one, which already has the addresses, takes its place. What is missing is chosen so that the
 * addresses are even over the nodes, also after the loss of any one of them.
 */
export function settle(
  residents: readonly Resident[],
  nodes: readonly string[],
  saved: ReadonlyMap<string, Home>,
): ReadonlyMap<string, Home> {
  const occupancy = new Occupancy();
  const homes = new Map<string, Home>();
  for (const resident of residents) {
    const home = saved.get(resident.name) ?? [];
    homes.set(resident.name, home);
    occupancy.book(resident, home);
  }
  const ordered = inOrder(residents);
  for (let rank = 0; rank < HOME; rank++)
    for (const resident of ordered) {
      const home = homes.get(resident.name) ?? [];
      const chosen = home.length === rank ? choose(resident, home, nodes, occupancy) : undefined;
      if (chosen === undefined) continue;
      homes.set(resident.name, [...home, chosen]);
      occupancy.take(resident, home, chosen);
    }
  return homes;
}

/**
 * Homes that are even again, with at most so many residents moved: each from the node that has most to the one that has least. The second
 * nodes are chosen anew for all, which moves no address.
 */
export function rebalance(
  residents: readonly Resident[],
  nodes: readonly string[],
  homes: ReadonlyMap<string, Home>,
  most: number,
): ReadonlyMap<string, Home> {
  const occupancy = new Occupancy();
  const first = new Map(residents.map(({ name }) => [name, homes.get(name)?.slice(0, 1) ?? []]));
  for (const resident of residents) occupancy.book(resident, first.get(resident.name) ?? []);
  for (let moved = 0; moved < most; moved++) {
    const move = bestMove(inOrder(residents), nodes, first, occupancy);
    if (move === undefined) break;
    const [resident, to] = move;
    occupancy.leave(resident, first.get(resident.name) ?? []);
    first.set(resident.name, [to]);
    occupancy.book(resident, [to]);
  }
  return settle(residents, nodes, first);
}

// --- internal ---

/** The heaviest first, which leaves the lighter ones to fill up what is uneven. */
const inOrder = (residents: readonly Resident[]): Resident[] =>
  [...residents].sort((a, b) => b.weight - a.weight || byText(a.name, b.name));

/** The next node of a home that has no or one node yet; undefined when there is no other node. */
function choose(resident: Resident, [first]: Home, nodes: readonly string[], occupancy: Occupancy): string | undefined {
  if (first === undefined) return lowest(resident.name, nodes, (node) => [occupancy.ofSet(resident, node), occupancy.load(node)]);
  const others = nodes.filter((node) => node !== first);
  return lowest(resident.name, others, (node) => [
    occupancy.ofSet(resident, node),
    occupancy.setPair(resident, first, node),
    occupancy.pair(first, node),
    occupancy.load(node),
  ]);
}

/** The candidate with the lowest figures, compared one after the other; among equals the one with the lowest hash beside the name. */
function lowest(name: string, candidates: readonly string[], figures: (candidate: string) => readonly number[]): string | undefined {
  const hash = rendezvous(name);
  const rows = candidates.map((candidate) => ({ candidate, row: [...figures(candidate), hash(candidate)] }));
  rows.sort((a, b) => compareRows(a.row, b.row) || byText(a.candidate, b.candidate));
  return rows[0]?.candidate;
}

function compareRows(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((figure, index) => figure !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

/** The move that evens the nodes out most, or none that makes them more even. */
function bestMove(
  residents: readonly Resident[],
  nodes: readonly string[],
  first: ReadonlyMap<string, Home>,
  occupancy: Occupancy,
): readonly [Resident, string] | undefined {
  let best: { readonly move: readonly [Resident, string]; readonly gain: number } | undefined;
  for (const resident of residents) {
    const from = first.get(resident.name)?.[0];
    const others = nodes.filter((node) => node !== from);
    const to = choose(resident, [], others, occupancy);
    if (from === undefined || to === undefined) continue;
    const gain = gainOf(resident, from, to, occupancy);
    if (gain > (best?.gain ?? 0)) best = { move: [resident, to], gain };
  }
  return best?.move;
}

/** How much more even the nodes are after the move, in addresses; first of all siblings are to be apart. */
function gainOf(resident: Resident, from: string, to: string, occupancy: Occupancy): number {
  const siblings = resident.set === undefined ? 0 : occupancy.ofSet(resident, from) - 1 - occupancy.ofSet(resident, to);
  if (siblings > 0) return Number.MAX_SAFE_INTEGER;
  if (siblings < 0) return 0;
  return occupancy.load(from) - resident.weight - occupancy.load(to);
}
