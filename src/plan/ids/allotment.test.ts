import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aGroup, anInput, aPod, aReport, aService } from '../../../test/builders/object.ts';
import type { Service } from '../../api/core.ts';
import type { FencesSpec } from '../../api/group/keepalived-group.ts';
import type { PlanInput } from '../input.ts';
import { type Plan, plan } from '../plan.ts';
import { KEPT } from './allotment.ts';
import { carriersAlone, isCarrier, MOST_CARRIERS } from './carrier.ts';

let last = 0;
/** That many Services of a namespace, each with an address of its own; `dedicated` ones can share no virtual router. */
const many = (namespace: string, count: number, kind: 'dedicated' | 'shareable'): Service[] =>
  Array.from({ length: count }, (_, index) => {
    last += 1;
    const annotations = kind === 'dedicated' ? { verbatim: '{"advert_int": "1"}' } : {};
    const service = aService(`${kind}${String(index).padStart(3, '0')}`, [`10.${last >> 16}.${(last >> 8) & 255}.${last & 255}`], {
      annotations,
    });
    return { ...service, metadata: { ...service.metadata, namespace } };
  });
const planOf = (services: readonly Service[], fences: FencesSpec = {}, more: Partial<PlanInput> = {}): Plan =>
  plan(anInput({ group: aGroup({ spec: { fences } }), services, ...more }));
/** The plan after the one of `before`, whose ids were saved. */
const next = (before: Plan, services: readonly Service[], fences: FencesSpec = {}, more: Partial<PlanInput> = {}): Plan =>
  planOf(services, fences, { ...more, group: aGroup({ spec: { fences }, status: { routerIDs: before.routerIds, homes: before.homes } }) });
/** How many ids of its own a namespace has. */
const idsOf = ({ routers }: Plan, namespace: string): number => routers.filter(({ name }) => name.startsWith(`${namespace}/`)).length;
const carriersOf = ({ routerIds }: Plan): number => Object.keys(routerIds).filter(isCarrier).length;
const carried = ({ routers }: Plan): number => routers.flatMap(({ addresses }) => addresses).length;
const carriedOf = ({ routers }: Plan, namespace: string): number =>
  routers.flatMap(({ services }) => services).filter(({ service }) => service.namespace === namespace).length;
const told = ({ problems }: Plan): Record<string, number> =>
  Object.fromEntries(
    [...Map.groupBy(problems, ({ object, reason }) => `${object.namespace} ${reason}`)].map(([key, all]) => [key, all.length]),
  );
const TWO: FencesSpec = { routersPerNamespace: 2 };

describe('virtual routers that a namespace may have', () => {
  it.each<[string, readonly Service[], FencesSpec, Readonly<Record<string, number>>]>([
    ['are as many as it asks for, where the group says nothing', many('shop', 100, 'dedicated'), {}, {}],
    ['are as many as the group says', many('shop', 2, 'dedicated'), TWO, {}],
    ['are no more: what can not share is refused', many('shop', 3, 'dedicated'), TWO, { 'shop TooManyRouters': 1 }],
    ['are no more: what can share does', many('shop', 9, 'shareable'), TWO, {}],
    ['are no more, of both kinds', [...many('shop', 1, 'dedicated'), ...many('shop', 9, 'shareable')], TWO, {}],
    [
      'may be none',
      [...many('shop', 2, 'shareable'), ...many('web', 1, 'dedicated')],
      { routersPerNamespace: 0 },
      { 'web TooManyRouters': 1 },
    ],
    [
      'are counted for each namespace',
      [...many('shop', 3, 'dedicated'), ...many('web', 2, 'dedicated')],
      TWO,
      { 'shop TooManyRouters': 1 },
    ],
  ])('%s', (_, services, fences, problems) => {
    const planned = planOf(services, fences);
    expect(told(planned)).toEqual(problems);
    expect(carried(planned)).toBe(services.length - Object.values(problems).reduce((sum, count) => sum + count, 0));
    const most = fences.routersPerNamespace ?? 255;
    for (const namespace of ['shop', 'web']) expect(idsOf(planned, namespace)).toBeLessThanOrEqual(most);
    expect(next(planned, services, fences)).toMatchObject({ routers: planned.routers, routerIds: planned.routerIds });
  });

  it('are kept when the group says less than there are', () => {
    const services = [...many('shop', 5, 'dedicated'), ...many('shop', 5, 'shareable')];
    const before = planOf(services);
    expect(next(before, services, TWO)).toMatchObject({ routers: before.routers, routerIds: before.routerIds, problems: [] });
  });

  it('are not made by Services that come and go while a node is silent', () => {
    const pods = [aPod('node1', 'r')];
    const first = planOf(many('shop', 2, 'dedicated'), TWO, { pods });
    const renamed = many('shop', 2, 'dedicated').map((one) => ({
      ...one,
      metadata: { ...one.metadata, name: `new-${one.metadata.name}` },
    }));
    expect(told(next(first, renamed, TWO, { pods }))).toEqual({ 'shop TooManyRouters': 2 });
    expect(told(next(first, renamed, TWO, { pods, reports: [aReport('node1', 'r')] }))).toEqual({});
  });

  it('are refused with what to write to allow one more', () => {
    const [problem] = planOf(many('shop', 3, 'dedicated'), TWO).problems;
    expect(problem?.message).toContain('namespace shop has 2 dedicated ones of KeepalivedGroup web/vips, and the limit is 2');
    expect(problem?.message).toContain('have the group\'s owner set "routersPerNamespace: 3" in spec.fences');
  });
});

describe('the last ids', () => {
  it('are for others, where the group says nothing: one namespace leaves room for carriers and for some that can not share', () => {
    const planned = planOf(many('shop', 300, 'dedicated'));
    expect(idsOf(planned, 'shop')).toBe(255 - MOST_CARRIERS - KEPT);
    expect(planned.problems[0]).toMatchObject({
      reason: 'TooManyRouters',
      message: expect.stringContaining('reserved for other namespaces'),
    });
    expect(planned.problems[0]?.message).toContain('"routersPerNamespace: 216"');
  });

  it('are anybody’s where the group says so', () => {
    expect(idsOf(planOf(many('shop', 255, 'dedicated'), { routersPerNamespace: 255 }), 'shop')).toBe(255);
  });

  it('are kept by the namespace that has them', () => {
    const services = many('shop', 255, 'dedicated');
    const before = planOf(services, { routersPerNamespace: 255 });
    expect(next(before, services)).toMatchObject({ routerIds: before.routerIds, problems: [] });
  });

  it('are a quarter where others on the segment have most', () => {
    const theirs = Object.fromEntries(Array.from({ length: 235 }, (_, index) => [`web/x${index}`, index + 1]));
    const otherGroups = [aGroup({ name: 'other', status: { routerIDs: theirs } })];
    expect(idsOf(planOf(many('shop', 30, 'dedicated'), {}, { otherGroups }), 'shop')).toBe(15);
  });
});

describe('a tenant', () => {
  const greedy = fc.record({ dedicated: fc.nat(300), shareable: fc.nat(300), name: fc.constantFrom('evil', 'zealous') });
  const asked = fc.record({ dedicated: fc.nat(4), shareable: fc.nat(300) });

  it('gets some ids, and all else is carried, however much another asks for, before or at the same time', () => {
    fc.assert(
      fc.property(greedy, asked, fc.boolean(), (rival, own, isLater) => {
        const theirs = [...many(rival.name, rival.dedicated, 'dedicated'), ...many(rival.name, rival.shareable, 'shareable')];
        const ours = [...many('shop', own.dedicated, 'dedicated'), ...many('shop', own.shareable, 'shareable')];
        const planned = isLater ? next(planOf(theirs), [...theirs, ...ours]) : planOf([...theirs, ...ours]);
        expect(planned.problems.filter(({ object }) => object.namespace === 'shop')).toEqual([]);
        expect(carriedOf(planned, 'shop')).toBe(ours.length);
      }),
      { numRuns: 40 },
    );
  });

  it('gets as many ids as the group says, while there are as many for each, whoever comes first', () => {
    const asks = fc.array(fc.record({ dedicated: fc.nat(60), shareable: fc.nat(60) }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(asks, fc.nat(9), fc.boolean(), (tenants, at, isLater) => {
        const most = Math.floor((255 - MOST_CARRIERS) / tenants.length);
        const all = tenants.map(({ dedicated, shareable }, index) => [
          ...many(`t${index}`, dedicated, 'dedicated'),
          ...many(`t${index}`, shareable, 'shareable'),
        ]);
        const fences = { routersPerNamespace: most };
        const others = all.filter((_, index) => index !== at % tenants.length).flat();
        const planned = isLater ? next(planOf(others, fences), all.flat(), fences) : planOf(all.flat(), fences);
        for (const [index, { dedicated, shareable }] of tenants.entries()) {
          const own = planned.routers.filter(({ name, verbatim }) => name.startsWith(`t${index}/`) && verbatim.length > 0);
          expect(own).toHaveLength(Math.min(dedicated, most));
          expect(idsOf(planned, `t${index}`)).toBeLessThanOrEqual(most);
          expect(told(planned)[`t${index} TooManyRouters`] ?? 0).toBe(dedicated - own.length);
          expect(carriedOf(planned, `t${index}`)).toBe(own.length + shareable);
        }
        expect(planned.problems.filter(({ reason }) => reason !== 'TooManyRouters')).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('has carriers made for all when it is over its number, and moves nobody who is there', () => {
    const theirs = many('web', 20, 'shareable');
    const before = planOf(theirs);
    expect(carriersOf(before)).toBe(0);
    const after = next(before, [...theirs, ...many('shop', 9, 'shareable')], TWO);
    expect(carriersOf(after)).toBe(carriersAlone(3));
    for (const [name, id] of Object.entries(before.routerIds)) expect(after.routerIds[name]).toBe(id);
  });
});
