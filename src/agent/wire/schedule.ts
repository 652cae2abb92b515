import { rendezvous } from '../../net/hash.ts';
import { isUrgent, type Known, NOTHING_KNOWN, WIRE_TIMES } from './known.ts';

/**
 * Nodes that ask for each address: one of them may be its owner, and one may be down, so that two are left, or one.
 *
 * With {@link MOST_QUESTIONS}, 5,000 addresses on 100 nodes come to 150 for each node, 15 s between two questions of one node for one address, and
 * 5 s between two of any: ten TCP connections a second that are refused at once, for each node. 1,000 addresses on 5 nodes are 600 for each,
 * and 20 s between two questions of any. A change of the link-layer address is read every second for all of them, and asked about before others.
 */
export const ASKERS = 3;

/** Questions of one node in a second. */
export const MOST_QUESTIONS = 10;

/** The nodes that are to ask for an address: as even as a hash is, and the same wherever it is asked. */
export function askersOf(address: string, nodes: readonly string[]): readonly string[] {
  return nodes.length <= ASKERS ? nodes : nearest(address, nodes, ASKERS);
}

/** So many of the nodes, the same wherever it is asked. */
export function nearest(address: string, nodes: readonly string[], count: number): readonly string[] {
  const hash = rendezvous(address);
  return nodes
    .map((node): readonly [number, string] => [hash(node), node])
    .sort(([a], [b]) => a - b)
    .slice(0, count)
    .map(([, node]) => node);
}

/** Those of a node's addresses that it asks for now, in a round that comes each second: first what may be amiss or is new, then what was asked longest ago. */
export function questionsNow(addresses: readonly string[], knownOf: ReadonlyMap<string, Known>, now: number): readonly string[] {
  const due = addresses.flatMap((address) => {
    const known = knownOf.get(address) ?? NOTHING_KNOWN;
    const isPressing = isUrgent(known);
    return now - known.asked >= (isPressing ? WIRE_TIMES.urgent : WIRE_TIMES.again) ? [{ address, isPressing, asked: known.asked }] : [];
  });
  return due
    .sort((a, b) => Number(b.isPressing) - Number(a.isPressing) || order(a.asked, b.asked))
    .slice(0, MOST_QUESTIONS)
    .map(({ address }) => address);
}

// --- internal ---

/** Also of moments that never were. */
const order = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);
