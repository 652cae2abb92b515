import { describe, expect, it } from 'vitest';
import { aGroup, aNode, anInput, aPod, aService } from '../../../test/builders/object.ts';
import type { Node } from '../../api/core.ts';
import type { Toleration } from '../../api/group/keepalived-group.ts';
import { plan } from '../plan.ts';

const tainted = (effect: string, key = 'dedicated', value = 'db'): Node => {
  const node = aNode('node1');
  return { ...node, spec: { ...node.spec, taints: [{ key, value, effect }] } };
};
/** The nodes that are to run the group, and those that are ranked. */
const members = (node: Node, tolerations: readonly Toleration[] | undefined, pods = [aPod('node2')]): string[] => {
  const group = aGroup({ spec: { ...(tolerations && { tolerations }) } });
  const { nodes, routers } = plan(anInput({ group, nodes: [node, aNode('node2')], pods, services: [aService('web', ['192.0.2.1'])] }));
  expect([...(routers[0]?.ranks ?? [])].sort()).toEqual(nodes);
  return [...nodes];
};

describe('a node with a taint', () => {
  it.each<[string, Node, readonly Toleration[] | undefined, readonly string[]]>([
    ['runs a group that says nothing of taints', tainted('NoSchedule'), undefined, ['node1', 'node2']],
    ['runs no group that tolerates nothing', tainted('NoSchedule'), [], ['node2']],
    ['runs a group that tolerates it', tainted('NoSchedule'), [{ key: 'dedicated', value: 'db' }], ['node1', 'node2']],
    ['runs a group that tolerates its key', tainted('NoExecute'), [{ key: 'dedicated', operator: 'Exists' }], ['node1', 'node2']],
    ['runs a group that tolerates everything', tainted('NoExecute'), [{ operator: 'Exists' }], ['node1', 'node2']],
    ['runs no group that tolerates another value', tainted('NoSchedule'), [{ key: 'dedicated', value: 'web' }], ['node2']],
    [
      'runs no group that tolerates another effect',
      tainted('NoExecute'),
      [{ key: 'dedicated', operator: 'Exists', effect: 'NoSchedule' }],
      ['node2'],
    ],
    ['runs every group where the taint is a preference', tainted('PreferNoSchedule'), [], ['node1', 'node2']],
    ['runs every group while it is cordoned', tainted('NoSchedule', 'node.kubernetes.io/unschedulable', ''), [], ['node1', 'node2']],
    ['runs every group while it is not ready', tainted('NoExecute', 'node.kubernetes.io/not-ready', ''), [], ['node1', 'node2']],
  ])('%s', (_, node, tolerations, expected) => expect(members(node, tolerations)).toEqual(expected));

  it('goes on running the group when the taint only keeps new pods out', () => {
    expect(members(tainted('NoSchedule'), [], [aPod('node1'), aPod('node2')])).toEqual(['node1', 'node2']);
    expect(members(tainted('NoExecute'), [], [aPod('node1'), aPod('node2')])).toEqual(['node2']);
  });
});
