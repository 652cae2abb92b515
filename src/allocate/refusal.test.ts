import { describe, expect, it } from 'vitest';
import { aBalancer, aPool, aVirtualIP, claimedBy } from '../../test/builders/addresses.ts';
import { told } from '../../test/builders/allocated.ts';
import { aNode } from '../../test/builders/object.ts';
import { inAddressesOf, POOL_CASES, poolCase } from '../../test/builders/pool-case.ts';

describe('the owner reads', () => {
  it.each<[string, readonly string[], string]>([
    [
      'that there is no pool',
      told([aBalancer('a')], { pools: [] }),
      'a NoPool: there is no AddressPool; make one, and the Service gets an address of it',
    ],
    [
      'that the pool is used up',
      told([aBalancer('a')], {
        pools: [aPool(['192.0.2.10'])],
        virtualIPs: [claimedBy('192.0.2.10', 'b')],
        services: [aBalancer('a'), aBalancer('b')],
      }),
      'a PoolExhausted: no AddressPool can give the Service an IPv4 address: every IPv4 address of pool lan is taken; add addresses to the pool, or delete Services that are not needed',
    ],
    [
      'that the pool has no such family',
      told([aBalancer('a', { spec: { ipFamilies: ['IPv6'] } })]),
      'a NoPool: no AddressPool can give the Service an IPv6 address: pool lan has no IPv6 addresses',
    ],
    [
      'that the pool does not admit it',
      told([aBalancer('a')], { pools: [aPool(['192.0.2.10'], { namespaces: ['other'] })] }),
      'a NoPool: no AddressPool can give the Service an IPv4 address: pool lan does not admit the Service (see its namespaces and selectors)',
    ],
    [
      'that its pool does not exist',
      told([aBalancer('a', { asks: { pool: 'lam' } })]),
      'a PoolMissing: annotation keepalived-operator.redhat-cop.io/addresspool names AddressPool lam, which does not exist; correct the name or make the pool',
    ],
    [
      'that no pool holds its address',
      told([aBalancer('a', { spec: { loadBalancerIP: '203.0.113.1' } })]),
      'a AddressNotInPool: no AddressPool holds 203.0.113.1; choose an address of a pool, or have an administrator add it to one',
    ],
    [
      'who has its address',
      told([aBalancer('a', { asks: { addresses: '192.0.2.10' } }), aBalancer('b')], { virtualIPs: [claimedBy('192.0.2.10', 'b')] }),
      'a AddressConflict: 192.0.2.10 belongs to Service shop/b; both Services use port 80/TCP: change one of the two to share the address',
    ],
    [
      'for whom its address is reserved',
      told([aBalancer('a', { asks: { addresses: '192.0.2.10' } })], {
        virtualIPs: [aVirtualIP('192.0.2.10', { reservation: { namespace: 'lab' } }, false)],
      }),
      'a AddressReserved: VirtualIP 192.0.2.10 reserves the address for namespace lab; choose another address',
    ],
    [
      'for whom its address is kept',
      told([aBalancer('a', { asks: { addresses: '192.0.2.10' } })], {
        virtualIPs: [aVirtualIP('192.0.2.10', { keptFor: { namespace: 'lab', service: 'x', until: '2026-01-01T01:00:00Z' } })],
      }),
      'a AddressReserved: 192.0.2.10 is kept for Service lab/x until 2026-01-01T01:00:00Z; choose another address',
    ],
    [
      'that its address is a Node’s',
      told([aBalancer('a', { asks: { addresses: '192.0.2.10' } })], {
        nodes: [aNode('n1', { addresses: ['192.0.2.10'] })],
        pools: [aPool(['192.0.2.10-192.0.2.11'], { excludedAddresses: [] })],
      }),
      'a AddressReserved: 192.0.2.10 is an address of Node n1, which no Service may have; choose another address',
    ],
    [
      'that it asks for two addresses of a family',
      told([aBalancer('a', { asks: { addresses: '192.0.2.10, 192.0.2.11' } })]),
      'a InvalidAddress: the Service asks for 192.0.2.10 and 192.0.2.11, and can have one IPv4 address; name one of them in annotation keepalived-operator.redhat-cop.io/addresses or spec.loadBalancerIP',
    ],
    [
      'that its namespace has as many as it may have',
      told([aBalancer('a'), aBalancer('b')], { pools: [aPool(['192.0.2.10-192.0.2.12'], { addressesPerNamespace: 1 })] }),
      'b TooManyAddresses: no AddressPool can give the Service an IPv4 address: namespace shop has 1 addresses of pool lan, and may have 1; to allow more, set "addressesPerNamespace: 2" in the pool',
    ],
    [
      'that the group of the pool is missing',
      told([], { groups: [] }),
      'lan GroupMissing: KeepalivedGroup web/vips does not exist, so the pool gives no address; correct spec.group or make the group',
    ],
    [
      'that two pools overlap',
      told([], { pools: [aPool(['192.0.2.10-192.0.2.12']), aPool(['192.0.2.12-192.0.2.14'], { name: 'other' })] }),
      'lan PoolOverlap: 192.0.2.12 is also in pool other; remove it from one of the two',
    ],
    [
      'that a pool holds an address of a Node',
      told([], { nodes: [aNode('n1', { addresses: ['192.0.2.11'] })] }),
      'lan PoolOverlap: 192.0.2.11 is never given out, because it is an address of Node n1; list it in spec.excludedAddresses',
    ],
  ])('%s', (_, found, expected) => expect(found).toContain(expected));
});

describe('a Service that asks for', () => {
  it.each(POOL_CASES)('$name', (one) => {
    const { pool, service } = poolCase(one, 7);
    const found = told([service], { pools: [pool], namespaces: [{ metadata: { name: 'shop', labels: { team: 'a' } } }] });
    expect(found).toEqual(one.sentence === undefined ? [] : [expect.stringContaining(inAddressesOf(7, one.sentence))]);
  });
});
