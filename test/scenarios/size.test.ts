/** Whatever Services ask for, the group's ConfigMap stays below what the API server takes; what doesn't fit is refused, the newest first. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Service } from '../../src/api/core.ts';
import type { PlanInput } from '../../src/plan/input.ts';
import { plan } from '../../src/plan/plan.ts';
import { renderConfig } from '../../src/render/config.ts';
import { aGroup, aNode, anInput, aService, type ServiceOptions } from '../builders/object.ts';

/** Of all keys and values of a ConfigMap: `MaxSecretSize` of Kubernetes. */
const API_LIMIT = 1_048_576;

const sizeOf = (input: PlanInput): number =>
  Object.entries(renderConfig(plan(input))?.data ?? {}).reduce((sum, parts) => sum + Buffer.byteLength(parts.join('')), 0);

const IPV6 = (at: number): string => `2001:db8:aaaa:bbbb:cccc:dddd:${(at >> 16) + 4096}:${(at & 65_535).toString(16)}`;
const IPV4 = (at: number): string => `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`;
const inNamespace = (service: Service, namespace: string): Service => ({ ...service, metadata: { ...service.metadata, namespace } });

interface Flood {
  readonly namespaces: number;
  readonly services: number;
  readonly addresses: number;
  readonly nameLength: number;
  readonly options?: ServiceOptions;
}

function flood({ namespaces, services, addresses, nameLength, options }: Flood): Service[] {
  return Array.from({ length: namespaces * services }, (_, index) => {
    const texts = Array.from({ length: addresses }, (__, at) => (at % 2 === 0 ? IPV6 : IPV4)(index * addresses + at));
    return inNamespace(aService(`s${index}`.padEnd(nameLength, 'x'), texts, options), `n${index % namespaces}`);
  });
}

const LONG_NODES = Array.from({ length: 20 }, (_, at) => aNode(`n${at}`.padEnd(253, 'x'), { addresses: [IPV4(at), IPV6(at)] }));
const LINES = JSON.stringify(Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`smtp_alert${at}`, 'x'.repeat(60)])));
const keys = Array.from({ length: 60 }, (_, at) => `smtp_alert${at}`);
const OWN: ServiceOptions = {
  annotations: { verbatim: LINES },
  spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 30_000 },
};

describe('the ConfigMap of a group', () => {
  it.each<[string, Partial<PlanInput>, Flood]>([
    ['25,000 addresses of five namespaces', {}, { namespaces: 5, services: 500, addresses: 10, nameLength: 5 }],
    [
      'Services and nodes with the longest names',
      { nodes: LONG_NODES, group: aGroup({ spec: { unicastEnabled: true } }) },
      { namespaces: 9, services: 200, addresses: 4, nameLength: 63 },
    ],
    [
      'many lines of their own',
      { group: aGroup({ spec: { fences: { verbatimKeys: keys } } }) },
      { namespaces: 40, services: 8, addresses: 2, nameLength: 63, options: OWN },
    ],
    [
      'spread addresses with lines of their own',
      { nodes: LONG_NODES, group: aGroup({ spec: { fences: { verbatimKeys: keys } } }) },
      { namespaces: 40, services: 8, addresses: 2, nameLength: 63, options: { ...OWN, annotations: { verbatim: LINES, spread: 'true' } } },
    ],
  ])('stays below the limit with %s', (_, more, asked) => {
    const size = sizeOf(anInput({ ...more, services: flood(asked) }));
    expect(size).toBeGreaterThan(50_000);
    expect(size).toBeLessThan(API_LIMIT);
  });

  it('stays below the limit whatever it is asked for', () => {
    const asked = fc.record({
      namespaces: fc.integer({ min: 1, max: 8 }),
      services: fc.constantFrom(1, 60, 300),
      addresses: fc.integer({ min: 1, max: 20 }),
      nameLength: fc.integer({ min: 5, max: 63 }),
      options: fc.constantFrom<ServiceOptions>({}, OWN, { annotations: { spread: 'true' } }),
    });
    const nodes = fc.constantFrom(LONG_NODES, [aNode('node1'), aNode('node2')]);
    fc.assert(
      fc.property(asked, nodes, (one, nodes) => {
        expect(sizeOf(anInput({ nodes, services: flood(one) }))).toBeLessThan(API_LIMIT);
      }),
      { numRuns: 5 },
    );
  });

  it('refuses the newest Service by name and number, and carries all others', () => {
    const many = flood({ namespaces: 25, services: 50, addresses: 20, nameLength: 5, options: { created: '2026-01-01T00:00:00Z' } });
    const late = aService('late', [IPV6(99_999)], { created: '2026-02-01T00:00:00Z' });
    const { routers, problems } = plan(anInput({ services: [late, ...many] }));
    const refused = problems.filter(({ reason }) => reason === 'GroupFull');
    expect(refused.map(({ object }) => object.name)).toContain('late');
    expect(refused[0]?.message).toMatch(/KeepalivedGroup web\/vips carries \d+ addresses, and its configuration may have 950000 bytes/);
    expect(routers.length).toBeGreaterThan(0);
  });

  it('takes nothing from a Service that holds an address', () => {
    const many = flood({ namespaces: 6, services: 250, addresses: 20, nameLength: 5 });
    const held = aService('held', [IPV6(99_999)], { created: '2026-02-01T00:00:00Z' });
    const group = aGroup({ status: { holders: { [IPV6(99_999)]: 'web/held' } } });
    const carried = plan(anInput({ group, services: [held, ...many] })).routers.flatMap(({ addresses }) => addresses);
    expect(carried).toContain(IPV6(99_999));
  });
});
