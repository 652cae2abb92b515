import { describe, expect, it } from 'vitest';
import { aNode } from '../../../test/builders/object.ts';
import { DRAIN_ANNOTATION, PREFERRED_NODES_ANNOTATION } from '../../api/names.ts';
import { orderOf } from './placement.ts';
import { homeWith, preferences } from './preference.ts';
import { standingOf } from './standing.ts';

const NODES = ['node1', 'node2', 'node3', 'node4'].map((name) => aNode(name));
const ROUTERS = ['web/a', 'web/b'];
const asked = (text?: string) =>
  preferences(
    { metadata: { name: 'vips', namespace: 'web', ...(text !== undefined && { annotations: { [PREFERRED_NODES_ANNOTATION]: text } }) } },
    ROUTERS,
    NODES,
  );

describe('what somebody wants to be elsewhere', () => {
  it.each([
    ['nothing', undefined, {}],
    ['an empty text', '', {}],
    ['a node of the group', '{"web/a": "node3"}', { 'web/a': 'node3' }],
  ])('is taken from %s without a word', (_, text, expected) =>
    expect({ ...asked(text), preferred: Object.fromEntries(asked(text).preferred) }).toEqual({ preferred: expected, problems: [] }),
  );

  it.each([
    ['no JSON', 'web/a=node3', /not a JSON object of strings/],
    ['another value', '{"web/a": 3}', /not a JSON object of strings/],
    ['a list', '["node3"]', /not a JSON object of strings/],
    ['a node of no group', '{"web/a": "node9"}', /"node9", which is to have web\/a, is not a node of the group; take them out$/],
    ['a router that is not there', '{"web/gone": "node3"}', /"web\/gone" is not a virtual router of the group/],
  ])('does not count where it is %s, and that is told', (_, text, message) => {
    const { preferred, problems } = asked(text);
    expect([...preferred]).toEqual([]);
    expect(problems).toEqual([expect.objectContaining({ reason: 'PreferenceIgnored', message: expect.stringMatching(message) })]);
  });

  it('counts as far as it can be followed', () => {
    const { preferred, problems } = asked('{"web/a": "node3", "web/b": "node9"}');
    expect([...preferred]).toEqual([['web/a', 'node3']]);
    expect(problems).toHaveLength(1);
  });
});

describe('the order of nodes of a router that is wanted elsewhere', () => {
  const home = ['node1', 'node2'];
  const order = (preferred?: string, drained: readonly string[] = []) => {
    const nodes = NODES.map((node) =>
      drained.includes(node.metadata.name) ? { ...node, metadata: { ...node.metadata, annotations: { [DRAIN_ANNOTATION]: '' } } } : node,
    );
    return orderOf('web/a', { nodes, home: homeWith(preferred, home), standing: standingOf({ nodes }) });
  };

  it('has that node first, and its home behind', () => expect(order('node4').ranks.slice(0, 3)).toEqual(['node4', 'node1', 'node2']));
  it('is its own where that node is its home', () => expect(order('node1')).toEqual(order()));
  it('passes over that node while it has to give its addresses up', () =>
    expect(order('node4', ['node4']).ranks.slice(0, 2)).toEqual(['node1', 'node2']));

  it('keeps the owner when its node is drained behind it, and when the wish is then taken back: one move in all', () => {
    const owners = [order(), order('node2'), order('node2', ['node1']), order(undefined, ['node1'])].map(({ ranks }) => ranks[0]);
    expect(owners).toEqual(['node1', 'node2', 'node2', 'node2']);
  });

  // While some nodes run the order before and some the one after, nobody may outrank the old and the new owner.
  it('lets nobody else win while the nodes hear of it one after the other', () => {
    const [before, after] = [order(), order('node4')];
    const priority = (one: typeof before, node: string) => one.priorities.get(node) ?? one.others;
    for (const bystander of ['node2', 'node3']) {
      const most = Math.max(priority(before, bystander), priority(after, bystander));
      expect(most).toBeLessThanOrEqual(Math.min(priority(before, 'node1'), priority(after, 'node1')));
    }
  });
});
