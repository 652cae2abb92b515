/** What tenants try, on the plan: first what a template of the Go operator's shape makes of it, then ours. The same in a cluster: test/lab. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { KubernetesObject, Service } from '../../src/api/core.ts';
import type { KeepalivedGroupSpec } from '../../src/api/group/keepalived-group.ts';
import { parseKubernetesYaml } from '../../src/api/kubernetes-yaml.ts';
import { yamlOf } from '../../src/cli/plan/view.ts';
import { parse } from '../../src/conf/parse.ts';
import type { PlanInput } from '../../src/plan/input.ts';
import { plan } from '../../src/plan/plan.ts';
import { renderConfig } from '../../src/render/config.ts';
import { renderObjects } from '../../src/render/objects.ts';
import { renderTemplate } from '../../src/template/render-template.ts';
import { parseTemplate } from '../../src/template/syntax/parser.ts';
import { VERBATIM_ATTACKS, YAML_ATTACKS } from '../builders/attack.ts';
import { aGroup, aLoadBalancer, aNode, anInput, aService, manyServices } from '../builders/object.ts';

const ORIGINAL = parseTemplate(readFileSync('test/conformance/template/realistic.tmpl', 'utf8'));
const victim = aService('victim', ['192.0.2.1'], { created: '2026-02-01T00:00:00Z' });
const evil = (name: string, addresses: readonly string[], verbatim?: string): Service => {
  const service = aService(name, addresses, verbatim === undefined ? {} : { annotations: { verbatim } });
  return { ...service, metadata: { ...service.metadata, namespace: 'evil' } };
};
const confOf = (input: PlanInput): string => renderConfig(plan(input))?.data['keepalived.conf'] ?? '';
const instanceOf = (input: PlanInput, name: string): unknown => parse(confOf(input)).find(({ words }) => words[0] === name);
const reasonsFor = (input: PlanInput, namespace: string): string[] =>
  plan(input).problems.flatMap(({ object, reason }) => (object.namespace === namespace ? [reason] : []));

/** What the Go operator's template makes of objects as the API holds them. */
const originally = (services: readonly Service[]): string => {
  const group = aGroup({
    status: { routerIDs: Object.fromEntries(services.map(({ metadata }, index) => [`${metadata.namespace}/${metadata.name}`, index + 1])) },
  });
  const misc = { image: 'operator:1', supportsPodMonitor: 'false', authPass: '' };
  return renderTemplate(ORIGINAL, { KeepalivedGroup: group, Services: services, KeepalivedPods: [], Misc: misc }, () => 0).text;
};

describe('a command in the verbatim annotation', () => {
  it.each(VERBATIM_ATTACKS)('by $name: was a line of the file, and is none', ({ lines, rendered }) => {
    const attack = evil('a', ['192.0.2.66'], JSON.stringify(lines));
    expect(originally([victim, attack])).toMatch(rendered);
    const [attacked, quiet] = [anInput({ services: [victim, attack] }), anInput({ services: [victim, evil('a', ['192.0.2.66'])] })];
    expect(confOf(attacked)).toBe(confOf(quiet));
    expect(new Set(reasonsFor(attacked, 'evil'))).toEqual(new Set(['VerbatimRefused']));
    expect(reasonsFor(attacked, 'web')).toEqual([]);
  });
});

describe('a text that would leave its place in YAML', () => {
  const places: readonly [string, (text: string) => KeepalivedGroupSpec, (spec: PodSpec) => unknown][] = [
    ['image', (image) => ({ image }), ({ containers }) => containers[0]?.image],
    [
      'nodeSelector',
      (text) => ({ nodeSelector: { [text]: text } }),
      ({ nodeSelector }) => Object.entries(nodeSelector ?? {})[0]?.join('|'),
    ],
    ['daemonsetPodPriorityClassName', (text) => ({ daemonsetPodPriorityClassName: text }), ({ priorityClassName }) => priorityClassName],
    [
      'passwordAuth',
      (name) => ({ passwordAuth: { secretRef: { name } } }),
      ({ volumes }) => volumes.find(({ secret }) => secret)?.secret?.secretName,
    ],
  ];
  it.each(places.flatMap((place) => YAML_ATTACKS.map((text) => [place[0], text, place] as const)))(
    'stays in spec.%s: %j',
    (_, text, [, specOf, found]) => {
      const objects = renderObjects(plan(anInput({ group: aGroup({ spec: specOf(text) }), services: [victim] })), {
        agentImage: 'operator:1',
      });
      const read = parseKubernetesYaml(yamlOf(objects)) as KubernetesObject[];
      expect(read.map(({ kind }) => kind)).toEqual(objects.map(({ kind }) => kind));
      const daemonSet = read.find(({ kind }) => kind === 'DaemonSet') as unknown as { spec: { template: { spec: PodSpec } } };
      expect([text, `${text}|${text}`]).toContain(found(daemonSet.spec.template.spec));
    },
  );

  it.each(YAML_ATTACKS)('stays in interface and annotations: %j', (text) => {
    const group = aGroup({ spec: { interface: text, daemonsetPodAnnotations: { a: text } } });
    const objects = renderObjects(plan(anInput({ group, services: [victim] })), { agentImage: 'operator:1' });
    const [configMap, daemonSet] = parseKubernetesYaml(yamlOf(objects)) as [
      { data: Record<string, string> },
      { spec: { template: KubernetesObject } },
    ];
    expect(JSON.parse(configMap.data['agent.json'] ?? '').link).toEqual({ kind: 'name', name: text });
    expect(daemonSet.spec.template.metadata.annotations).toEqual({ a: text });
  });
});

describe('an address of somebody else', () => {
  const fences = { addresses: ['192.0.2.0/24'], excludedAddresses: ['192.0.2.254'] };
  const nodes = [aNode('node1', { addresses: ['192.0.2.11'] }), aNode('node2')];
  const group = aGroup({ spec: { fences }, status: { holders: { '192.0.2.1': 'web/victim' } } });

  it.each([
    ["a node's", '192.0.2.11', 'AddressReserved'],
    ["the gateway's", '192.0.2.254', 'AddressNotAllowed'],
    ["another tenant's", '192.0.2.1', 'AddressConflict'],
    ['one outside of the network', '203.0.113.7', 'AddressNotAllowed'],
  ])('%s was carried, and is not', (_, address, reason) => {
    const attack = evil('a', [address]);
    expect(originally([victim, attack]).match(new RegExp(`^ *${address}$`, 'gm'))).toHaveLength(address === '192.0.2.1' ? 2 : 1);
    const [attacked, quiet] = [anInput({ group, nodes, services: [victim, attack] }), anInput({ group, nodes, services: [victim] })];
    expect(confOf(attacked)).toBe(confOf(quiet));
    expect(reasonsFor(attacked, 'evil')).toEqual([reason]);
  });
});

describe('too much', () => {
  const before = plan(anInput({ services: [victim] }));
  const group = aGroup({ status: { routerIDs: before.routerIds, homes: before.homes, holders: before.holders } });
  const quiet = anInput({ group, services: [victim] });

  it('of virtual router ids leaves the others theirs, and a new one of another tenant is carried', () => {
    const greedy = Array.from({ length: 300 }, (_, index) =>
      evil(`e${index}`, [`198.51.100.${index % 250}`, `198.18.${index >> 8}.${index & 255}`], '{"advert_int": "1"}'),
    );
    const fresh = aService('fresh', ['192.0.2.2'], { created: '2026-03-01T00:00:00Z' });
    const needy = aService('needy', ['192.0.2.3'], { created: '2026-03-01T00:00:00Z', annotations: { verbatim: '{"advert_int": "1"}' } });
    const attacked = anInput({ group, services: [victim, ...greedy, fresh, needy] });
    expect(instanceOf(attacked, 'web/victim')).toEqual(instanceOf(quiet, 'web/victim'));
    expect(plan(attacked).routers.flatMap(({ addresses }) => addresses)).toEqual(expect.arrayContaining(['192.0.2.2', '192.0.2.3']));
    expect(reasonsFor(attacked, 'evil')).toContain('TooManyRouters');
  });

  it.each<[string, Service]>([
    [
      'in an annotation',
      evil('a', ['192.0.2.66'], JSON.stringify(Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`key${index}`, 'x'])))),
    ],
    ['in one line', evil('a', ['192.0.2.66'], JSON.stringify({ accept: 'x'.repeat(250_000) }))],
    ['in an annotation that is not JSON', evil('a', ['192.0.2.66'], '['.repeat(250_000))],
    ['of wrong addresses', evil('a', ['192.0.2.66', ...Array.from({ length: 50_000 }, (_, index) => `no-address-${index}`)])],
  ])('%s is left out, and told in few words', (_, attack) => {
    const attacked = anInput({ group, services: [victim, attack] });
    expect(confOf(attacked)).toBe(confOf(anInput({ group, services: [victim, evil('a', ['192.0.2.66'])] })));
    const { problems } = plan(attacked);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.length).toBeLessThan(6);
    expect(JSON.stringify(problems).length).toBeLessThan(5000);
  });

  it('of Services of one namespace has an end, and leaves the others undisturbed', () => {
    const flood = manyServices(10_000, {}, 'flood').map((service) => ({
      ...service,
      metadata: { ...service.metadata, namespace: 'evil' },
    }));
    const others = Array.from({ length: 10 }, (_, index) => aLoadBalancer(`other${index}`, [`192.0.2.${100 + index}`]));
    const attacked = anInput({ group, services: [...flood, victim, ...others] });
    const { routers, problems, holders } = plan(attacked);
    const carried = new Set(routers.flatMap(({ addresses }) => addresses));
    expect(others.every((_, index) => carried.has(`192.0.2.${100 + index}`))).toBe(true);
    expect(instanceOf(attacked, 'web/victim')).toEqual(instanceOf(quiet, 'web/victim'));
    expect(Object.values(holders)).toContain('web/victim');
    expect(problems.filter(({ reason }) => reason === 'TooManyAddresses')).toHaveLength(5000);
    expect(confOf(attacked).length).toBeLessThan(600_000);
  });
});

interface PodSpec {
  readonly containers: readonly { readonly image: string }[];
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly priorityClassName?: string;
  readonly volumes: readonly { readonly secret?: { readonly secretName: string } }[];
}
