import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aNode } from '../../../test/builders/object.ts';
import type { Node } from '../../api/core.ts';
import { EXCLUDE_NODE_LABEL } from '../../api/names.ts';
import { eligibleNodes, orderOf, RANKS, unicastPeers } from './placement.ts';
import { standingOf } from './standing.ts';

const NAMES = Array.from({ length: 10 }, (_, index) => `node-${index}`);
const nodes = NAMES.map((name) => aNode(name));
const routers = Array.from({ length: 1000 }, (_, index) => `web/service-${index}`);
const ranking = (router: string, among: readonly Node[]): readonly string[] =>
  orderOf(router, { nodes: among, standing: standingOf({ nodes: among }) }).ranks;
const first = (router: string, among = nodes) => ranking(router, among)[0];

describe('the order of nodes', () => {
  it('spreads first places evenly', () => {
    const counts = NAMES.map((name) => routers.filter((router) => first(router) === name).length);
    expect(Math.min(...counts)).toBeGreaterThan(70);
    expect(Math.max(...counts)).toBeLessThan(130);
  });

  it('moves only what a lost node had, and spreads that over the others', () => {
    const left = nodes.filter(({ metadata }) => metadata.name !== 'node-3');
    const moved = routers.filter((router) => first(router) !== first(router, left));
    expect(moved).toEqual(routers.filter((router) => first(router) === 'node-3'));
    expect(new Set(moved.map((router) => first(router, left))).size).toBe(9);
  });

  it('does not depend on the order of the list', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(nodes, { minLength: nodes.length }), (shuffled) => {
        expect(ranking('web/a', shuffled)).toEqual(ranking('web/a', nodes));
      }),
    );
  });

  it('names the first few only', () => {
    expect(ranking('web/a', nodes)).toHaveLength(RANKS);
  });

  it.each([
    ['is not Ready', aNode('node-x', { ready: false })],
    ['is excluded from load balancers', aNode('node-x', { labels: { [EXCLUDE_NODE_LABEL]: '' } })],
  ])('has a node last that %s', (_, node) => {
    for (const router of routers.slice(0, 50)) expect(ranking(router, [node, aNode('node-y'), aNode('node-z')]).at(-1)).toBe('node-x');
  });
});

describe('the nodes of a group', () => {
  it.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ['are all without a selector', {}, ['a', 'b', 'c']],
    ['have every label of it', { edge: 'true', zone: '1' }, ['b']],
    ['may be none', { edge: 'false' }, []],
  ])('%s', (_, selector, expected) => {
    const some = [aNode('a'), aNode('b', { labels: { edge: 'true', zone: '1' } }), aNode('c', { labels: { edge: 'true' } })];
    expect(eligibleNodes(some, selector).map(({ metadata }) => metadata.name)).toEqual(expected);
  });

  it('are known to each other by internal addresses, IPv4 first', () => {
    const peers = unicastPeers([
      aNode('b', { addresses: ['2001:DB8::2', '192.0.2.12'] }),
      aNode('a', { addresses: ['192.0.2.11'] }),
      aNode('c'),
    ]);
    expect(peers).toEqual({ a: ['192.0.2.11'], b: ['192.0.2.12', '2001:db8::2'] });
    expect(Object.keys(peers)).toEqual(['a', 'b']);
  });
});
