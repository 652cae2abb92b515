import type { Node } from '../../api/core.ts';
import { compareAddresses, parseAddress } from '../../net/address.ts';
import { rendezvous } from '../../net/hash.ts';
import { byText } from '../../net/text-order.ts';
import type { Home } from './homes.ts';
import { isExcluded, type Standing } from './standing.ts';

/** How many nodes each virtual router has in an order of its own; the others follow at one priority. Keeps the file small at any number of nodes. */
export const RANKS = 5;

/** The nodes that run the group: those with all of its labels. */
export const eligibleNodes = (nodes: readonly Node[], selector: Readonly<Record<string, string>>): Node[] =>
  nodes.filter(({ metadata: { labels = {} } }) => Object.entries(selector).every(([key, value]) => labels[key] === value));

/** The order of nodes of one virtual router. */
export interface Order {
  /** The first nodes in the order in which they are to own it; the others follow without an order among them. */
  readonly ranks: readonly string[];
  /** Of VRRP, by the name of the node, where it isn't that of the others. */
  readonly priorities: ReadonlyMap<string, number>;
  /** Of VRRP, of every other node. */
  readonly others: number;
}

/** Of the first in an order. The others are near to it: a hand-over takes as much of an advert's interval as a priority lacks to 256, of 256. */
const HIGHEST_PRIORITY = 254;

/** What a router's order is made of. */
export interface Place {
  readonly nodes: readonly Node[];
  readonly home?: Home;
  readonly standing?: Standing;
  /** By how much the priorities of neighbours in the order differ. */
  readonly step?: number;
}

/**
 * Each node's place is its own: its home first, then a stable order of the router's own (rendezvous hashing: a node that leaves moves only what it
 * had, and that evenly). A node that has to give its addresses up keeps its place and gets a priority below all others, so that nobody else's
 * priority changes: whichever node hears of it first, the address goes once, to where it stays.
 */
export function orderOf(router: string, { nodes, home = [], standing = new Map(), step = 1 }: Place): Order {
  const places = placesOf(router, nodes, home);
  const first = places.slice(0, RANKS);
  const isFit = (node: string): boolean => !standing.has(node);
  const unfit = first.filter((node) => !isFit(node));
  const stepIn = places.slice(RANKS).filter(isFit).slice(0, unfit.length);
  const behind = HIGHEST_PRIORITY - RANKS * step;
  const others = behind - stepIn.length;
  const priorities = new Map(first.map((node, place) => [node, isFit(node) ? HIGHEST_PRIORITY - place * step : others - 1 - place]));
  for (const [index, node] of stepIn.entries()) priorities.set(node, behind - index);
  return { ranks: [...first.filter(isFit), ...stepIn, ...unfit].slice(0, RANKS), priorities, others };
}

/** Internal addresses by node, for those that have any. */
export function unicastPeers(nodes: readonly Node[]): Record<string, string[]> {
  const peers = nodes.map((node): [string, string[]] => [node.metadata.name, internalAddresses(node)]);
  return Object.fromEntries(peers.filter(([, addresses]) => addresses.length > 0).sort(([a], [b]) => byText(a, b)));
}

// --- internal ---

/** All nodes; those that are excluded from load balancers for good come after the others, unless the router is at home there. */
function placesOf(router: string, nodes: readonly Node[], home: Home): string[] {
  const hash = rendezvous(router);
  const places = nodes.map((node) => {
    const { name } = node.metadata;
    const chosen = home.indexOf(name);
    return { name, chosen: chosen < 0 ? home.length : chosen, excluded: chosen < 0 && isExcluded(node), hash: hash(name) };
  });
  places.sort((a, b) => a.chosen - b.chosen || Number(a.excluded) - Number(b.excluded) || a.hash - b.hash || byText(a.name, b.name));
  return places.map(({ name }) => name);
}

function internalAddresses({ status }: Node): string[] {
  const texts = (status?.addresses ?? []).filter(({ type }) => type === 'InternalIP').map(({ address }) => address);
  const addresses = texts.flatMap((text) => parseAddress(text) ?? []);
  return addresses.sort(compareAddresses).map(({ text }) => text);
}
