import { describe, expect, it } from 'vitest';
import { aBalancer, anAllocation, aPool, withoutClass } from '../../test/builders/addresses.ts';
import { dual, given, older } from '../../test/builders/allocated.ts';
import { aGroup, aNode, aService } from '../../test/builders/object.ts';
import { ALLOCATED_GROUP_ANNOTATION, ALLOCATION_ANNOTATION, SERVICE_ANNOTATIONS } from '../api/names.ts';
import { allocate } from './allocate.ts';

const BOTH = [aPool(['192.0.2.10-192.0.2.12', '2001:db8::10-2001:db8::12'])];

describe('a Service gets', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['the first free address of a pool', given([aBalancer('a'), aBalancer('b')]), ['shop/a 192.0.2.10', 'shop/b 192.0.2.11']],
    ['nothing while there is no pool', given([aBalancer('a')], { pools: [] }), ['shop/a']],
    ['nothing if it has another class', given([aBalancer('a', { spec: { loadBalancerClass: 'example.com/other' } })]), ['shop/a']],
    ['nothing without a class', given([withoutClass(aBalancer('a'))]), ['shop/a']],
    [
      'an address without a class where the installation says so',
      given([withoutClass(aBalancer('a'))], { settings: { servesWithoutClass: true } }),
      ['shop/a 192.0.2.10'],
    ],
    [
      'an address without a class if it names a group that has a pool',
      given([withoutClass(aBalancer('a', { group: 'web/vips' }))]),
      ['shop/a 192.0.2.10'],
    ],
    ['nothing if it names a group without a pool', given([withoutClass(aBalancer('a', { group: 'web/other' }))]), ['shop/a']],
    [
      'no second address if another controller gave it one',
      given([withoutClass(aBalancer('a', { group: 'web/vips', ingress: ['203.0.113.1'] }))]),
      ['shop/a 203.0.113.1'],
    ],
    ['nothing while it is being deleted', given([aBalancer('a', { deleted: true })]), ['shop/a']],
    ['nothing if it is of another type', given([aBalancer('a', { spec: { type: 'ClusterIP' } })]), ['shop/a']],
    ['IPv6 if it asks for that', given([aBalancer('a', { spec: { ipFamilies: ['IPv6'] } })], { pools: BOTH }), ['shop/a 2001:db8::10']],
    [
      'both families, the primary one first',
      given([aBalancer('a', { spec: dual('RequireDualStack', 'IPv6', 'IPv4') })], { pools: BOTH }),
      ['shop/a 2001:db8::10 192.0.2.10'],
    ],
    [
      'none if it requires both and the pool has one',
      given([aBalancer('a', { spec: dual('RequireDualStack', 'IPv4', 'IPv6') }), aBalancer('b')]),
      ['shop/a', 'shop/b 192.0.2.10'],
    ],
    [
      'one if it prefers both and the pool has one',
      given([aBalancer('a', { spec: dual('PreferDualStack', 'IPv4', 'IPv6') })]),
      ['shop/a 192.0.2.10'],
    ],
    [
      'both families of two pools of one group',
      given([aBalancer('a', { spec: dual('RequireDualStack', 'IPv4', 'IPv6') })], {
        pools: [
          aPool(['192.0.2.10'], { priority: 1 }),
          aPool(['2001:db8::1'], { name: 'other', group: 'web/other' }),
          aPool(['2001:db8::2'], { name: 'six' }),
        ],
        groups: [aGroup(), aGroup({ name: 'other' })],
      }),
      ['shop/a 192.0.2.10 2001:db8::2'],
    ],
    [
      'the address that it names in spec.loadBalancerIP',
      given([aBalancer('a', { spec: { loadBalancerIP: '192.0.2.12' } })]),
      ['shop/a 192.0.2.12'],
    ],
    ['the address that it names by annotation', given([aBalancer('a', { asks: { addresses: '192.0.2.12' } })]), ['shop/a 192.0.2.12']],
    [
      'a named address before an older Service that names none',
      given([aBalancer('a', { created: older }), aBalancer('b', { asks: { addresses: '192.0.2.10' } })]),
      ['shop/a 192.0.2.11', 'shop/b 192.0.2.10'],
    ],
    [
      'one named address and one that is free',
      given([aBalancer('a', { asks: { addresses: '2001:db8::12' }, spec: dual('RequireDualStack', 'IPv4', 'IPv6') })], { pools: BOTH }),
      ['shop/a 192.0.2.10 2001:db8::12'],
    ],
    [
      'an address of the pool with the highest priority',
      given([aBalancer('a')], { pools: [aPool(['192.0.2.1']), aPool(['192.0.2.2'], { name: 'z', priority: 5 })] }),
      ['shop/a 192.0.2.2'],
    ],
    [
      'an address of the pool that it names, even one that gives on request',
      given([aBalancer('a', { asks: { pool: 'dmz' } })], {
        pools: [aPool(['192.0.2.1']), aPool(['192.0.2.2'], { name: 'dmz', assignment: 'OnRequest' })],
      }),
      ['shop/a 192.0.2.2'],
    ],
    [
      'none of a pool that gives on request',
      given([aBalancer('a')], { pools: [aPool(['192.0.2.2'], { assignment: 'OnRequest' })] }),
      ['shop/a'],
    ],
    [
      'an address of the next pool when the first is used up',
      given([aBalancer('a'), aBalancer('b')], { pools: [aPool(['192.0.2.1'], { priority: 1 }), aPool(['192.0.2.2'], { name: 'z' })] }),
      ['shop/a 192.0.2.1', 'shop/b 192.0.2.2'],
    ],
    [
      'an address of a pool that admits its namespace, by name or by label',
      given([aBalancer('a', { created: older }), aBalancer('b', { namespace: 'lab' }), aBalancer('c', { namespace: 'test' })], {
        pools: [aPool(['192.0.2.1-192.0.2.9'], { namespaces: ['shop'], namespaceSelector: { matchLabels: { tier: 'public' } } })],
        namespaces: [{ metadata: { name: 'lab', labels: { tier: 'public' } } }],
      }),
      ['shop/a 192.0.2.1', 'lab/b 192.0.2.2', 'test/c'],
    ],
    [
      'an address of a pool that selects its labels',
      given([aBalancer('a', { labels: { app: 'web' } }), aBalancer('b')], {
        pools: [aPool(['192.0.2.1-192.0.2.9'], { serviceSelector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } })],
      }),
      ['shop/a 192.0.2.1', 'shop/b'],
    ],
    [
      'neither the first nor the last address of a prefix',
      given([aBalancer('a'), aBalancer('b'), aBalancer('c')], { pools: [aPool(['192.0.2.0/30'])] }),
      ['shop/a 192.0.2.1', 'shop/b 192.0.2.2', 'shop/c'],
    ],
    [
      'the first address of a prefix where the pool says so',
      given([aBalancer('a')], { pools: [aPool(['192.0.2.0/30'], { useFirstAndLast: true })] }),
      ['shop/a 192.0.2.0'],
    ],
    [
      'both addresses of a /31',
      given([aBalancer('a'), aBalancer('b')], { pools: [aPool(['192.0.2.0/31'])] }),
      ['shop/a 192.0.2.0', 'shop/b 192.0.2.1'],
    ],
    [
      'no excluded address',
      given([aBalancer('a')], { pools: [aPool(['192.0.2.10-192.0.2.12'], { excludedAddresses: ['192.0.2.10/31'] })] }),
      ['shop/a 192.0.2.12'],
    ],
    ['no address of a Node', given([aBalancer('a')], { nodes: [aNode('n', { addresses: ['192.0.2.10'] })] }), ['shop/a 192.0.2.11']],
    [
      'no address of a host of the API server',
      given([aBalancer('a')], { settings: { apiServers: ['192.0.2.10'] } }),
      ['shop/a 192.0.2.11'],
    ],
    [
      'no gateway of a Node',
      given([aBalancer('a')], { groups: [aGroup({ status: { gateways: { '192.0.2.10': 'n' } } })] }),
      ['shop/a 192.0.2.11'],
    ],
    [
      'no address of pods',
      given([aBalancer('a')], { nodes: [{ ...aNode('n'), spec: { podCIDRs: ['192.0.2.8/30'] } }] }),
      ['shop/a 192.0.2.12'],
    ],
    ['no cluster IP', given([aBalancer('a', { spec: { clusterIPs: ['192.0.2.10'] } })]), ['shop/a 192.0.2.11']],
    [
      'no address that the group excludes',
      given([aBalancer('a')], { groups: [aGroup({ spec: { fences: { excludedAddresses: ['192.0.2.10'] } } })] }),
      ['shop/a 192.0.2.11'],
    ],
    ['nothing while the group does not exist', given([aBalancer('a')], { groups: [] }), ['shop/a']],
    [
      'no address that an external IP of the group names',
      given([aBalancer('a'), aService('b', ['192.0.2.10'])]),
      ['shop/a 192.0.2.11', 'web/b'],
    ],
    [
      'no address that another controller gave',
      given([aBalancer('a'), aBalancer('b', { spec: { loadBalancerClass: 'example.com/other' }, ingress: ['192.0.2.10'] })]),
      ['shop/a 192.0.2.11', 'shop/b 192.0.2.10'],
    ],
    [
      'an address out of 2^64 as fast as out of four',
      given([aBalancer('a', { spec: { ipFamilies: ['IPv6'] } })], {
        pools: [aPool(['2001:db8::/64'], { excludedAddresses: ['2001:db8::/65'] })],
      }),
      ['shop/a 2001:db8:0:0:8000::'],
    ],
  ])('%s', (_, found, expected) => expect(found).toEqual(expected));

  it('the group of its pool, and what was given, in the same write', () => {
    const [change] = allocate(anAllocation({ services: [aBalancer('a')] })).services;
    expect(change).toMatchObject({
      ingress: [{ ip: '192.0.2.10', ipMode: 'VIP' }],
      annotations: {
        [SERVICE_ANNOTATIONS.group]: 'web/vips',
        [ALLOCATED_GROUP_ANNOTATION]: 'web/vips',
        [ALLOCATION_ANNOTATION]: '192.0.2.10',
      },
      needs: ['192.0.2.10'],
    });
  });
});
