import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aNode, anInput, aService } from '../../../test/builders/object.ts';
import type { Node } from '../../api/core.ts';
import { EXCLUDE_NODE_LABEL } from '../../api/names.ts';
import { plan } from '../plan.ts';
import { pairUp, spreadRankings as rankingsOf } from './spread.ts';
import { standingOf } from './standing.ts';

const spreadRankings = (routers: readonly string[], nodes: readonly Node[]) => rankingsOf(routers, nodes, standingOf({ nodes }));
const names = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const size = fc.integer({ min: 1, max: 12 });
const nodesWithout = (count: number, lost: readonly number[]) =>
  names('node', count).map((name, index) => aNode(name, { ready: !lost.includes(index) }));
const ownersOf = (rankings: ReadonlyMap<string, readonly string[]>) => new Map([...rankings].map(([router, [first]]) => [router, first]));

describe('routers that are to be on different nodes', () => {
  it('are as even as they can be, on any number of nodes', () => {
    fc.assert(
      fc.property(size, size, (routers, nodes) => {
        const counts = [...Map.groupBy(pairUp(names('vip', routers), names('node', nodes)).values(), (node) => node).values()];
        expect(Math.max(...counts.map(({ length }) => length))).toBe(Math.ceil(routers / nodes));
      }),
    );
  });

  it('stay when a node is lost, but for those that it had, which go to nodes that are home to the fewest', () => {
    fc.assert(
      fc.property(size, fc.integer({ min: 2, max: 12 }), fc.nat(11), (routers, nodes, at) => {
        const vips = names('vip', routers);
        const lost = `node${at % nodes}`;
        const before = ownersOf(spreadRankings(vips, nodesWithout(nodes, [])));
        const after = ownersOf(spreadRankings(vips, nodesWithout(nodes, [at % nodes])));
        const homesOf = (node: string | undefined): number => [...before.values()].filter((home) => home === node).length;
        const fewest = Math.min(...names('node', nodes).flatMap((node) => (node === lost ? [] : homesOf(node))));
        for (const vip of vips) {
          if (before.get(vip) !== lost) expect(after.get(vip)).toBe(before.get(vip));
          else expect(homesOf(after.get(vip))).toBe(fewest);
        }
        expect([...after.values()]).not.toContain(lost);
      }),
    );
  });

  it('stay when one more node is lost, also those that the first one had', () => {
    fc.assert(
      fc.property(size, fc.integer({ min: 3, max: 12 }), fc.nat(11), fc.nat(11), (routers, nodes, first, second) => {
        const vips = names('vip', routers);
        const lost = `node${second % nodes}`;
        const before = ownersOf(spreadRankings(vips, nodesWithout(nodes, [first % nodes])));
        const after = ownersOf(spreadRankings(vips, nodesWithout(nodes, [first % nodes, second % nodes])));
        for (const vip of vips) if (before.get(vip) !== lost) expect(after.get(vip)).toBe(before.get(vip));
      }),
    );
  });

  it('go where keepalived goes by itself when their node dies: to the second in the order', () => {
    const vips = names('vip', 3);
    const before = spreadRankings(vips, nodesWithout(5, []));
    for (const [vip, [owner, second]] of before) {
      const after = spreadRankings(vips, nodesWithout(5, [Number(owner?.slice(4))]));
      expect(after.get(vip)?.[0]).toBe(second);
    }
  });

  it('rarely move others when a node joins or leaves for good', () => {
    let moved = 0;
    for (let round = 0; round < 200; round++) {
      const vips = names(`s${round}/`, 3);
      const all = pairUp(vips, names('node', 10));
      const less = pairUp(vips, names('node', 9));
      moved += vips.filter((vip) => all.get(vip) !== 'node9' && all.get(vip) !== less.get(vip)).length;
    }
    expect(moved).toBeLessThan(200 * 3 * 0.02);
  });

  it('are on no node that is kept out of load balancing, while there are others', () => {
    const nodes = [aNode('a', { labels: { [EXCLUDE_NODE_LABEL]: '' } }), aNode('b'), aNode('c')];
    expect(new Set(ownersOf(spreadRankings(names('vip', 4), nodes)).values())).toEqual(new Set(['b', 'c']));
  });

  it('are the VIPs of one spread Service, whatever pods there are', () => {
    const nodes = names('node', 4).map((name) => aNode(name));
    const addresses = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'];
    const { routers } = plan(anInput({ nodes, services: [aService('web', addresses, { annotations: { spread: 'true' } })] }));
    expect(new Set(routers.map(({ ranks }) => ranks[0])).size).toBe(4);
  });

  it('leave one-VIP Services where they are: even, not all on the first node', () => {
    const services = names('s', 30).map((name, index) => aService(name, [`192.0.2.${index}`], { annotations: { spread: 'true' } }));
    const { routers } = plan(anInput({ services }));
    const counts = [...Map.groupBy(routers, ({ ranks }) => ranks[0]).values()].map(({ length }) => length);
    expect(Math.min(...counts)).toBeGreaterThan(4);
  });
});
