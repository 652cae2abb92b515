import { describe, expect, it } from 'vitest';
import { aBalancer, anAllocation, written } from '../../test/builders/addresses.ts';
import { given, older, shown } from '../../test/builders/allocated.ts';
import { aService } from '../../test/builders/object.ts';
import type { Service } from '../api/core.ts';
import { ALLOCATION_ANNOTATIONS } from '../api/names.ts';
import { allocate } from './allocate.ts';

/** Without a class, with an external IP, and with these annotations. */
function named(name: string, annotations: Readonly<Record<string, string>>): Service {
  const { metadata, ...rest } = aService(name, ['192.0.2.11'], {
    spec: { type: 'LoadBalancer', externalIPs: ['192.0.2.11'], ports: [{ port: name.charCodeAt(0) }] },
  });
  return { ...rest, metadata: { ...metadata, annotations: { ...metadata.annotations, ...annotations } } };
}

describe('Services share an address', () => {
  const udp = { ports: [{ port: 80, protocol: 'UDP' }] };
  const ask = { addresses: '192.0.2.11' };
  it.each<[string, readonly string[], readonly string[]]>([
    [
      'that both name, with two protocols',
      given([aBalancer('a', { asks: ask }), aBalancer('b', { asks: ask, spec: udp })]),
      ['shop/a 192.0.2.11', 'shop/b 192.0.2.11'],
    ],
    [
      'of two namespaces with one key',
      given([
        aBalancer('a', { asks: { ...ask, sharingKey: 'k' } }),
        aBalancer('b', { namespace: 'lab', asks: { ...ask, sharingKey: 'k' }, spec: udp }),
      ]),
      ['shop/a 192.0.2.11', 'lab/b 192.0.2.11'],
    ],
    [
      'of two namespaces not without a key',
      given([aBalancer('a', { asks: ask, created: older }), aBalancer('b', { namespace: 'lab', asks: ask, spec: udp })]),
      ['shop/a 192.0.2.11', 'lab/b'],
    ],
    [
      'not with the same port',
      given([aBalancer('a', { asks: ask, created: older }), aBalancer('b', { asks: ask })]),
      ['shop/a 192.0.2.11', 'shop/b'],
    ],
    [
      'and one with external IPs gets the same of a pool, if it names it',
      given([named('a', { [ALLOCATION_ANNOTATIONS.addresses]: '192.0.2.11' }), named('b', {})]),
      ['web/a 192.0.2.11', 'web/b'],
    ],
    [
      'with external IPs of the same group',
      given([
        aBalancer('a', { asks: ask, namespace: 'web' }),
        aService('b', ['192.0.2.11'], { spec: { type: 'ClusterIP', externalIPs: ['192.0.2.11'], ports: udp.ports } }),
      ]),
      ['web/a 192.0.2.11', 'web/b'],
    ],
  ])('%s', (_, found, expected) => expect(found).toEqual(expected));

  it('and the one that stays keeps it when the other leaves', () => {
    const first = anAllocation({ services: [aBalancer('a', { asks: ask }), aBalancer('b', { asks: ask, spec: udp })] });
    const both = written(first, allocate(first));
    expect(both.virtualIPs.map(({ spec }) => spec.claims?.map(({ service }) => service))).toEqual([['a', 'b']]);
    const left = { ...both, services: both.services.slice(1) };
    expect(shown(left)).toEqual(['shop/b 192.0.2.11']);
    expect(written(left, allocate(left)).virtualIPs.map(({ spec }) => spec.claims?.map(({ service }) => service))).toEqual([['b']]);
  });
});

it('each Service costs the same, however many share the address', () => {
  const [few, many] = [100, 400].map((size) => readsOfEach(size));
  expect(many).toBeLessThan((few ?? 0) * 1.1);
});

/** How often the spec of each of so many Services with one address is read, when all are new and when all have it. */
function readsOfEach(size: number): number {
  let reads = 0;
  const counted = (service: Service): Service => ({
    ...service,
    get spec() {
      reads++;
      return service.spec ?? {};
    },
  });
  const sharing = Array.from({ length: size }, (_, index) =>
    aBalancer(`s${index}`, { asks: { addresses: '192.0.2.11' }, spec: { ports: [{ port: index + 1, protocol: 'TCP' }] } }),
  );
  const input = anAllocation({ services: sharing.map(counted) });
  const given = allocate(input);
  expect(given.services).toHaveLength(size);
  const after = written({ ...input, services: sharing }, given);
  expect(allocate({ ...after, services: after.services.map(counted) }).services).toEqual([]);
  expect(allocate({ ...after, virtualIPs: [], services: after.services.map(counted) }).ledger).toHaveLength(1);
  return reads / size;
}
