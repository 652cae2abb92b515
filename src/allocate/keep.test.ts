import { describe, expect, it } from 'vitest';
import { aBalancer, anAllocation, aPool, claimedBy, NOW, written } from '../../test/builders/addresses.ts';
import { dual, older, shown } from '../../test/builders/allocated.ts';
import { aGroup, aNode } from '../../test/builders/object.ts';
import type { Service } from '../api/core.ts';
import { ALLOCATED_GROUP_ANNOTATION, SERVICE_ANNOTATIONS } from '../api/names.ts';
import { allocate } from './allocate.ts';
import type { AllocationInput } from './input.ts';

describe('a Service keeps its address', () => {
  const settled = (services: readonly Service[], more: Partial<AllocationInput> = {}): AllocationInput => {
    const first = anAllocation({ services, ...more });
    return written(first, allocate(first));
  };
  const one = settled([aBalancer('a'), aBalancer('b')]);
  const change = (service: Service, spec: Service['spec'], annotations: Readonly<Record<string, string>> = {}): Service => ({
    ...service,
    metadata: { ...service.metadata, annotations: { ...service.metadata.annotations, ...annotations } },
    spec: { ...service.spec, ...spec },
  });
  const but = (input: AllocationInput, more: Partial<AllocationInput>): AllocationInput => ({ ...input, ...more });
  const [a, b] = one.services as readonly [Service, Service];

  it.each<[string, AllocationInput, readonly string[]]>([
    ['and nothing is written again', one, ['shop/a 192.0.2.10', 'shop/b 192.0.2.11']],
    [
      'when an older Service comes',
      but(one, { services: [...one.services, aBalancer('c', { created: older })] }),
      ['shop/a 192.0.2.10', 'shop/b 192.0.2.11', 'shop/c 192.0.2.12'],
    ],
    ['when the pool shrinks', but(one, { pools: [aPool(['192.0.2.11'])] }), ['shop/a 192.0.2.10', 'shop/b 192.0.2.11']],
    ['when the pool goes', but(one, { pools: [] }), ['shop/a 192.0.2.10', 'shop/b 192.0.2.11']],
    ['when the group goes', but(one, { groups: [] }), ['shop/a 192.0.2.10', 'shop/b 192.0.2.11']],
    [
      'when the pool no longer admits it',
      but(one, { pools: [aPool(['192.0.2.10-192.0.2.12'], { namespaces: ['other'] })] }),
      ['shop/a 192.0.2.10', 'shop/b 192.0.2.11'],
    ],
    ['when a Node lists it', but(one, { nodes: [aNode('n', { addresses: ['192.0.2.10'] })] }), ['shop/a 192.0.2.10', 'shop/b 192.0.2.11']],
    [
      'when somebody else names it',
      but(one, { services: [a, b, aBalancer('c', { created: older, asks: { addresses: '192.0.2.10' } })] }),
      ['shop/a 192.0.2.10', 'shop/b 192.0.2.11', 'shop/c'],
    ],
    [
      'when it asks for one that it can not have',
      but(one, { services: [change(a, { loadBalancerIP: '192.0.2.11' }), b] }),
      ['shop/a 192.0.2.10', 'shop/b 192.0.2.11'],
    ],
    [
      'when what it asks for is not an address',
      but(one, { services: [change(a, { loadBalancerIP: 'x' }), b] }),
      ['shop/a 192.0.2.10', 'shop/b 192.0.2.11'],
    ],
    [
      'when it then requires two families and there is one',
      but(one, { services: [change(a, dual('RequireDualStack', 'IPv4', 'IPv6')), b] }),
      ['shop/a 192.0.2.10', 'shop/b 192.0.2.11'],
    ],
    ['when its status is lost', but(one, { services: [aBalancer('a'), b] }), ['shop/a 192.0.2.10', 'shop/b 192.0.2.11']],
    ['when the ledger is lost', but(one, { virtualIPs: [], services: [b, a] }), ['shop/b 192.0.2.11', 'shop/a 192.0.2.10']],
    [
      'until it gets the one that it then asks for',
      but(one, { services: [change(a, { loadBalancerIP: '192.0.2.12' }), b] }),
      ['shop/a 192.0.2.12', 'shop/b 192.0.2.11'],
    ],
    [
      'until it gets one of the pool that it then names',
      but(one, {
        services: [change(a, {}, { 'keepalived-operator.redhat-cop.io/addresspool': 'dmz' }), b],
        pools: [...one.pools, aPool(['192.0.2.99'], { name: 'dmz' })],
      }),
      ['shop/a 192.0.2.99', 'shop/b 192.0.2.11'],
    ],
    [
      'if its type changes and it comes back',
      but(one, { services: [change(a, { type: 'ClusterIP' }), b] }),
      ['shop/a', 'shop/b 192.0.2.11'],
    ],
  ])('%s', (_, input, expected) => expect(shown(input)).toEqual(expected));

  it('that its status shows, of two that the ledger has for it', () => {
    const two = {
      ...one,
      virtualIPs: [claimedBy('192.0.2.12', 'b'), claimedBy('192.0.2.10', 'b'), claimedBy('192.0.2.11', 'b')],
      services: [b],
    };
    expect(shown(two)).toEqual(['shop/b 192.0.2.11']);
  });

  it('and at rest nothing is to be written', () => {
    const { ledger, services, problems } = allocate(one);
    expect([...ledger, ...services, ...problems]).toEqual([]);
  });

  it('in the ledger while its status shows it; afterwards it is kept for the Service', () => {
    const changed = but(one, { services: [change(a, { type: 'ClusterIP' }), b] });
    expect(allocate(changed).ledger).toEqual([]);
    const taken = written(changed, allocate(changed));
    expect(allocate(taken).ledger).toEqual([
      {
        kind: 'update',
        name: '192.0.2.10',
        address: '192.0.2.10',
        claims: [],
        keptFor: { namespace: 'shop', service: 'a', pool: 'lan', until: '2026-01-01T01:00:00Z' },
      },
    ]);
    expect(taken.services[0]?.metadata.annotations).toEqual({});
  });

  it('when its pool moves to another group, and follows it there', () => {
    const moved = but(one, {
      pools: [aPool(['192.0.2.10-192.0.2.12'], { group: 'web/other' })],
      groups: [aGroup(), aGroup({ name: 'other' })],
    });
    const after = written(moved, allocate(moved));
    expect(after.services[0]?.metadata.annotations).toMatchObject({
      [SERVICE_ANNOTATIONS.group]: 'web/other',
      [ALLOCATED_GROUP_ANNOTATION]: 'web/other',
    });
  });

  it('for as long as the pool says after it went, and gets it back', () => {
    const gone = but(one, { services: [b] });
    const kept = written(gone, allocate(gone));
    expect(allocate(gone).again).toBe(NOW + 3_600_000);
    expect(shown(but(kept, { services: [b, aBalancer('c', { created: older }), aBalancer('a')] }))).toEqual([
      'shop/b 192.0.2.11',
      'shop/c 192.0.2.12',
      'shop/a 192.0.2.10',
    ]);
    expect(allocate(but(kept, { now: NOW + 3_600_000 })).ledger).toMatchObject([{ kind: 'delete', name: '192.0.2.10' }]);
  });

  it('that a clock which was ahead kept for years no longer than the pool says, once the clock is right; one write does it', () => {
    const decade = 10 * 365.25 * 24 * 3_600_000;
    const gone = but(one, { services: [b], now: NOW + decade });
    const right = but(written(gone, allocate(gone)), { now: NOW });
    const changes = allocate(right);
    expect(changes.ledger).toMatchObject([
      { kind: 'update', name: '192.0.2.10', keptFor: { service: 'a', until: '2026-01-01T01:00:00Z' } },
    ]);
    const after = written(right, changes);
    expect(allocate(after).ledger).toEqual([]);
    expect(allocate(but(after, { pools: [], now: NOW - 60_000 })).ledger).toEqual([]);
    expect(shown(but(after, { services: [b, aBalancer('a')] }))).toEqual(['shop/b 192.0.2.11', 'shop/a 192.0.2.10']);
  });

  it('that is kept goes to another only when the pool has nothing else', () => {
    const gone = but(one, { services: [b] });
    const kept = written(gone, allocate(gone));
    expect(shown(but(kept, { services: [b, aBalancer('c'), aBalancer('d')] }))).toEqual([
      'shop/b 192.0.2.11',
      'shop/c 192.0.2.12',
      'shop/d 192.0.2.10',
    ]);
  });
});
