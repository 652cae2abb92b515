import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aBalancer, anAllocation, aPool, written } from '../../test/builders/addresses.ts';
import { aGroup } from '../../test/builders/object.ts';
import type { Service } from '../api/core.ts';
import { byText } from '../net/text-order.ts';
import { allocate } from './allocate.ts';
import type { AllocationInput } from './input.ts';
import { statusAddresses } from './service/written.ts';

const [FLOOD, OTHERS, QUOTA] = [10_000, 50, 100];
/** At a second of 2025; a Service that comes with more of them is younger. */
const at = (second: number): string => new Date(Date.UTC(2025, 0, 1) + second * 1000).toISOString();
const others = (second: number, prefix = 'o'): Service[] =>
  Array.from({ length: OTHERS }, (_, index) => aBalancer(`${prefix}${index}`, { namespace: `team-${index % 10}`, created: at(second) }));
/** Each a second younger than the one before, in an order of names that says nothing of it. */
const flood = (from: number): Service[] =>
  Array.from({ length: FLOOD }, (_, index) =>
    aBalancer(`f${(index * 7919) % FLOOD}`, { namespace: 'flooding', created: at(from + index) }),
  );
const shown = (services: readonly Service[], prefix: string): Map<string, readonly string[]> =>
  new Map(
    services.flatMap((service) =>
      service.metadata.name.startsWith(prefix)
        ? [[`${service.metadata.namespace}/${service.metadata.name}`, statusAddresses(service)] as const]
        : [],
    ),
  );
const settled = (input: AllocationInput): AllocationInput => written(input, allocate(input));
const adding = (input: AllocationInput, services: readonly Service[]): AllocationInput => ({
  ...input,
  services: [...input.services, ...services],
});
const BEFORE = settled(anAllocation({ pools: [aPool(['198.18.0.0/20'], { addressesPerNamespace: QUOTA })], services: others(0) }));
const FLOODED = adding(BEFORE, flood(100));

describe(`${FLOOD} Services of one namespace`, () => {
  const allocation = allocate(FLOODED);
  const after = written(FLOODED, allocation);

  it('get as many addresses as the pool lets one namespace have, the oldest first', () => {
    const oldest = flood(100)
      .slice(0, QUOTA)
      .map(({ metadata }) => `flooding/${metadata.name}`);
    const served = [...shown(after.services, 'f')].filter(([, addresses]) => addresses.length > 0).map(([key]) => key);
    expect(served.sort(byText)).toEqual(oldest.sort(byText));
  });

  it('take nothing from others, who are not even written', () => {
    expect(shown(after.services, 'o')).toEqual(shown(BEFORE.services, 'o'));
    expect(allocation.services.filter(({ object }) => object.namespace !== 'flooding')).toEqual([]);
    expect(allocation.ledger.filter(({ kind }) => kind !== 'create')).toEqual([]);
  });

  it('make as many writes as they get addresses, and then none', () => {
    expect([allocation.ledger.length, allocation.services.length]).toEqual([QUOTA, QUOTA]);
    const { ledger, services } = allocate(after);
    expect([ledger, services]).toEqual([[], []]);
  });

  it('are told once each, in the same short sentence as long as nothing changes', () => {
    const again = allocate(after).problems;
    expect(again).toEqual(allocation.problems);
    expect(again).toHaveLength(FLOOD - QUOTA);
    expect([...new Set(again.map(({ reason }) => reason))]).toEqual(['TooManyAddresses']);
    const sentences = [...new Set(again.map(({ message }) => message))];
    expect(sentences).toHaveLength(1);
    expect(sentences[0]?.length).toBeLessThan(400);
  });

  it('leave room for younger ones of others', () => {
    const end = settled(adding(after, others(FLOOD + 1000, 'late')));
    expect([...shown(end.services, 'late').values()].filter((addresses) => addresses.length !== 1)).toEqual([]);
  });

  it('take all that is free where the pool and the group set no limit, and still nothing that others have', () => {
    const pools = [aPool(['198.18.0.0/23'])];
    const input = { ...BEFORE, pools, groups: [aGroup({ spec: { fences: { addressesPerNamespace: FLOOD } } })] };
    const whole = allocate(adding(input, flood(100)));
    const end = written(adding(input, flood(100)), whole);
    expect(shown(end.services, 'o')).toEqual(shown(BEFORE.services, 'o'));
    expect(whole.pools[0]?.ipv4).toEqual({ total: 510, used: 510, reserved: 0, free: 0 });
    const late = allocate(adding(end, [aBalancer('late', { namespace: 'team-1', created: at(0) })]));
    expect(late.ledger).toEqual([]);
    expect(late.problems.find(({ object }) => object.name === 'late')?.reason).toBe('PoolExhausted');
  });

  it('come to the same in every order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: FLOOD }), (cut) => {
        const { services } = FLOODED;
        const turned = { ...FLOODED, services: [...services.slice(cut), ...services.slice(0, cut)].toReversed() };
        expect(allocate(turned)).toEqual(allocation);
      }),
      { numRuns: 3 },
    );
  });
});
