/** What holds while Services share addresses, whatever comes and goes. A failure prints its seed and the smallest history that shows it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Service } from '../../src/api/core.ts';
import type { SharedAddress } from '../../src/api/group/keepalived-group.ts';
import { ALLOCATION_ANNOTATIONS } from '../../src/api/names.ts';
import { print } from '../../src/conf/print.ts';
import type { PlanInput } from '../../src/plan/input.ts';
import { type Plan, plan } from '../../src/plan/plan.ts';
import { sharingObstacle } from '../../src/plan/sharing/tenants.ts';
import { confOf } from '../../src/render/config.ts';
import { renderStatus } from '../../src/render/status.ts';
import { aGroup, anInput, aPod, aService, type ServiceOptions } from '../builders/object.ts';

const [VIP, OTHER, SIX] = ['192.0.2.53', '192.0.2.54', '2001:db8::53'];

interface Options extends ServiceOptions {
  readonly ports?: readonly (number | string)[];
  readonly namespace?: string;
  readonly key?: string;
  readonly selector?: Readonly<Record<string, string>>;
  readonly local?: number;
}

function sharing(name: string, addresses: readonly string[], options: Options = {}): Service {
  const { ports = [80], namespace = 'web', key, selector = { app: 'dns' }, local, ...rest } = options;
  const service = aService(name, addresses, {
    ...rest,
    spec: {
      externalIPs: addresses,
      selector,
      ports: ports.map((text) => ({ port: Number(String(text).split('/')[0]), protocol: String(text).split('/')[1] ?? 'TCP' })),
      ...(local !== undefined && { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: local }),
    },
  });
  const annotations = { ...service.metadata.annotations, ...(key && { [ALLOCATION_ANNOTATIONS.sharingKey]: key }) };
  return { ...service, metadata: { ...service.metadata, namespace, annotations } };
}

const [young, old] = ['2026-02-01T00:00:00Z', '2025-01-01T00:00:00Z'];
const keyOf = ({ metadata }: Service): string => `${metadata.namespace}/${metadata.name}`;
/** Silent nodes, which may still have whatever they were told. */
const pods = ['node1', 'node2', 'node3'].map((node) => aPod(node, 'r1'));

/** The input once the plan of the one before is saved, with other Services. */
const next = (input: PlanInput, services: readonly Service[]): PlanInput => ({
  ...input,
  services,
  group: { ...input.group, status: renderStatus(plan(input), { reports: [], owners: new Map(), now: young }) },
});
const from = (...services: readonly Service[]): PlanInput => anInput({ services, pods });
/** Who has which address of which virtual router. */
const carried = ({ routers }: Plan): string[] =>
  routers.flatMap(({ name, services }) =>
    services.map(({ service, addresses }) => `${name}: ${service.namespace}/${service.name} ${addresses.join()}`),
  );
const instances = (decided: Plan): Map<string, string> =>
  new Map(
    confOf(decided)
      .filter(({ keyword }) => keyword === 'vrrp_instance')
      .map((one) => [one.words[0] ?? '', print([one])]),
  );
const refusals = ({ problems }: Plan): string[] =>
  problems.flatMap(({ object, message, reason }) => (reason === 'AddressConflict' ? [`${object.name}: ${message}`] : []));

describe('Services of one address', () => {
  const [tcp, udp] = [sharing('tcp', [VIP], { ports: ['53/TCP'] }), sharing('udp', [VIP], { ports: ['53/UDP'], created: young })];

  it('have one virtual router, called after who had it first', () => {
    const decided = plan(from(udp, tcp));
    expect(carried(decided)).toEqual([`web/tcp: web/tcp ${VIP}`, `web/tcp: web/udp ${VIP}`]);
    expect(decided.routerIds).toEqual({ 'web/tcp': 1 });
    expect(decided.holders).toEqual({ [VIP]: 'web/tcp' });
    expect(decided.problems.filter(({ reason }) => reason === 'AddressConflict')).toEqual([]);
  });

  it('leave it as it is, the first one too, and whoever comes later', () => {
    const both = from(tcp, udp);
    const one = next(both, [udp]);
    expect(carried(plan(one))).toEqual([`web/tcp: web/udp ${VIP}`]);
    const dot = sharing('dot', [VIP], { ports: [853], created: old });
    const three = next(one, [udp, dot, tcp]);
    expect(carried(plan(three))).toEqual(['dot', 'tcp', 'udp'].map((name) => `web/tcp: web/${name} ${VIP}`));
    const last = next(next(three, [dot]), [dot]);
    for (const input of [one, three, last]) {
      expect(instances(plan(input))).toEqual(instances(plan(both)));
      expect([plan(input).routerIds, plan(input).homes]).toEqual([plan(both).routerIds, plan(both).homes]);
    }
  });

  it('keep it against an older one of another namespace when the first leaves', () => {
    const rival = sharing('rival', [VIP], { namespace: 'evil', created: old, ports: [443] });
    expect(carried(plan(next(from(tcp, udp), [udp, rival])))).toEqual([`web/tcp: web/udp ${VIP}`]);
  });

  it('are refused it where they use one port, the newer one and with a sentence', () => {
    const [first, second] = [sharing('first', [VIP], { created: old }), sharing('second', [VIP])];
    expect(refusals(plan(from(second, first)))).toEqual([
      `second: ${VIP} belongs to Service web/first, which had it first; both Services use port 80/TCP: change one of the two to share the address, or give one of the two another address`,
    ]);
  });

  it('of which one comes to use a port of the other: who had the address first keeps it', () => {
    const turned = sharing('tcp', [VIP], { ports: ['53/UDP'], created: old });
    expect(refusals(plan(next(from(tcp, udp), [udp, turned])))).toEqual([expect.stringContaining('udp:')]);
    const late = sharing('udp', [VIP], { ports: ['53/TCP'], created: old });
    expect(refusals(plan(next(from(tcp, udp), [tcp, late])))).toEqual([expect.stringContaining('udp:')]);
  });

  it.each<[string, string | undefined, string | undefined, boolean]>([
    ['one key', 'edge', 'edge', true],
    ['two keys', 'edge', 'other', false],
    ['a key in one', 'edge', undefined, false],
    ['no key', undefined, undefined, false],
  ])('of two namespaces with %s', (_, one, other, isShared) => {
    const input = from(
      sharing('a', [VIP], { ports: [1], ...(one && { key: one }) }),
      sharing('b', [VIP], { namespace: 'lab', ports: [2], ...(other && { key: other }) }),
    );
    expect(carried(plan(input)).length).toBe(isShared ? 2 : 1);
    expect(refusals(plan(input)).join()).toMatch(isShared ? /^$/ : /annotation keepalived-operator.redhat-cop.io\/sharing-key/);
  });

  it('are of one group: another is refused, with its name', () => {
    const theirs = sharing('theirs', [VIP], { ports: [2], created: young, annotations: { group: 'web/other' } });
    const groups = [aGroup(), aGroup({ name: 'other' })] as const;
    const input = anInput({ group: groups[1], otherGroups: [groups[0]], services: [theirs], otherServices: [tcp] });
    expect(refusals(plan(input)).join()).toContain('KeepalivedGroup web/vips carries it');
    // Who had the address in the group where it is stays; who went to another group does not take it along.
    const shared: Record<string, SharedAddress> = { [VIP]: { router: 'web/tcp', services: ['web/tcp', 'web/udp'] } };
    const before = aGroup({ status: { routerIDs: { 'web/tcp': 1 }, holders: { [VIP]: 'web/tcp' }, sharedAddresses: shared } });
    const gone = sharing('tcp', [VIP], { ports: ['53/TCP'], annotations: { group: 'web/other' } });
    expect(carried(plan(anInput({ group: before, otherGroups: [groups[1]], services: [udp], otherServices: [gone], pods })))).toEqual([
      `web/tcp: web/udp ${VIP}`,
    ]);
    expect(carried(plan(anInput({ group: groups[1], otherGroups: [before], services: [gone], otherServices: [udp] })))).toEqual([]);
  });

  it('of which one alone has lines: they count if it had the address first', () => {
    const lined = sharing('lined', [VIP], { ports: [1], created: old, annotations: { verbatim: '{"garp_master_delay": "2"}' } });
    expect([...instances(plan(from(lined, udp))).values()].join()).toContain('garp_master_delay 2');
    const decided = plan(next(from(tcp), [tcp, lined]));
    expect([...instances(decided).values()].join()).not.toContain('garp_master_delay');
    expect(decided.problems.map(({ object, message }) => `${object.name}: ${message}`)).toContainEqual(
      expect.stringMatching(/^lined: .*garp_master_delay.*Service web\/tcp/),
    );
  });
});

describe('Services of one address with policy Local', () => {
  const [a, b] = [sharing('a', [VIP], { ports: [1], local: 30_001 }), sharing('b', [VIP], { ports: [2], local: 30_002, created: young })];

  it('share it by one check, which outlives the one that it is called after', () => {
    const both = from(a, b);
    expect(plan(both).checks).toEqual([{ trackFile: 'web/a', port: 30_001 }]);
    const left = next(both, [b]);
    expect(plan(left).checks).toEqual([{ trackFile: 'web/a', port: 30_002 }]);
    expect(instances(plan(left))).toEqual(instances(plan(both)));
  });

  it('are refused it beside another policy or selector', () => {
    const cluster = sharing('cluster', [VIP], { ports: [3], created: young });
    const other = sharing('other', [VIP], { ports: [4], created: young, local: 30_004, selector: { app: 'other' } });
    expect(refusals(plan(from(a, cluster, other)))).toEqual(
      ['cluster', 'other'].map((name) => expect.stringMatching(`^${name}: .*the same selector`)),
    );
  });

  it('do not stay together by what was: another address of the first one goes by its own check', () => {
    const both = from(sharing('a', [VIP, OTHER], { ports: [1], local: 30_001 }), b);
    const apart = next(next(both, [sharing('a', [OTHER], { ports: [1], local: 30_001 }), b]), [
      sharing('a', [OTHER], { ports: [1], local: 30_001 }),
      sharing('b', [VIP], { ports: [2], created: young }),
    ]);
    expect(carried(plan(apart))).toEqual([`web/a: web/a ${OTHER}`, `web/b/${VIP}: web/b ${VIP}`]);
    expect(plan(apart).checks).toEqual([{ trackFile: 'web/a', port: 30_001 }]);
  });
});

describe('a new Service of the name that a virtual router has from another', () => {
  it('has one of its own, and keeps that when the name is free again', () => {
    const [a, b] = [sharing('a', [VIP], { ports: [1] }), sharing('b', [VIP], { ports: [2], created: young })];
    const left = next(from(a, b), [b]);
    const anew = sharing('a', [OTHER, SIX], { ports: [1], created: young });
    const again = next(left, [anew, b]);
    expect(carried(plan(again))).toEqual([`web/a: web/b ${VIP}`, `web/a/${OTHER}: web/a ${OTHER}`, `web/a/${OTHER}/ipv6: web/a ${SIX}`]);
    const alone = next(again, [anew]);
    const both = instances(plan(again));
    for (const [name, text] of instances(plan(alone))) expect(both.get(name)).toBe(text);
  });
});

/** Services that name few addresses with few ports, in two namespaces, some with a key. */
const arbitrary = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  namespace: fc.constantFrom('web', 'web', 'lab'),
  key: fc.constantFrom('', '', 'edge'),
  addresses: fc.uniqueArray(fc.constantFrom(VIP, OTHER, SIX), { minLength: 1, maxLength: 3 }),
  ports: fc.uniqueArray(fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 8), { minLength: 1, maxLength: 2 }),
  spread: fc.boolean(),
  created: fc.constantFrom(old, young, '2026-01-01T00:00:00Z'),
});
const service = arbitrary.map(({ name, addresses, spread, ...options }) =>
  sharing(name, addresses, { ...options, annotations: { spread: String(spread) } }),
);
const several = fc.uniqueArray(service, { selector: keyOf, minLength: 1, maxLength: 8 });
/** A life in which at each step one Service comes, goes, or is another. */
const steps = fc.array(fc.tuple(service, fc.boolean()), { minLength: 1, maxLength: 12 });

function stepped(services: readonly Service[], [one, stays]: readonly [Service, boolean]): Service[] {
  const others = services.filter((other) => keyOf(other) !== keyOf(one));
  return stays ? [...others, one] : others;
}

describe('whatever Services share', () => {
  it('the order of the input means nothing', () => {
    const shuffled = several.chain((services) =>
      fc.tuple(fc.constant(services), fc.shuffledSubarray(services, { minLength: services.length })),
    );
    fc.assert(
      fc.property(shuffled, steps, ([one, other], steps) => {
        let [first, second] = [from(...one), from(...other)];
        for (const step of steps) {
          expect(plan(second)).toEqual({ ...plan(first), group: second.group });
          [first, second] = [next(first, stepped(first.services, step)), next(second, [...stepped(second.services, step)].reverse())];
        }
      }),
      { numRuns: 40 },
    );
  });

  it('an address is in one virtual router, of Services that can share it', () => {
    alongLives((_, __, input) => {
      const { routers } = plan(input);
      const all = routers.flatMap(({ addresses }) => addresses);
      expect(new Set(all).size).toBe(all.length);
      expect(new Set(routers.map(({ name }) => name)).size).toBe(routers.length);
      for (const { services } of placesOf(plan(input)).values()) expect(obstaclesAmong(services, input)).toEqual([]);
    });
  });

  it('who joins or leaves moves no address that another has', () => {
    alongLives((before, moved, input) => {
      const [places, after] = [placesOf(plan(before)), placesOf(plan(input))];
      const kept = [...places].filter(([address, { services }]) =>
        services.some((one) => one !== moved && after.get(address)?.services.includes(one)),
      );
      for (const [address, { router, id, ranks }] of kept) expect(after.get(address)).toMatchObject({ router, id, ranks });
    });
  });

  it('who had an address loses it only to one that had it, too, and has come to collide with it', () => {
    alongLives((before, moved, input) => {
      const [places, after] = [placesOf(plan(before)), placesOf(plan(input))];
      const live = new Set(input.services.map(keyOf));
      for (const [address, { services: had }] of places) {
        const now = after.get(address)?.services ?? [];
        const lost = had.filter((one) => one !== moved && live.has(one) && !now.includes(one));
        if (lost.length > 0) expect(had.filter((one) => now.includes(one))).toContain(moved);
      }
    });
  });
});

/** Looks at each step of many lives: at what was before, who comes or goes, and what is then. */
function alongLives(look: (before: PlanInput, moved: string, after: PlanInput) => void): void {
  const life = fc.property(several, steps, (services, steps) => {
    let input = from(...services);
    for (const step of steps) {
      const after = next(input, stepped(input.services, step));
      look(input, keyOf(step[0]), after);
      input = after;
    }
  });
  fc.assert(life, { numRuns: 100 });
}

function obstaclesAmong(keys: readonly string[], { services }: PlanInput): string[] {
  const tenants = services.filter((one) => keys.includes(keyOf(one)));
  return tenants.flatMap((one, index) => tenants.slice(index + 1).flatMap((other) => sharingObstacle(one, other) ?? []));
}

interface Place {
  readonly router: string;
  readonly id: number;
  readonly ranks: readonly string[];
  readonly services: readonly string[];
}

function placesOf({ routers }: Plan): Map<string, Place> {
  return new Map(
    routers.flatMap(({ name, id, ranks, addresses, services }) =>
      addresses.map((address): [string, Place] => {
        const tenants = services
          .filter((one) => one.addresses.includes(address))
          .map(({ service }) => `${service.namespace}/${service.name}`);
        return [address, { router: name, id, ranks, services: tenants }];
      }),
    ),
  );
}
