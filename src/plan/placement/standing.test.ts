import { describe, expect, it } from 'vitest';
import { aGroup, aNode, anInput, aReport, manyServices } from '../../../test/builders/object.ts';
import type { Node } from '../../api/core.ts';
import { DRAIN_ANNOTATION, EXCLUDE_NODE_LABEL, OUT_OF_SERVICE_TAINT } from '../../api/names.ts';
import type { PlanInput } from '../input.ts';
import { type Plan, plan } from '../plan.ts';
import type { VirtualRouter } from '../virtual-router.ts';
import { orderOf } from './placement.ts';
import { standingOf, type Why } from './standing.ts';

const node = aNode('node1');
const cordoned = aNode('node1', { unschedulable: true });
const unready = (status: string): Node => ({ ...node, status: { conditions: [{ type: 'Ready', status }] } });
const annotated: Node = { ...node, metadata: { name: 'node1', annotations: { [DRAIN_ANNOTATION]: 'true' } } };
const outOfService: Node = { ...node, spec: { taints: [{ key: OUT_OF_SERVICE_TAINT, value: 'nodeshutdown', effect: 'NoExecute' }] } };

describe('a node', () => {
  it.each<[string, Node, Partial<PlanInput>, Why | undefined]>([
    ['that is well is fit', node, {}, undefined],
    ['that is cordoned is fit', cordoned, {}, undefined],
    ['that is cordoned and emptied is not', cordoned, { emptied: ['node1'] }, 'emptied'],
    ['that was emptied and is uncordoned is fit again', node, { emptied: ['node1'] }, undefined],
    ['that is excluded from load balancers is not', aNode('node1', { labels: { [EXCLUDE_NODE_LABEL]: '' } }), {}, 'excluded'],
    ['that has the mark of a drain is not', annotated, {}, 'drained'],
    ['that is out of service is not', outOfService, {}, 'outOfService'],
    ['that says that it is not ready is not', unready('False'), { reports: [aReport('node1', 'r')] }, 'notReady'],
    ['of which nothing is heard is not', unready('Unknown'), { reports: [aReport('node2', 'r')] }, 'notReady'],
    ['whose kubelet alone is silent is fit', unready('Unknown'), { reports: [aReport('node1', 'r')] }, undefined],
    ['that was lost often is not', node, { unsteady: [{ node: 'node1', losses: 3 }] }, 'unsteady'],
  ])('%s', (_, one, more, expected) => expect(standingOf({ nodes: [one], ...more }).get('node1')).toBe(expected));
});

describe.each([1, 6])('a node that gives its addresses up, where neighbours differ by %i', (step) => {
  const seven = Array.from({ length: 7 }, (_, index) => aNode(`node${index}`));
  const healthy = orderOf('web/web', { nodes: seven, home: ['node3', 'node4'], step });

  it.each([0, 1, 2, 3, 4])('changes no priority of another node that has one of its own (place %i)', (place) => {
    const lost = healthy.ranks[place] ?? '';
    const order = orderOf('web/web', { nodes: seven, home: ['node3', 'node4'], standing: new Map([[lost, 'drained']]), step });
    for (const [name, priority] of healthy.priorities) if (name !== lost) expect(order.priorities.get(name)).toBe(priority);
    expect(order.priorities.get(lost)).toBeLessThan(order.others);
    expect(order.ranks.slice(0, 4)).toEqual(healthy.ranks.filter((name) => name !== lost));
    expect(order.ranks).not.toContain(lost);
  });

  it('is the last where there are few', () => {
    const order = orderOf('web/web', {
      nodes: seven.slice(0, 3),
      home: ['node0', 'node1'],
      standing: new Map([['node0', 'drained']]),
      step,
    });
    expect(order.ranks).toEqual(['node1', 'node2', 'node0']);
    expect([...order.priorities.values()]).toEqual(step === 1 ? [248, 253, 252] : [223, 248, 242]);
  });

  it('keeps its place among those that do so, too', () => {
    const all = new Map(seven.map(({ metadata }): [string, Why] => [metadata.name, 'drained']));
    const { ranks, priorities, others } = orderOf('web/web', { nodes: seven, home: ['node3', 'node4'], standing: all, step });
    expect(ranks).toEqual(healthy.ranks);
    expect(new Set([...priorities.values(), others]).size).toBe(6);
  });
});

describe('a node that was lost, and has addresses', () => {
  const services = manyServices(30);
  const planned = (more: Partial<PlanInput>): Plan => plan(anInput({ services, ...more }));
  const healthy = planned({});
  const ofNode1 = healthy.routers.filter(({ ranks }) => ranks[0] === 'node1').map(({ name }) => name);
  const [kept = '', ...lost] = ofNode1;

  it('keeps them, in the same file, and takes back none of the others', () => {
    expect(lost.length).toBeGreaterThan(3);
    const now = planned({ unsteady: [{ node: 'node1', losses: 4, owns: [kept] }] });
    const byName = new Map(healthy.routers.map((router) => [router.name, router]));
    for (const router of now.routers) {
      if (lost.includes(router.name)) expect(router.ranks[0]).not.toBe('node1');
      else if (router.name === kept) expect(router).toEqual(byName.get(kept));
    }
    expect(now.homes).toEqual(healthy.homes);
    const whole = planned({ unsteady: [{ node: 'node1', losses: 4, owns: ofNode1 }] });
    expect(whole.routers.filter(({ ranks }) => ranks[0] === 'node1').map(({ name }) => name)).toEqual(ofNode1);
  });
});

describe('a node that rests, and gave an address up for nothing else', () => {
  const services = manyServices(30);
  const planned = (more: Partial<PlanInput>): Plan => plan(anInput({ services, ...more }));
  const healthy = planned({});
  const ofRank = (rank: number): string[] => healthy.routers.filter(({ ranks }) => ranks[rank] === 'node1').map(({ name }) => name);

  it('has it again where it comes first, and is the last of its spares elsewhere', () => {
    const [own, others] = [ofRank(0), ofRank(1)];
    const rests = planned({ unsteady: [{ node: 'node1', losses: 3 }] });
    const { routers } = planned({ unsteady: [{ node: 'node1', losses: 3, gaveUp: [...own, ...others] }] });
    const named = (some: readonly VirtualRouter[], names: readonly string[]) => some.filter(({ name }) => names.includes(name));
    expect([own.length > 3, others.length > 3]).toEqual([true, true]);
    expect(named(routers, own)).toEqual(named(healthy.routers, own));
    expect(named(routers, others)).toEqual(named(rests.routers, others));
  });
});

describe('a drain and its end', () => {
  const services = manyServices(30);
  const first = plan(anInput({ services }));
  const next = (before: Plan, more: Partial<PlanInput>): Plan =>
    plan(anInput({ group: aGroup({ status: { routerIDs: before.routerIds, homes: before.homes } }), services, ...more }));
  const owners = ({ routers }: Plan): (string | undefined)[] => routers.map(({ ranks }) => ranks[0]);
  const nodes = [aNode('node1'), cordonedNode('node2'), aNode('node3')];

  it('moves nothing while pods are left', () => expect(owners(next(first, { nodes }))).toEqual(owners(first)));

  it('moves each address once, to the second node of its home, and back', () => {
    const emptied = next(first, { nodes, emptied: ['node2'] });
    const expected = first.routers.map(({ name, ranks }) => (ranks[0] === 'node2' ? first.homes[name]?.[1] : ranks[0]));
    expect(owners(emptied)).toEqual(expected);
    expect(emptied.homes).toEqual(first.homes);
    expect(owners(next(emptied, {}))).toEqual(owners(first));
  });
});

function cordonedNode(name: string): Node {
  return aNode(name, { unschedulable: true });
}

describe('a node that was lost often', () => {
  const unsteady = [
    { node: 'node1', losses: 1 },
    { node: 'node2', losses: 3 },
    { node: 'elsewhere', losses: 9 },
  ];

  it('is named in a hint; one that has just started is not, nor one of other groups', () => {
    const { problems } = plan(anInput({ unsteady, services: manyServices(1) }));
    expect(problems.map(({ reason, message }) => `${reason} ${message.slice(0, 27)}`)).toEqual([
      'NodeUnsteady node node2 was lost 3 times',
    ]);
  });
});
