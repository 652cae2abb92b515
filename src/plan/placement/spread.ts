import type { Node } from '../../api/core.ts';
import { rendezvous } from '../../net/hash.ts';
import { byText } from '../../net/text-order.ts';
import { RANKS } from './placement.ts';
import { isExcluded, type Standing } from './standing.ts';

/**
 * A node for each router: different ones, as far as nodes go. Whether a node is healthy plays no part, so that the loss of one moves only what
 * it had. `load` counts what the nodes have already.
 *
 * Of all pairs of router and node the one with the lowest hash is taken first, if both are still to be had: so a node that joins or
 * leaves for good moves little else (docs/adr/0004).
 */
export function pairUp(
  routers: readonly string[],
  nodes: readonly string[],
  load: ReadonlyMap<string, number> = new Map(),
): Map<string, string> {
  const pairs = routers.flatMap((router) => {
    const hash = rendezvous(router);
    return nodes.map((node) => ({ router, node, hash: hash(node) }));
  });
  pairs.sort((a, b) => a.hash - b.hash || byText(a.router, b.router) || byText(a.node, b.node));
  const placed = new Map<string, string>();
  const counts = new Map(load);
  for (let most = 1; placed.size < routers.length && nodes.length > 0; most++) {
    for (const { router, node } of pairs) {
      const count = counts.get(node) ?? 0;
      if (placed.has(router) || count >= most) continue;
      placed.set(router, node);
      counts.set(node, count + 1);
    }
  }
  return placed;
}

/** Nodes where something may be at home: not those that are kept out of load balancing for good, while there are others. */
export function homeNodes(nodes: readonly Node[]): string[] {
  const included = nodes.filter((node) => !isExcluded(node));
  return (included.length > 0 ? included : nodes).map(({ metadata }) => metadata.name);
}

/**
 * The first nodes of each router, for routers that are to be on different nodes: its home, then those that are home to the fewest. Where the
 * others are now plays no part, so that a second node that is lost moves nothing that the first one had; two of them may then meet on a node.
 */
export function spreadRankings(routers: readonly string[], nodes: readonly Node[], standing: Standing = new Map()): Map<string, string[]> {
  const owners = pairUp(routers, homeNodes(nodes));
  const load = Map.groupBy(owners.values(), (node) => node);
  return new Map(routers.map((router) => [router, order(router, owners.get(router), load, { nodes, standing })]));
}

// --- internal ---

function order(
  router: string,
  home: string | undefined,
  load: ReadonlyMap<string, readonly string[]>,
  { nodes, standing }: { readonly nodes: readonly Node[]; readonly standing: Standing },
): string[] {
  const hash = rendezvous(router);
  const ranked = nodes.map((node) => {
    const { name } = node.metadata;
    return { name, last: isExcluded(node) || standing.has(name), away: name !== home, load: load.get(name)?.length ?? 0, hash: hash(name) };
  });
  const compare = (a: (typeof ranked)[number], b: typeof a): number =>
    Number(a.last) - Number(b.last) || Number(a.away) - Number(b.away) || a.load - b.load || a.hash - b.hash || byText(a.name, b.name);
  return ranked
    .sort(compare)
    .slice(0, RANKS)
    .map(({ name }) => name);
}
