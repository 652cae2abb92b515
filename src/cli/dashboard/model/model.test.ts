import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aDashboardCluster, aRefusedService, condition, onTheNetwork, taken } from '../../../../test/builders/dashboard-cluster.ts';
import type { KeepalivedGroup } from '../../../api/group/keepalived-group.ts';
import { DRAIN_ANNOTATION } from '../../../api/names.ts';
import type { VirtualIP, VirtualIPStatus } from '../../../api/virtual-ip/virtual-ip.ts';
import { GENERATIONS } from '../../../plan/lines/generation.ts';
import { applied, differenceOf } from './difference.ts';
import { type Facts, NO_FACTS } from './facts.ts';
import { Gathering, type Objects } from './gathered.ts';
import { moveFacts } from './moves.ts';

const cluster = aDashboardCluster(3, 4);
const [first, second] = cluster.virtualIPs as [VirtualIP, VirtualIP];
const objects: Objects = {
  virtualIPs: cluster.virtualIPs,
  groups: [cluster.group],
  nodes: cluster.nodes,
  pools: [cluster.pool],
  services: [],
};
const factsOf = (changed: Objects = {}): Facts => new Gathering().factsOf({ ...objects, ...changed }, []);
const withStatus = (virtualIP: VirtualIP, status: VirtualIPStatus): VirtualIP => ({
  ...virtualIP,
  status: { ...virtualIP.status, ...status },
});
const withGroupStatus = (status: KeepalivedGroup['status']): KeepalivedGroup => ({
  ...cluster.group,
  status: { ...cluster.group.status, ...status },
});
const of = (virtualIP: VirtualIP, group = cluster.group) =>
  factsOf({ virtualIPs: [virtualIP], groups: [group] }).addresses[virtualIP.spec.address];

describe('what is told of an address', () => {
  it('is where it is, whose it is, who is next, and what the network says', () =>
    expect(of(first)).toEqual({
      ...{ address: '192.0.2.202', health: 'Well', node: 'node1', since: '2026-01-02T03:04:05Z', service: 'shop/web-1', group: 'web/vips' },
      ...{ router: 'shop/web-1', routerID: 1, next: 'node2', planned: 'node1', wire: 'TTT' },
    }));

  it.each<[string, VirtualIPStatus, string]>([
    ['NoOwner', { state: 'NoOwner' }, 'NoOwner'],
    ['SeveralOwners', { state: 'SeveralOwners' }, 'SeveralOwners'],
    ['Incomplete', { state: 'Incomplete' }, 'Incomplete'],
    ['a state that this version does not know', { state: 'Sideways' }, 'Unknown'],
    ['a condition that is False', { conditions: [condition('Unique', 'False', 'Stranger', 'another host answers')] }, 'Doubtful'],
    ['a condition that is not known', { conditions: [condition('Unique', 'Unknown', 'NobodyAsks', 'nobody asks')] }, 'Well'],
  ])('%s is its health', (_, status, health) => expect(of(withStatus(first, status))?.health).toBe(health));

  it('is that no group carries it, where it is only reserved', () => {
    const { group: _, ...status } = first.status ?? {};
    expect(of({ ...first, status })).toMatchObject({ health: 'Idle' });
  });

  it('is what is wrong, as status prints it, and a letter for each verdict of the network', () => {
    const conditions = [
      ...onTheNetwork('192.0.2.202').slice(0, 1),
      condition('Unique', 'False', 'Stranger', 'another host answers'),
      condition('Kept', 'False', 'Because', 'a sentence'),
    ];
    expect(of(withStatus(first, { conditions }))).toMatchObject({
      wire: 'TFU',
      wrong: ['Unique False: another host answers', 'Kept False: Because: a sentence'],
    });
  });

  it.each<[string, KeepalivedGroup['status'], true | undefined]>([
    ['no other node runs the configuration', { nodeStates: [{ name: 'node1', revision: 'dec39da085546be3' }, { name: 'node2' }] }, true],
    ['another one does', {}, undefined],
    [
      'the group is of one node',
      { nodes: { desired: 1, current: 1 }, nodeStates: [{ name: 'node1', revision: 'dec39da085546be3' }] },
      undefined,
    ],
    ['the status tells of no node', { nodeStates: [] }, undefined],
  ])('is without a spare or not where %s', (_, status, expected) =>
    expect(of(first, withGroupStatus(status))?.isWithoutSpare).toBe(expected),
  );

  it('is what the groups say where VirtualIPs may not be read, and nothing while they are not read yet', () => {
    const { virtualIPs: _, ...rest } = objects;
    const told = (state: 'forbidden' | 'loading') => new Gathering().factsOf(rest, [{ kind: 'VirtualIPs', state }]).addresses;
    expect(told('forbidden')['192.0.2.203']).toMatchObject({ health: 'Well', node: 'node2', service: 'mail/gateway-2', next: 'node3' });
    expect(told('loading')).toEqual({});
  });
});

describe('what is told of nodes', () => {
  const [node1, ...others] = cluster.nodes;
  const drained = { ...node1, metadata: { name: 'node1', annotations: { [DRAIN_ANNOTATION]: '' } } };

  it('is why one gives its addresses up', () =>
    expect(factsOf({ nodes: [drained, ...others] }).nodes.node1).toMatchObject({
      isUnfit: true,
      troubles: [expect.stringContaining('has the annotation')],
    }));

  it('is that one is gone, where the group still names it; and nothing of the kind where Nodes may not be read', () => {
    expect(factsOf({ nodes: others }).nodes.node1).toMatchObject({ isGone: true, troubles: ['there is no Node node1 any more'] });
    const { nodes: _, ...rest } = objects;
    expect(new Gathering().factsOf(rest, []).nodes.node1).toEqual({ name: 'node1', troubles: [], isMember: true });
  });

  it('is whether one takes part: those that the group selects, names or has an address on', () => {
    const group: KeepalivedGroup = { ...withGroupStatus({ nodeStates: [] }), spec: { nodeSelector: { edge: 'yes' } } };
    const nodes = [{ metadata: { name: 'edge', labels: { edge: 'yes' } } }, { metadata: { name: 'other' } }, ...cluster.nodes];
    const told = factsOf({ groups: [group], nodes, virtualIPs: [first] }).nodes;
    expect(Object.values(told).flatMap(({ name, isMember }) => (isMember ? [name] : []))).toEqual(['edge', 'node1']);
  });
});

describe('what is told of refusals', () => {
  it('are the words of the operator: on the Service, the group, and the pool', () => {
    const findings = factsOf({
      services: [aRefusedService('AddressConflict', '192.0.2.9 belongs to shop/web')],
      groups: [
        withGroupStatus({
          defaultsGeneration: GENERATIONS.length,
          conditions: [
            condition('Accepted', 'True', 'AcceptedWithHints', 'look'),
            condition('Available', 'Unknown', 'NoPods', 'no pod runs'),
          ],
        }),
      ],
      pools: [{ ...cluster.pool, status: { conditions: [condition('Ready', 'False', 'Exhausted', 'every address is taken')] } }],
    }).findings;
    expect(Object.values(findings).map(({ severity, object, says, reason, message }) => [severity, object, says, reason, message])).toEqual(
      [
        ['unknown', 'KeepalivedGroup web/vips', 'Available Unknown', 'NoPods', 'no pod runs'],
        ['hint', 'KeepalivedGroup web/vips', undefined, undefined, 'look'],
        ['wrong', 'AddressPool public', 'Ready False', 'Exhausted', 'every address is taken'],
        ['wrong', 'Service billing/reports', 'Accepted False', 'AddressConflict', '192.0.2.9 belongs to shop/web'],
      ],
    );
  });

  it('are that no manager has seen a group', () => {
    const { status: _, ...group } = cluster.group;
    expect(Object.values(factsOf({ groups: [group] }).findings)).toMatchObject([
      { severity: 'wrong', message: expect.stringContaining('no manager') },
    ]);
  });
});

describe('what is told of moves', () => {
  const withoutOwner = { atLeastMilliseconds: 300, atMostMilliseconds: 320, by: 'Transitions' } as const;
  const lost = { time: '2026-01-02T04:00:00.000Z', to: 'node2', cause: 'LinkLost', message: 'no carrier', withoutOwner } as const;
  const moved = { ...first, status: taken(first, lost) };

  it('is the journal, the latest first, with the words of history for the time without an owner', () =>
    expect(moveFacts([second, moved])).toMatchObject([
      { address: '192.0.2.202', from: 'node1', to: 'node2', cause: 'LinkLost', gap: [300, 320], gapInWords: '0.3 to 0.32 s' },
      { address: '192.0.2.202', to: 'node1', cause: 'FirstElection' },
      { address: '192.0.2.203', to: 'node2', cause: 'FirstElection' },
    ]));

  it('is the latest of them only, of very many', () => expect(moveFacts([second, moved], 1)).toMatchObject([{ cause: 'LinkLost' }]));
});

describe('a difference', () => {
  it('is none where nothing changed, even if everything was read anew', () =>
    expect(differenceOf(factsOf(), factsOf(structuredClone(objects)))).toBeUndefined());

  it('names what is new or otherwise, and what is gone, and nothing else', () => {
    const later = { virtualIPs: [withStatus(first, { state: 'NoOwner' }), ...cluster.virtualIPs.slice(2)] };
    const difference = differenceOf(factsOf(), factsOf(later));
    expect(difference?.addresses).toMatchObject({ set: { '192.0.2.202': { health: 'NoOwner' } }, gone: ['192.0.2.203'] });
    expect(Object.keys(difference ?? {})).toEqual(['addresses', 'moves']);
  });

  it('makes the later facts of the earlier ones, whatever the names are', () => {
    const key = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'toString', 'a'), fc.string());
    const table = fc.array(
      fc.tuple(key, fc.record({ name: fc.string(), troubles: fc.constant([]), isMember: fc.boolean() }, { noNullPrototype: true })),
    );
    const facts = table.map((entries): Facts => ({ ...NO_FACTS, nodes: Object.fromEntries(entries) }));
    fc.assert(
      fc.property(facts, facts, (before, after) => {
        const difference = differenceOf(before, after);
        const sent = difference === undefined ? {} : JSON.parse(JSON.stringify(difference));
        expect(new Map(Object.entries(applied(before, sent).nodes))).toEqual(new Map(Object.entries(after.nodes)));
      }),
    );
  });
});
