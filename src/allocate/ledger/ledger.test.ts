import { describe, expect, it } from 'vitest';
import { aBalancer, anAllocation, aVirtualIP, claimedBy } from '../../../test/builders/addresses.ts';
import { given, older } from '../../../test/builders/allocated.ts';
import { aGroup, aService } from '../../../test/builders/object.ts';
import { allocate } from '../allocate.ts';

describe('a VirtualIP', () => {
  const reserved = (spec: object) => [aVirtualIP('192.0.2.10', spec, false)];
  it.each<[string, readonly string[], readonly string[]]>([
    ['of a user keeps its address for nobody', given([aBalancer('a')], { virtualIPs: reserved({}) }), ['shop/a 192.0.2.11']],
    [
      'of a user keeps its address for a Service',
      given([aBalancer('a', { created: older }), aBalancer('b')], {
        virtualIPs: reserved({ reservation: { namespace: 'shop', service: 'b' } }),
      }),
      ['shop/a 192.0.2.11', 'shop/b 192.0.2.10'],
    ],
    [
      'of a user keeps its address for a namespace',
      given([aBalancer('a', { namespace: 'lab', created: older }), aBalancer('b')], {
        virtualIPs: reserved({ reservation: { namespace: 'shop' } }),
      }),
      ['lab/a 192.0.2.11', 'shop/b 192.0.2.10'],
    ],
    [
      'reserves until its time is over',
      given([aBalancer('a')], { virtualIPs: reserved({ reservation: { until: '2026-01-01T00:00:00Z' } }) }),
      ['shop/a 192.0.2.10'],
    ],
    [
      'takes no address from the Service that has it',
      given([aBalancer('a')], {
        virtualIPs: [{ ...claimedBy('192.0.2.10', 'a'), spec: { ...claimedBy('192.0.2.10', 'a').spec, reservation: {} } }],
      }),
      ['shop/a 192.0.2.10'],
    ],
    [
      'is made for every address that a group carries',
      allocate(
        anAllocation({ services: [aService('e', ['203.0.113.5'])], groups: [aGroup({ status: { holders: { '203.0.113.5': 'web/e' } } })] }),
      ).ledger.map(({ kind, address, claims }) => `${kind} ${address} ${claims[0]?.source}`),
      ['create 203.0.113.5 ExternalIP'],
    ],
    [
      'stays if it is to be retained',
      allocate(
        anAllocation({
          virtualIPs: [
            aVirtualIP('192.0.2.10', { retain: true, keptFor: { namespace: 'shop', service: 'a', until: '2020-01-01T00:00:00Z' } }),
          ],
        }),
      ).ledger.map(({ kind }) => kind),
      [],
    ],
    [
      'that nobody needs any more is removed',
      allocate(
        anAllocation({
          virtualIPs: [aVirtualIP('192.0.2.10', { keptFor: { namespace: 'shop', service: 'a', until: '2020-01-01T00:00:00Z' } })],
        }),
      ).ledger.map(({ kind }) => kind),
      ['delete'],
    ],
    ['of a user is never removed', allocate(anAllocation({ virtualIPs: reserved({}) })).ledger.map(({ kind }) => kind), []],
  ])('%s', (_, found, expected) => expect(found).toEqual(expected));
});
