import { describe, expect, it } from 'vitest';
import { SERVICE_ANNOTATIONS } from '../../src/api/names.ts';
import { changedIds, collisionsIn, complaintsIn, homeOf, type Objects } from './peace.ts';

const VIP = '192.0.2.200';
const NODES = ['node1', 'node2'];
const held = (...nodes: string[]) => new Map(NODES.map((node) => [node, new Set(nodes.includes(node) ? [VIP] : [])]));
const condition = (type: string, status = 'True', reason = 'Good') => ({
  type,
  status,
  reason,
  message: `${type} it is`,
  lastTransitionTime: '',
});
const service = (name: string, port: number, ...externalIPs: string[]) => ({
  metadata: { name, namespace: 'web', annotations: { [SERVICE_ANNOTATIONS.group]: 'web/vips' } },
  spec: { externalIPs, ports: [{ port }] },
});
const CONDITIONS = ['Ready', 'Available', 'AddressesOwned', 'UpToDate', 'ReconcileSuccess', 'Accepted'].map((type) => condition(type));

function objects({
  conditions = CONDITIONS,
  node = 'node1',
  to = 'node1',
  owner = 'node1',
  services = [service('web', 80, VIP)],
} = {}): Objects {
  return {
    group: {
      metadata: { name: 'vips', namespace: 'web', generation: 1 },
      spec: {},
      status: {
        observedGeneration: 1,
        conditions,
        homes: { 'web/web': ['node1', 'node2'] },
        routerIDs: { 'web/web': 1 },
        virtualRouters: [
          { name: 'web/web', addresses: [VIP], node },
          { name: 'web/web/ipv6', addresses: ['2001:db8::200'], node },
        ],
      },
    },
    services,
    virtualIPs: [
      {
        metadata: { name: VIP },
        spec: { address: VIP },
        status: { node: owner, state: 'Owned', moves: [{ to, time: '', cause: 'Drained' }] },
      },
    ],
    nodes: NODES.map((name) => ({ metadata: { name }, status: { conditions: [condition('Ready')] } })),
  } as unknown as Objects;
}

describe('in peace', () => {
  it('there is nothing to complain about', () => {
    expect(complaintsIn(objects(), held('node1'), NODES)).toEqual([]);
  });

  it('a node that is lost again and again is a hint', () => {
    const conditions = [...CONDITIONS.filter(({ type }) => type !== 'Accepted'), condition('Accepted', 'False', 'NodeUnsteady')];
    expect(complaintsIn(objects({ conditions }), held('node1'), NODES)).toEqual([]);
  });

  it.each([
    ['nobody holds the address', objects(), held(), ['192.0.2.200 is held by nobody, expected one node']],
    ['two hold it', objects(), held('node1', 'node2'), ['192.0.2.200 is held by node1, node2, expected one node']],
    [
      'the group names another node',
      objects({ node: 'node2' }),
      held('node1'),
      ['the group says that node2 has 192.0.2.200, held by node1'],
    ],
    [
      'its record names another node',
      objects({ owner: 'node2' }),
      held('node1'),
      ['VirtualIP 192.0.2.200 says Owned by node2, held by node1'],
    ],
    ['its last move is another one', objects({ to: 'node2' }), held('node1'), ['the last move of 192.0.2.200 is to node2, held by node1']],
    [
      'the group is not Ready',
      objects({ conditions: [condition('Ready', 'False'), ...CONDITIONS.slice(1)] }),
      held('node1'),
      ['Ready of the group is False: Ready it is'],
    ],
    ['its Service is gone', objects({ services: [] }), held(), ['VirtualIP 192.0.2.200 says node1, but no Service has it']],
  ])('it is told that %s', (_, api, holders, told) => {
    expect(complaintsIn(api, holders, NODES)).toEqual(told);
  });
});

it('Services collide by address and port', () => {
  expect(collisionsIn({ services: [service('one', 80, VIP), service('two', 80, VIP)] })).toEqual([
    'web/one and web/two have 80/TCP of 192.0.2.200',
  ]);
  expect(collisionsIn({ services: [service('one', 80, VIP), service('two', 81, VIP)] })).toEqual([]);
});

it('an id or a home that changed is told', () => {
  const { group } = objects();
  const other = { ...group, status: { ...group.status, routerIDs: { 'web/web': 2 } } };
  expect(changedIds(group, group, ['web/web'])).toEqual([]);
  expect(changedIds(group, other, ['web/web'])).toHaveLength(1);
});

it('an address is at home where its virtual router is', () => {
  expect(homeOf(objects().group, VIP)).toBe('node1');
  expect(homeOf(objects().group, '2001:db8::200')).toBe('node1');
  expect(homeOf(objects().group, '192.0.2.1')).toBeUndefined();
});
