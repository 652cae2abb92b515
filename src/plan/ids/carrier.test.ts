import { describe, expect, it } from 'vitest';
import { aGroup, aLoadBalancer, aNode, anInput, aPod, aReport, aService, manyServices } from '../../../test/builders/object.ts';
import type { Service } from '../../api/core.ts';
import type { PlanInput } from '../input.ts';
import { type Plan, plan } from '../plan.ts';
import { KEPT, RESERVE } from './allotment.ts';
import { carriersAlone, isCarrier } from './carrier.ts';

const local = (name: string, address: string): Service =>
  aLoadBalancer(name, [address], { spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 30_001 } });

/** The plan after the one of `before`, whose ids were saved. */
const next = (before: Plan, more: Partial<PlanInput>, spec = {}): Plan =>
  plan(anInput({ ...more, group: aGroup({ spec, status: { routerIDs: before.routerIds, homes: before.homes } }) }));
/** A namespace may have every id. */
const UNFENCED = { fences: { routersPerNamespace: 255 } };
const planOf = (services: readonly Service[], more: Partial<PlanInput> = {}): Plan => plan(anInput({ services, ...more }));
const carriersOf = ({ routers }: Plan) => routers.filter(({ name }) => name.startsWith('carrier:'));
/** Router by address. */
const placesOf = ({ routers }: Plan) => new Map(routers.flatMap(({ name, addresses }) => addresses.map((address) => [address, name])));
/** As many as a group of the three nodes begins with. */
const CARRIERS = carriersAlone(3);
const OWN = 255 - 32 - RESERVE;

describe('more Services than ids', () => {
  const full = manyServices(1000);
  const usual = planOf(full);

  it('share carriers, and none is left out', () => {
    expect(usual.problems).toEqual([]);
    expect(new Set(usual.routers.flatMap(({ addresses }) => addresses)).size).toBe(1000);
    expect(usual.routers.filter(({ name }) => !isCarrier(name))).toHaveLength(255 - CARRIERS - RESERVE);
    expect(new Set(usual.routers.map(({ id }) => id)).size).toBe(usual.routers.length);
    expect(Math.max(...carriersOf(usual).map(({ addresses }) => addresses.length))).toBeLessThan(60);
  });

  it('have ids of their own while there are enough', () => {
    const services = manyServices(OWN);
    expect(carriersOf(planOf(services))).toEqual([]);
    expect(planOf(services).routers.map(({ id }) => id)).toEqual(services.map((_, index) => index + 1));
  });

  it('have what they have for good: the plan of what was saved is the same', () => {
    expect(next(usual, { services: full })).toMatchObject({ routers: usual.routers, routerIds: usual.routerIds });
  });

  it('do not move when others come and go', () => {
    const services = [...full.filter((_, index) => index % 7 !== 0), ...manyServices(50, {}, 'new').map(elsewhere)];
    const places = placesOf(next(usual, { services }));
    for (const [address, place] of placesOf(usual))
      if (places.has(address)) expect(`${address} ${places.get(address)}`).toBe(`${address} ${place}`);
  });

  it('keep the ids that they had when there were fewer', () => {
    const few = planOf(manyServices(OWN));
    const many = next(few, { services: full });
    for (const [name, id] of Object.entries(few.routerIds)) expect(many.routerIds[name]).toBe(id);
    expect(carriersOf(many)).toHaveLength(CARRIERS);
  });

  it('leave carriers, all at once, when every node has left them', () => {
    const few = full.slice(0, OWN);
    const pods = [aPod('node1', 'r')];
    const still = next(usual, { services: few, pods, reports: [aReport('node1', 'r', [{ virtualRouterId: 255 }])] });
    expect(Object.keys(still.routerIds).filter(isCarrier)).toHaveLength(CARRIERS);
    expect(carriersOf(still)).toEqual([]);
    const gone = next(usual, { services: few, pods, reports: [aReport('node1', 'r')] });
    expect(Object.keys(gone.routerIds).filter(isCarrier)).toEqual([]);
  });

  it('say whose addresses a carrier has', () => {
    const [first] = carriersOf(usual);
    expect(first?.services.flatMap(({ addresses }) => addresses).toSorted()).toEqual(first?.addresses.toSorted());
    expect(first?.services.every(({ service }) => service.kind === 'Service')).toBe(true);
  });

  it('have carriers of both families under one id', () => {
    const both = [...full, aService('both', ['203.0.113.1', '2001:db8::1'])];
    const { routers } = next(usual, { services: both });
    const [four, six] = ['203.0.113.1', '2001:db8::1'].map((address) => routers.find(({ addresses }) => addresses.includes(address)));
    expect(six?.name).toBe(`${four?.name}/ipv6`);
    expect(six).toMatchObject({ id: four?.id, ranks: four?.ranks, version: 3 });
  });

  it('leave ids for those that can not share one, and tell those that come too late', () => {
    const dedicated = Array.from({ length: RESERVE + 1 }, (_, index) =>
      local(`local${String(index).padStart(2, '0')}`, `203.0.113.${index}`),
    );
    const { problems, routers } = next(usual, { services: [...full, ...dedicated] }, UNFENCED);
    expect(problems.map(({ object, reason }) => `${object.name} ${reason}`)).toEqual([`local${RESERVE} RouterIdsExhausted`]);
    expect(routers.filter(({ trackFile }) => trackFile !== undefined)).toHaveLength(RESERVE);
    const fenced = next(usual, { services: [...full, ...dedicated] });
    expect(fenced.problems.map(({ object, reason }) => `${object.name} ${reason}`)[0]).toBe(`local0${RESERVE - KEPT} TooManyRouters`);
  });

  it('may all need ids of their own, up to the last id', () => {
    const dedicated = Array.from({ length: 256 }, (_, index) => local(`l${String(index).padStart(3, '0')}`, `198.18.1.${index}`));
    const { problems, routers } = planOf(dedicated, { group: aGroup({ spec: UNFENCED }) });
    expect(routers.map(({ id }) => id)).toEqual(Array.from({ length: 255 }, (_, index) => index + 1));
    expect(problems.map(({ object, reason }) => `${object.name} ${reason}`)).toEqual(['l255 RouterIdsExhausted']);
  });

  it('make do with the ids that another group left', () => {
    const taken = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`web/x${index}`, index + 1]));
    const { problems, routers } = planOf(full, { otherGroups: [aGroup({ name: 'other', status: { routerIDs: taken } })] });
    expect(problems).toEqual([]);
    expect(routers.map(({ id }) => id)).toEqual([252, 253, 254, 255]);
    expect(routers.flatMap(({ addresses }) => addresses)).toHaveLength(1000);
  });

  it('are told when there is no id at all', () => {
    const taken = Object.fromEntries(Array.from({ length: 255 }, (_, index) => [`web/x${index}`, index + 1]));
    const { problems, routers } = planOf(full.slice(0, 1), { otherGroups: [aGroup({ name: 'other', status: { routerIDs: taken } })] });
    expect(routers).toEqual([]);
    expect(problems).toMatchObject([{ reason: 'RouterIdsExhausted', message: expect.stringContaining('free one') }]);
  });
});

describe('the carriers of a group', () => {
  it.each([
    [1, 32],
    [3, 30],
    [5, 30],
    [10, 30],
    [32, 32],
    [50, 32],
    [0, 32],
  ])('on %i nodes are %i: as many on each that has any', (count, carriers) => {
    const nodes = Array.from({ length: count }, (_, index) => aNode(`node${index}`));
    const { homes } = planOf(manyServices(1000), { nodes });
    const routerIds = Object.keys(planOf(manyServices(1000), { nodes }).routerIds).filter(isCarrier);
    expect(routerIds).toHaveLength(carriers);
    const counts = Map.groupBy(routerIds, (name) => homes[name]?.[0]);
    expect(new Set([...counts.values()].map((some) => some.length)).size).toBe(1);
  });
});

describe('spread VIPs that have to share', () => {
  const usual = planOf(manyServices(1000));
  const spread = (count: number): Service =>
    aService(
      'spread',
      Array.from({ length: count }, (_, index) => `203.0.113.${index + 1}`),
      { annotations: { spread: 'true' } },
    );
  const ownersOf = ({ routers }: Plan): (string | undefined)[] =>
    routers.filter(({ addresses }) => addresses.some((text) => text.startsWith('203.0.113.'))).map(({ ranks }) => ranks[0]);

  it.each([2, 3, 5, 40])('are on different nodes of %i, as far as nodes go', (count) => {
    const nodes = Array.from({ length: count }, (_, index) => aNode(`node${index}`));
    const services = [...manyServices(1000), spread(Math.min(count, 32))];
    const owners = ownersOf(next(planOf(manyServices(1000), { nodes }), { services, nodes }));
    expect(new Set(owners).size).toBe(Math.min(count, 32));
  });

  it('have a carrier also while there is no node at all', () => {
    const { routers, problems } = next(usual, { services: [...manyServices(1000), spread(3)], nodes: [] });
    expect(problems).toEqual([]);
    expect(routers.flatMap(({ addresses }) => addresses)).toHaveLength(1003);
  });

  it('are on no carrier of another node than theirs when one is lost', () => {
    const services = [...manyServices(1000), spread(3)];
    const nodes = ['a', 'b', 'c', 'd'].map((name) => aNode(name));
    const lost = nodes.map((node, index) => (index === 0 ? aNode('a', { ready: false }) : node));
    const before = next(usual, { services, nodes });
    expect(placesOf(next(before, { services, nodes: lost }))).toEqual(placesOf(before));
  });
});

// --- internal ---

/** The same Service with another address. */
const elsewhere = (service: Service, index: number): Service => ({
  ...service,
  spec: { ...service.spec, externalIPs: [`198.19.0.${index}`] },
});
