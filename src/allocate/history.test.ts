import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aBalancer, anAllocation, aPool, aVirtualIP, NOW, written } from '../../test/builders/addresses.ts';
import type { Service } from '../api/core.ts';
import { keyOf } from '../plan/reference.ts';
import { sharingObstacle } from '../plan/sharing/tenants.ts';
import { type Allocation, allocate } from './allocate.ts';
import type { AllocationInput } from './input.ts';
import { statusAddresses } from './service/written.ts';

/** What can happen to a cluster between two allocations. */
type Event =
  | { readonly kind: 'create' | 'delete' | 'loseStatus' | 'turnType'; readonly name: string }
  | { readonly kind: 'ask'; readonly name: string; readonly address: string }
  | { readonly kind: 'reserve' | 'forget'; readonly address: string }
  | { readonly kind: 'shrink' | 'grow' | 'removePool' | 'restore' | 'later' }
  /** How many of the writes are done before the manager is killed. */
  | { readonly kind: 'crash'; readonly writes: number };

const NAMES = ['a', 'b', 'c', 'd', 'e'];
const ADDRESSES = [10, 11, 12].map((last) => `192.0.2.${last}`);
const TCP = [{ port: 80, protocol: 'TCP' }];
const UDP = [{ port: 80, protocol: 'UDP' }];
/** Services with different ones may share an address that they both ask for. */
const PORTS: Readonly<Record<string, typeof TCP>> = { a: TCP, b: TCP, c: UDP, d: UDP, e: [{ port: 81, protocol: 'TCP' }] };
const name = fc.constantFrom(...NAMES);
const address = fc.constantFrom(...ADDRESSES);
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('create' as const, 'create' as const, 'delete' as const, 'loseStatus' as const, 'turnType' as const),
      name,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('ask' as const), name, address }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('reserve' as const, 'forget' as const), address }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'shrink' as const,
        'grow' as const,
        'grow' as const,
        'removePool' as const,
        'restore' as const,
        'later' as const,
      ),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('crash' as const), writes: fc.nat(6) }) },
);

const named = (input: AllocationInput, wanted: string, change: (service: Service) => readonly Service[]): AllocationInput => ({
  ...input,
  services: input.services.flatMap((service) => (service.metadata.name === wanted ? change(service) : [service])),
});

const SMALL = [aPool(['192.0.2.10'], { keepSeconds: 60 })];
const LARGE = [aPool(['192.0.2.10-192.0.2.12'], { keepSeconds: 60 })];

const without = ({ status: _, ...service }: Service): Service => service;
const turned = (service: Service): Service => ({
  ...service,
  spec: { ...service.spec, type: service.spec?.type === 'ClusterIP' ? 'LoadBalancer' : 'ClusterIP' },
});

/** What each event makes of a Service of its name. */
const OF_SERVICE: Readonly<Record<string, (service: Service, one: Event) => readonly Service[]>> = {
  delete: () => [],
  loseStatus: (service) => [without(service)],
  turnType: (service) => [turned(service)],
  ask: (service, one) => [{ ...service, spec: { ...service.spec, loadBalancerIP: 'address' in one ? one.address : '' } }],
};

/** What each event makes of the cluster. */
const OF_CLUSTER: Readonly<Record<string, (input: AllocationInput, address: string) => Partial<AllocationInput>>> = {
  forget: ({ virtualIPs }, lost) => ({ virtualIPs: virtualIPs.filter(({ spec }) => spec.address !== lost) }),
  reserve: ({ virtualIPs }, wanted) =>
    virtualIPs.some(({ spec }) => spec.address === wanted)
      ? {}
      : { virtualIPs: [...virtualIPs, aVirtualIP(wanted, { reservation: { namespace: 'shop', service: 'a' } }, false)] },
  shrink: () => ({ pools: SMALL }),
  grow: () => ({ pools: LARGE }),
  removePool: () => ({ pools: [] }),
  restore: ({ services }) => ({ services: services.map(without) }),
  later: ({ now }) => ({ now: now + 61_000 }),
};

function next(input: AllocationInput, one: Event, turn: number): AllocationInput {
  if (one.kind === 'crash') return writing(input, allocate(input), one.writes);
  const ofService = OF_SERVICE[one.kind];
  if ('name' in one && ofService !== undefined) return named(input, one.name, (service) => ofService(service, one));
  if ('name' in one) return created(input, one.name, turn);
  return { ...input, ...OF_CLUSTER[one.kind]?.(input, 'address' in one ? one.address : '') };
}

function created(input: AllocationInput, wanted: string, turn: number): AllocationInput {
  if (input.services.some(({ metadata }) => metadata.name === wanted)) return input;
  return {
    ...input,
    services: [
      ...input.services,
      aBalancer(wanted, { created: new Date(NOW + turn * 1000).toISOString(), spec: { ports: PORTS[wanted] ?? [] } }),
    ],
  };
}

/** The cluster after so many writes; what must hold, holds after each. */
function writing(input: AllocationInput, whole: Allocation, writes: number): AllocationInput {
  for (let done = 1; done <= writes; done++) expectEachOnce(written(input, partOf(whole, done)));
  return written(input, partOf(whole, writes));
}

/** The first writes, in the order in which they are made. */
const partOf = ({ ledger, services }: Allocation, writes: number): Pick<Allocation, 'ledger' | 'services'> => ({
  ledger: ledger.slice(0, writes),
  services: services.slice(0, Math.max(0, writes - ledger.length)),
});

/** Lets the manager work until nothing is to be written. */
function rested(input: AllocationInput): AllocationInput {
  let now = input;
  for (let round = 0; round < 6; round++) {
    const whole = allocate(now);
    const writes = whole.ledger.length + whole.services.length;
    if (writes === 0) return now;
    now = writing(now, whole, writes);
  }
  throw new Error('the manager writes for ever');
}

/** By address the Services that show it, or that the ledger says have it. */
function expectEachOnce({ services, virtualIPs }: AllocationInput): void {
  const seen = new Map<string, Set<Service>>();
  const byKey = new Map(services.map((service) => [keyOf(service), service]));
  const add = (text: string, service: Service | undefined): void => {
    if (service !== undefined) seen.set(text, (seen.get(text) ?? new Set()).add(service));
  };
  for (const service of services) for (const text of statusAddresses(service)) add(text, service);
  for (const { spec } of virtualIPs)
    for (const { namespace, service } of spec.claims ?? []) add(spec.address, byKey.get(`${namespace}/${service}`));
  for (const [text, tenants] of seen) {
    const all = [...tenants];
    const clash = all.find((one, index) => all.slice(index + 1).some((other) => sharingObstacle(one, other) !== undefined));
    if (clash !== undefined) throw new Error(`${text} is given twice: ${all.map(keyOf).join(', ')}`);
  }
}

/** None lost, none leaked: what a Service shows is in the ledger, which is what a restart knows, and what is there is shown. */
function expectAllKnown({ services, virtualIPs }: AllocationInput): void {
  const shown = services.flatMap((service) => statusAddresses(service).map((text) => `${text} ${service.metadata.name}`));
  const known = virtualIPs.flatMap(({ spec }) => (spec.claims ?? []).map(({ service }) => `${spec.address} ${service}`));
  expect(known.sort()).toEqual(shown.sort());
}

const START = NAMES.reduce((input, one, index) => created(input, one, index), anAllocation({ pools: LARGE }));

describe('whatever happens, and wherever the manager is killed', () => {
  const histories = fc.array(event, { maxLength: 30, size: 'max' });

  it('no address is given twice, none is lost, none leaks', () => {
    fc.assert(
      fc.property(histories, (events) => {
        let cluster = START;
        for (const [turn, one] of events.entries()) {
          cluster = next(cluster, one, turn);
          expectEachOnce(cluster);
        }
        const end = rested(cluster);
        expectAllKnown(end);
        // And after the time for which addresses are kept, nothing is left of Services that went.
        const empty = rested({ ...rested({ ...end, services: [] }), now: end.now + 3_700_000 });
        expect(empty.virtualIPs.filter(({ metadata }) => metadata.labels !== undefined)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('no Service loses the address that it has to a restore without status', () => {
    fc.assert(
      fc.property(histories, (events) => {
        let cluster = START;
        for (const [turn, one] of events.entries()) cluster = next(cluster, one, turn);
        const before = rested(cluster);
        const restored = rested({ ...before, services: before.services.map(({ status: _, ...service }) => service) });
        expect(restored.services.map(statusAddresses)).toEqual(before.services.map(statusAddresses));
      }),
      { numRuns: 100 },
    );
  });

  it('the order of the lists changes nothing', () => {
    fc.assert(
      fc.property(histories, (events) => {
        let cluster = START;
        for (const [turn, one] of events.entries()) cluster = next(cluster, one, turn);
        const reversed = { ...cluster, services: cluster.services.toReversed(), virtualIPs: cluster.virtualIPs.toReversed() };
        expect(allocate(reversed)).toEqual(allocate(cluster));
      }),
      { numRuns: 100 },
    );
  });
});
