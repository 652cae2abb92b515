import type { Node } from '../../api/core.ts';
import { EXCLUDE_NODE_LABEL } from '../../api/names.ts';
import { compareAddresses, parseAddress } from '../../net/address.ts';
import { rendezvous } from '../../net/hash.ts';
import { byText } from '../../net/text-order.ts';
import type { Home } from './homes.ts';

/** How many nodes each virtual router has in an order of its own; the others follow at one priority. Keeps the file small at any number of nodes. */
export const RANKS = 5;

/** The nodes that run the group: those with all of its labels. */
export const eligibleNodes = (nodes: readonly Node[], selector: Readonly<Record<string, string>>): Node[] =>
  nodes.filter(({ metadata: { labels = {} } }) => Object.entries(selector).every(([key, value]) => labels[key] === value));

/**
 * The first nodes of a virtual router: those of its home, then the others in its own stable order (rendezvous hashing: a node that leaves moves
 * only what it had, and that evenly). Nodes that are cordoned, NotReady or excluded from load balancers come last.
 */
export function ranking(router: string, nodes: readonly Node[], home: Home = []): string[] {
  const hash = rendezvous(router);
  const ranked = nodes.map((node) => {
    const { name } = node.metadata;
    const chosen = home.indexOf(name);
    return { name, last: comesLast(node), chosen: chosen < 0 ? home.length : chosen, hash: hash(name) };
  });
  ranked.sort((a, b) => Number(a.last) - Number(b.last) || a.chosen - b.chosen || a.hash - b.hash || byText(a.name, b.name));
  return ranked.slice(0, RANKS).map(({ name }) => name);
}

/** Whether every other node is to be preferred: it is cordoned, NotReady or excluded. */
export function comesLast(node: Node): boolean {
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
  return node.spec?.unschedulable === true || (ready !== undefined && ready !== 'True') || isExcluded(node);
}

export const isExcluded = ({ metadata }: Node): boolean => EXCLUDE_NODE_LABEL in (metadata.labels ?? {});

/** Internal addresses by node, for those that have any. */
export function unicastPeers(nodes: readonly Node[]): Record<string, string[]> {
  const peers = nodes.map((node): [string, string[]] => [node.metadata.name, internalAddresses(node)]);
  return Object.fromEntries(peers.filter(([, addresses]) => addresses.length > 0).sort(([a], [b]) => byText(a, b)));
}

// --- internal ---

function internalAddresses({ status }: Node): string[] {
  const texts = (status?.addresses ?? []).filter(({ type }) => type === 'InternalIP').map(({ address }) => address);
  const addresses = texts.flatMap((text) => parseAddress(text) ?? []);
  return addresses.sort(compareAddresses).map(({ text }) => text);
}
