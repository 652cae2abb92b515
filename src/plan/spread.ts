import type { Node } from '../api/core.ts';
import { rendezvous } from '../net/hash.ts';
import { byText } from '../net/text-order.ts';
import { comesLast, isExcluded, RANKS } from './placement.ts';

/**
 * The node where each router is at home: on different nodes, as far as nodes go. Whether a node is healthy plays no part, so that the loss of
 * one moves only what it had. `load` counts what the nodes have already.
 *
 * Of all pairs of router and node the one with the lowest hash is taken first, if both are still to be had: so a node that joins or
 * leaves for good moves little else (docs/adr/0004).
 */
export function homes(
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
 * The first nodes of each router, for routers that are to be on different nodes: its home, then those with the fewest of the others. A router
 * whose home comes last is moved to a node that has the fewest; the others stay.
 */
export function spreadRankings(routers: readonly string[], nodes: readonly Node[]): Map<string, string[]> {
  const last = new Map(nodes.map((node) => [node.metadata.name, comesLast(node)]));
  const isLost = (node: string): boolean => last.get(node) === true && [...last.values()].includes(false);
  const owners = homes(routers, homeNodes(nodes));
  const load = new Map<string, number>();
  const count = (node: string): unknown => load.set(node, (load.get(node) ?? 0) + 1);
  const order = (router: string): string[] => {
    const hash = rendezvous(router);
    const ranked = nodes.map(({ metadata: { name } }) => ({ name, last: last.get(name), load: load.get(name) ?? 0, hash: hash(name) }));
    ranked.sort((a, b) => Number(a.last) - Number(b.last) || a.load - b.load || a.hash - b.hash || byText(a.name, b.name));
    return ranked.map(({ name }) => name);
  };
  for (const node of owners.values()) if (!isLost(node)) count(node);
  for (const [router, node] of [...owners].sort(([a], [b]) => byText(a, b))) {
    if (!isLost(node)) continue;
    const [instead = node] = order(router);
    owners.set(router, instead);
    count(instead);
  }
  return new Map(
    routers.map((router) => {
      const first = owners.get(router);
      return [router, [first, ...order(router).filter((node) => node !== first)].flatMap((node) => node ?? []).slice(0, RANKS)];
    }),
  );
}
