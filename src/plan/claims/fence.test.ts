import { describe, expect, it } from 'vitest';
import { aGroup, aNode, anInput, aService, manyServices } from '../../../test/builders/object.ts';
import type { Service } from '../../api/core.ts';
import type { FencesSpec } from '../../api/group/keepalived-group.ts';
import type { PlanInput } from '../input.ts';
import { plan } from '../plan.ts';

const of = (namespace: string, service: Service): Service => ({ ...service, metadata: { ...service.metadata, namespace } });
/** `namespace/service address ...` of each that carries something. */
const carried = (input: PlanInput): string[] =>
  Object.entries(Object.groupBy(Object.entries(plan(input).holders), ([, service]) => service)).map(([service, all = []]) =>
    [service, ...all.map(([address]) => address)].join(' '),
  );
const told = (input: PlanInput): string[] =>
  plan(input).problems.map(({ object, reason }) => `${object.namespace}/${object.name} ${reason}`);
const fenced = (fences: FencesSpec, services: readonly Service[], more: Partial<PlanInput> = {}): PlanInput =>
  anInput({ group: aGroup({ spec: { fences } }), services, ...more });

describe('the fences of a group', () => {
  it.each<[string, FencesSpec, readonly Service[], readonly string[], readonly string[]]>([
    ['let everything be where there are none', {}, [of('shop', aService('a', ['192.0.2.1']))], ['shop/a 192.0.2.1'], []],
    [
      'let only some namespaces use the group',
      { namespaces: ['web'] },
      [aService('a', ['192.0.2.1']), of('shop', aService('a', ['192.0.2.2']))],
      ['web/a 192.0.2.1'],
      ['shop/a NamespaceNotAllowed'],
    ],
    [
      'let only some addresses be claimed, of both families',
      { addresses: ['192.0.2.0/28', '192.0.2.100-192.0.2.110', '2001:db8::/64'] },
      [aService('a', ['192.0.2.15', '192.0.2.16', '192.0.2.105', '2001:db8::1', '2001:db9::1'])],
      ['web/a 192.0.2.105 192.0.2.15 2001:db8::1'],
      ['web/a AddressNotAllowed', 'web/a AddressNotAllowed'],
    ],
    [
      'except some of them',
      { addresses: ['192.0.2.0/28'], excludedAddresses: ['192.0.2.1'] },
      [aService('a', ['192.0.2.1', '192.0.2.2'])],
      ['web/a 192.0.2.2'],
      ['web/a AddressNotAllowed'],
    ],
    [
      'let a Service have so many',
      { addressesPerService: 2 },
      [aService('a', ['192.0.2.3', '192.0.2.2', '192.0.2.1']), aService('b', ['192.0.2.9'])],
      ['web/a 192.0.2.1 192.0.2.2', 'web/b 192.0.2.9'],
      ['web/a TooManyAddresses'],
    ],
    [
      'let a namespace have so many, the oldest first',
      { addressesPerNamespace: 2 },
      [
        aService('new', ['192.0.2.3'], { created: '2026-01-03T00:00:00Z' }),
        aService('old', ['192.0.2.1']),
        aService('later', ['192.0.2.2'], { created: '2026-01-02T00:00:00Z' }),
        of('shop', aService('a', ['192.0.2.4'], { created: '2026-01-04T00:00:00Z' })),
      ],
      ['web/old 192.0.2.1', 'web/later 192.0.2.2', 'shop/a 192.0.2.4'],
      ['web/new TooManyAddresses'],
    ],
    [
      'count nothing that can not be read',
      { addresses: ['192.0.2.0/28', 'x'] },
      [aService('a', ['192.0.2.1'])],
      ['web/a 192.0.2.1'],
      ['web/vips FenceMalformed'],
    ],
  ])('%s', (_, fences, services, addresses, problems) => {
    const input = fenced(fences, services);
    expect(carried(input).sort()).toEqual([...addresses].sort());
    expect(told(input)).toEqual(problems);
  });

  it.each<[string, FencesSpec, Service, string]>([
    ['the namespace', { namespaces: ['shop'] }, aService('a', ['192.0.2.1']), 'adds the line "- web" to spec.fences.namespaces'],
    ['the address', { addresses: ['192.0.2.9'] }, aService('a', ['192.0.2.1']), 'have its owner add the line "- 192.0.2.1" there'],
    [
      'one more',
      { addressesPerService: 1 },
      aService('a', ['192.0.2.1', '192.0.2.2']),
      'its owner sets "addressesPerService: 2" in spec.fences',
    ],
  ])('say what to write to allow it: %s', (_, fences, service, line) => {
    expect(plan(fenced(fences, [service])).problems[0]?.message).toContain(line);
  });

  it('keep what is refused from being taken from others by asking', () => {
    const older = of('evil', aService('a', ['192.0.2.1'], { created: '2025-01-01T00:00:00Z' }));
    const input = fenced({ namespaces: ['web'] }, [older, aService('a', ['192.0.2.1'])]);
    expect(carried(input)).toEqual(['web/a 192.0.2.1']);
  });

  it("count for the Services of another group as that group's owner wrote them", () => {
    const other = aGroup({ name: 'other', spec: { fences: { namespaces: ['nobody'] } } });
    const rival = aService('rival', ['192.0.2.1'], { created: '2025-01-01T00:00:00Z', annotations: { group: 'web/other' } });
    const input = anInput({ services: [aService('a', ['192.0.2.1'])], otherServices: [rival], otherGroups: [other] });
    expect(carried(input)).toEqual(['web/a 192.0.2.1']);
  });
});

describe('addresses that are nobody’s to take', () => {
  const nodes = [
    { ...aNode('node1', { addresses: ['198.51.100.1', '2001:DB8::11'] }), spec: { podCIDRs: ['10.244.0.0/24', 'fd00:1::/64'] } },
  ];
  const settings = { agentImage: 'operator:1', reservedAddresses: [{ range: '10.96.0.0/12', is: "in the cluster's range of Services" }] };

  it.each([
    ['198.51.100.1', 'an address of Node node1'],
    ['2001:db8::11', 'an address of Node node1'],
    ['10.244.0.7', 'pods'],
    ['fd00:1::7', 'pods'],
    ['10.96.0.1', "in the cluster's range of Services"],
    ['127.0.0.1', 'loopback'],
    ['169.254.169.254', 'link-local'],
    ['224.0.0.18', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['0.0.0.0', 'this network'],
    ['::1', 'loopback'],
    ['fe80::1', 'link-local'],
    ['ff02::12', 'multicast'],
  ])('%s is %s', (address, is) => {
    const input = anInput({ services: [aService('a', [address, '192.0.2.1'])], nodes, settings });
    expect(plan(input).problems).toEqual([expect.objectContaining({ reason: 'AddressReserved', message: expect.stringContaining(is) })]);
    expect(carried(input)).toEqual(['web/a 192.0.2.1']);
    expect(plan(input).released).toEqual([]);
  });

  it('stay where they are when a node lists a VIP as its own, and are told', () => {
    const group = aGroup({ status: { holders: { '198.51.100.1': 'web/a' } } });
    const input = anInput({ group, services: [aService('a', ['198.51.100.1'])], nodes });
    expect(carried(input)).toEqual(['web/a 198.51.100.1']);
    expect(told(input)).toEqual(['web/a AddressAlsoReserved']);
  });
});

describe('an address', () => {
  const status = { holders: { '192.0.2.1': 'web/victim' } };
  const victim = aService('victim', ['192.0.2.1'], { created: '2026-06-01T00:00:00Z' });
  const older = of('evil', aService('older', ['192.0.2.1'], { created: '2025-01-01T00:00:00Z' }));

  it('stays with the Service that has it, however old another is that asks for it', () => {
    const input = anInput({ group: aGroup({ status }), services: [older, victim] });
    expect(carried(input)).toEqual(['web/victim 192.0.2.1']);
    expect(told(input)).toEqual(['evil/older AddressConflict']);
  });

  it('stays with it also when the other is of another group', () => {
    const otherGroups = [aGroup({ name: 'other', status })];
    const input = anInput({
      otherGroups,
      services: [older],
      otherServices: [{ ...victim, metadata: { ...victim.metadata, annotations: {} } }],
    });
    expect(carried(input)).toEqual([]);
  });

  it('is free again when that Service no longer asks for it', () => {
    const input = anInput({ group: aGroup({ status }), services: [older, aService('victim', ['192.0.2.2'])] });
    expect(carried(input).sort()).toEqual(['evil/older 192.0.2.1', 'web/victim 192.0.2.2']);
  });

  it('is told of with one Event for many that are alike', () => {
    const input = fenced({ addresses: ['192.0.2.1'] }, [
      aService(
        'a',
        manyServices(1000).flatMap(({ spec }) => spec?.externalIPs ?? []),
      ),
    ]);
    expect(plan(input).problems).toHaveLength(5);
    expect(plan(input).problems.at(-1)?.message).toContain('and 995 more like it');
  });
});
