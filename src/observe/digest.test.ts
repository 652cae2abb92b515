import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aReport } from '../../test/builders/object.ts';
import { digestOf } from './digest.ts';

const instance = fc.record({
  virtualRouterId: fc.integer({ min: 1, max: 4 }),
  addresses: fc.array(fc.constantFrom('192.0.2.1', '192.0.2.2', '192.0.2.3'), { maxLength: 3 }),
});

describe('the digest of what nodes say', () => {
  it('is the same for whoever of them has what, in whatever order', () => {
    fc.assert(
      fc.property(fc.array(instance, { maxLength: 6 }), fc.infiniteStream(fc.boolean()), (instances, choice) => {
        const together = [aReport('n1', 'r1', instances), aReport('n2', 'r1', instances.toReversed())];
        const [some, others] = [instances.filter(() => choice.next().value), instances];
        const apart = [aReport('n1', 'r1', some), aReport('n2', 'r1', others)];
        expect(digestOf(apart, [])).toBe(digestOf(together, []));
      }),
    );
  });

  it.each<[string, readonly object[]]>([
    ['id', [{ virtualRouterId: 2, addresses: ['192.0.2.1'] }]],
    ['address', [{ virtualRouterId: 1, addresses: ['192.0.2.2'] }]],
    ['instance', []],
  ])('is another one with another %s on one of them', (_, instances) => {
    const usual = [{ virtualRouterId: 1, addresses: ['192.0.2.1'] }];
    const before = [aReport('n1', 'r1', usual), aReport('n2', 'r1', usual)];
    const after = [aReport('n1', 'r1', instances), aReport('n2', 'r1', instances)];
    expect(digestOf(after, [])).not.toBe(digestOf(before, []));
  });
});
