import { describe, expect, it } from 'vitest';
import { aGroup, aNode, anInput, aService, manyServices } from '../../../test/builders/object.ts';
import type { KeepalivedGroupStatus } from '../../api/group/keepalived-group.ts';
import { EXCLUDE_NODE_LABEL, REBALANCE_ANNOTATION } from '../../api/names.ts';
import { type Plan, plan } from '../plan.ts';

const nodes = ['node1', 'node2', 'node3'].map((name) => aNode(name));
const services = manyServices(30);
const first = plan(anInput({ nodes, services }));
const saved = (before: Plan): KeepalivedGroupStatus => ({
  routerIDs: before.routerIds,
  homes: before.homes,
  ...(before.rebalanced !== undefined && { rebalanced: before.rebalanced }),
});
const next = (before: Plan, among = nodes, asked?: string, wanted = services): Plan => {
  const group = aGroup({ status: saved(before) });
  const annotations = asked === undefined ? {} : { [REBALANCE_ANNOTATION]: asked };
  return plan(anInput({ group: { ...group, metadata: { ...group.metadata, annotations } }, nodes: among, services: wanted }));
};
const ownersOf = ({ routers }: Plan): Map<string, string | undefined> => new Map(routers.map(({ name, ranks }) => [name, ranks[0]]));
const moved = (before: Plan, after: Plan): string[] =>
  [...ownersOf(before)].filter(([name, owner]) => ownersOf(after).get(name) !== owner).map(([name]) => name);
const countOn = (node: string, one: Plan): number => [...ownersOf(one).values()].filter((owner) => owner === node).length;
const without = (...lost: string[]) =>
  nodes.map((node) => (lost.includes(node.metadata.name) ? aNode(node.metadata.name, { ready: false }) : node));

describe('the homes of a group', () => {
  it('are even, and the same again when they are saved', () => {
    expect(['node1', 'node2', 'node3'].map((node) => countOn(node, first))).toEqual([10, 10, 10]);
    expect(next(first).routers).toEqual(first.routers);
  });

  it.each([
    ['joins', [...nodes, aNode('node4')]],
    ['is excluded from load balancers and has nothing', [...nodes, aNode('node4', { labels: { [EXCLUDE_NODE_LABEL]: '' } })]],
  ])('stay when a node %s', (_, among) => {
    const after = next(first, among);
    expect(moved(first, after)).toEqual([]);
    expect(after.homes).toEqual(first.homes);
  });

  it('send what a lost node had evenly to the others, and take it back', () => {
    const after = next(first, without('node2'));
    expect(moved(first, after)).toEqual([...ownersOf(first)].filter(([, owner]) => owner === 'node2').map(([name]) => name));
    expect([countOn('node1', after), countOn('node3', after)]).toEqual([15, 15]);
    expect(moved(first, next(after))).toEqual([]);
  });

  it('move nothing when a lost node is deleted, and nothing when it is made again', () => {
    const lost = next(first, without('node2'));
    const deleted = next(
      lost,
      nodes.filter(({ metadata }) => metadata.name !== 'node2'),
    );
    expect(moved(lost, deleted)).toEqual([]);
    expect(moved(deleted, next(deleted))).toEqual([]);
  });

  it('move nothing when a node is deleted while the other one of the home is lost, too', () => {
    const four = [...nodes, aNode('node4')];
    const lost = (among: readonly string[]) => four.map(({ metadata: { name } }) => aNode(name, { ready: !among.includes(name) }));
    const before = next(first, lost(['node1', 'node2']));
    const after = next(
      before,
      lost(['node1', 'node2']).filter(({ metadata }) => metadata.name !== 'node1'),
    );
    expect(moved(before, after)).toEqual([]);
  });

  it('are kept while no node is there at all', () => expect(next(first, []).homes).toEqual(first.homes));

  it('of a group that was placed by hash stay where the hash had them, new Services included', () => {
    const group = aGroup({ status: { routerIDs: first.routerIds } });
    const hashed = plan(anInput({ group, nodes, services: [...services, aService('new', ['198.51.100.9'])] }));
    const bySelf = (name: string) =>
      plan(anInput({ group: aGroup({ status: { routerIDs: { [name]: 1 } } }), nodes, services: [aService(name.slice(4), ['192.0.2.1'])] }));
    for (const { name, ranks } of hashed.routers) expect(bySelf(name).routers[0]?.ranks).toEqual(ranks);
  });

  it('are made even again once when that is asked for, within the budget', () => {
    const joined = [...nodes, aNode('node4')];
    const after = next(first, joined, '2026-11-25T09:00:00Z');
    expect(['node1', 'node2', 'node3', 'node4'].map((node) => countOn(node, after)).sort()).toEqual([7, 7, 8, 8]);
    expect(after.rebalanced).toBe('2026-11-25T09:00:00Z');
    expect(moved(after, next(after, [...joined, aNode('node5')], '2026-11-25T09:00:00Z'))).toEqual([]);
    expect(moved(first, next(first, joined, '2026-11-25T09:00:00Z/3'))).toHaveLength(3);
  });

  it('are made even with what Services share counted', () => {
    const many = manyServices(400);
    const among = [...nodes, ...['node4', 'node5', 'node6', 'node7'].map((name) => aNode(name))];
    const before = plan(anInput({ nodes: among, services: many }));
    const mostOf = ({ routers }: Plan): number =>
      Math.max(
        ...among.map(({ metadata: { name } }) => routers.flatMap(({ ranks, addresses }) => (ranks[0] === name ? addresses : [])).length),
      );
    const after = next(before, among, '2026-11-25T09:00:00Z', many);
    expect(mostOf(before)).toBeGreaterThan(mostOf(after));
    expect(mostOf(after)).toBe(Math.ceil(400 / 7));
  });
});
