/** What holds of every plan, whatever the cluster looks like. A failure prints its seed and the smallest cluster that shows it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Node, Service } from '../../src/api/core.ts';
import { parseKubernetesYaml } from '../../src/api/kubernetes-yaml.ts';
import { DRAIN_ANNOTATION, PREFERRED_NODES_ANNOTATION, SERVICE_ANNOTATIONS } from '../../src/api/names.ts';
import { sharedName } from '../../src/cli/move/job.ts';
import { clusterOf, planGroups } from '../../src/cli/plan/plan-groups.ts';
import { yamlOf } from '../../src/cli/plan/view.ts';
import { parse } from '../../src/conf/parse.ts';
import { print } from '../../src/conf/print.ts';
import type { PlanInput } from '../../src/plan/input.ts';
import { serviceLine } from '../../src/plan/lines/service-line.ts';
import { type Plan, plan, type VirtualRouter } from '../../src/plan/plan.ts';
import { confOf, renderConfig } from '../../src/render/config.ts';
import { renderObjects } from '../../src/render/objects.ts';
import { renderStatus } from '../../src/render/status.ts';
import { elsewhere, group, hostileText, nodes, planInput, services } from '../builders/arbitrary.ts';
import { aService } from '../builders/object.ts';

const NOW = '2026-02-01T00:00:00Z';
/** Everything that is written for a group. */
const bytesOf = (input: PlanInput): string => {
  const decided = plan(input);
  return JSON.stringify([
    renderObjects(decided, input.settings),
    renderStatus(decided, { reports: [], owners: new Map(), now: NOW }),
    decided.problems,
  ]);
};
/** The group as it is once the plan's status is saved. */
const saved = (input: PlanInput): PlanInput => ({
  ...input,
  group: { ...input.group, status: renderStatus(plan(input), { reports: [], owners: new Map(), now: NOW }) },
});
/** Each instance as it is written, with its place in the order of nodes. */
const instancesOf = (decided: Plan): Map<string, string> =>
  new Map(
    confOf(decided)
      .filter(({ keyword }) => keyword === 'vrrp_instance')
      .map((instance) => [instance.words[0] ?? '', print([instance])]),
  );
const without = (one: Map<string, string>, service: Service): [string, string][] => {
  const key = `${service.metadata.namespace}/${service.metadata.name}`;
  return [...one].filter(([name]) => name !== key && !name.startsWith(`${key}/`));
};

describe('a plan', () => {
  it('is the same whatever the order of its input', () => {
    const shuffled = planInput.chain((input) =>
      fc
        .tuple(
          ...[input.services, input.otherServices ?? [], input.nodes].map((list) =>
            fc.shuffledSubarray([...list], { minLength: list.length }),
          ),
        )
        .map(([services, otherServices, nodes]) => [input, { ...input, services, otherServices, nodes } as PlanInput] as const),
    );
    fc.assert(
      fc.property(shuffled, ([one, other]) => {
        expect(bytesOf(other)).toBe(bytesOf(one));
      }),
    );
  });

  it('of its own status changes nothing', () => {
    fc.assert(
      fc.property(planInput.map(saved), (input) => {
        expect(bytesOf(saved(input))).toBe(bytesOf(input));
      }),
    );
  });

  it('changes no other instance when a Service is added or removed', () => {
    const fresh = fc.record({ name: fc.constantFrom('a', 's1x', 'z'), spread: fc.boolean(), count: fc.integer({ min: 1, max: 3 }) });
    fc.assert(
      fc.property(planInput, fresh, (input, { name, spread, count }) => {
        const addresses = Array.from({ length: count }, (_, index) => `203.0.113.${index}`);
        const added = aService(name, addresses, { annotations: { spread: String(spread) } });
        const before = saved(input);
        const after = saved({ ...before, services: [...before.services, added] });
        expect(without(instancesOf(plan(after)), added)).toEqual([...instancesOf(plan(before))]);
        const again = { ...after, services: before.services };
        expect([...instancesOf(plan(again))]).toEqual([...instancesOf(plan(before))]);
      }),
    );
  });

  it('changes no other instance for a Service that is bad', () => {
    const bad = fc.record({ address: hostileText, verbatim: hostileText, spread: hostileText });
    fc.assert(
      fc.property(planInput, bad, (input, { address, ...annotations }) => {
        const added = aService('bad', [address, '203.0.113.1'], { annotations, spec: { externalTrafficPolicy: 'Local' } });
        const before = saved(input);
        const after = plan({ ...before, services: [...before.services, added] });
        expect(without(instancesOf(after), added)).toEqual([...instancesOf(plan(before))]);
      }),
    );
  });

  it.each<[string, (node: Node) => Node[]]>([
    ['is gone', () => []],
    ['is not ready', (node) => [{ ...node, status: { ...node.status, conditions: [{ type: 'Ready', status: 'Unknown' }] } }]],
    ['has the mark of a drain', (node) => [{ ...node, metadata: { ...node.metadata, annotations: { [DRAIN_ANNOTATION]: '' } } }]],
  ])('moves only the addresses of a node that %s', (how, lose) => {
    fc.assert(
      fc.property(planInput.map(saved), fc.nat(6), (input, index) => {
        const lost = `node${index}`;
        const left = input.nodes.flatMap((node) => (node.metadata.name === lost ? lose(node) : [node]));
        const owners = ownersIn(plan(input)).filter(([name, owner]) => owner !== lost && !(isSpread(name) && how === 'is gone'));
        expect(ownersIn(plan({ ...input, nodes: left }))).toEqual(expect.arrayContaining(owners));
      }),
    );
  });

  it('changes nothing at all when any node is cordoned or uncordoned', () => {
    fc.assert(
      fc.property(planInput.map(saved), fc.nat(6), (input, index) => {
        const turned = input.nodes.map((node) =>
          node.metadata.name === `node${index}` ? { ...node, spec: { ...node.spec, unschedulable: !node.spec?.unschedulable } } : node,
        );
        expect(bytesOf({ ...input, nodes: turned })).toBe(bytesOf(input));
      }),
    );
  });

  it('moves each address of a node that is emptied once, whichever nodes hear of it first', () => {
    fc.assert(
      fc.property(planInput.map(saved), fc.nat(6), (input, index) => {
        const drained = `node${index}`;
        const nodes = input.nodes.map((node) => (node.metadata.name === drained ? { ...node, spec: { unschedulable: true } } : node));
        const [before, after] = [plan(input), plan({ ...input, nodes, emptied: [drained] })];
        for (const [at, { priorities, ranks }] of before.routers.entries()) {
          const next = after.routers[at];
          if (ranks[0] !== drained) expect(next?.ranks[0]).toBe(ranks[0]);
          // The first five nodes of an order have these, and the address of a node that goes is theirs.
          const isFirst = (name: string): boolean => name !== drained && (priorities.get(name) ?? 0) >= 250;
          for (const name of ranks.filter(isFirst)) expect(next?.priorities.get(name)).toBe(priorities.get(name));
        }
      }),
    );
  });

  it('moves one instance, with that of its other family, to the node that is preferred for it, and by no other node', () => {
    fc.assert(
      fc.property(planInput.map(saved), fc.nat(), fc.nat(6), (input, at, index) => {
        const before = plan(input);
        const [router, node] = [before.routers[at % Math.max(1, before.routers.length)], `node${index}`];
        if (router === undefined || !before.nodes.includes(node)) return;
        const name = sharedName(router.name);
        const { metadata } = input.group;
        const annotations = { ...metadata.annotations, [PREFERRED_NODES_ANNOTATION]: JSON.stringify({ [name]: node }) };
        const after = plan({ ...input, group: { ...input.group, metadata: { ...metadata, annotations } } });
        expect([after.homes, after.routerIds, after.problems]).toEqual([before.homes, before.routerIds, before.problems]);
        const isIt = (one: VirtualRouter): boolean => sharedName(one.name) === name;
        expect(after.routers.filter((one) => !isIt(one))).toEqual(before.routers.filter((one) => !isIt(one)));
        const isFit = (of: string): boolean => !before.standing.has(of);
        const [olds, news] = [before.routers.filter(isIt), after.routers.filter(isIt)];
        for (const [place, old] of olds.entries()) staysWithOwner(old, news[place] ?? expect.fail(`${old.name} is gone`), node, isFit);
      }),
    );
  });

  it('gives no id twice on a segment, unless it was saved twice, and never 0', () => {
    const groups = fc.tuple(group('a'), group('b'), group('c'));
    fc.assert(
      fc.property(groups, services(8), nodes, (three, many, nodes) => {
        const named = ['a', 'b', 'c'].flatMap((name) => many.map((service) => inGroup(service, name)));
        const cluster = { ...clusterOf([]), groups: three, services: named, nodes };
        const given = planGroups(cluster, { settings: { agentImage: 'operator:1' } }).flatMap(({ key, plan }) =>
          plan.routers.map(({ name, id, family }) => ({ key, name: name.replace(/\/ipv6$/, ''), id, family })),
        );
        const wasSaved = ({ key, name, id }: (typeof given)[number]): boolean =>
          three.some(({ metadata, status }) => `web/${metadata.name}` === key && status?.routerIDs?.[name] === id);
        for (const users of Map.groupBy(given, ({ id, family }) => `${id} ${family}`).values()) {
          const [{ id = 0 } = {}] = users;
          expect(id).toBeGreaterThan(0);
          expect(id).toBeLessThan(256);
          expect(users.filter((router) => !wasSaved(router)).length, JSON.stringify(users)).toBeLessThanOrEqual(users.length > 1 ? 0 : 1);
          expect(new Set(users.map(({ key }) => key)).size, JSON.stringify(users)).toBe(users.length);
        }
      }),
    );
  });
});

describe('what users write', () => {
  /** Lines of an instance that the planner writes itself. */
  const OWN = new Set(['interface', 'virtual_router_id', 'track_file', 'virtual_ipaddress', 'virtual_ipaddress_excluded']);

  it('stays in its place in keepalived.conf', () => {
    fc.assert(
      fc.property(planInput, (input) => {
        const decided = plan(input);
        const conf = confOf(decided);
        expect(parse(print(conf))).toEqual(conf);
        expect(conf.map(({ keyword }) => keyword).filter((keyword) => !keyword.startsWith('vrrp_'))).toEqual(['global_defs']);
        const instances = conf.filter(({ keyword }) => keyword === 'vrrp_instance');
        expect(instances.map(({ words }) => words.join())).toEqual(decided.routers.map(({ name }) => name));
        for (const { block = [] } of instances)
          for (const { keyword, block: inner } of block) {
            expect(OWN.has(keyword) || serviceLine(keyword) !== undefined, keyword).toBe(true);
            if (!OWN.has(keyword)) expect(inner).toBeUndefined();
          }
      }),
    );
  });

  it('stays in its place in the objects, as YAML too', () => {
    fc.assert(
      fc.property(planInput, (input) => {
        const objects = renderObjects(plan(input), input.settings);
        expect(parseKubernetesYaml(yamlOf(objects))).toEqual(JSON.parse(JSON.stringify(objects)));
        expect(objects.map(({ kind }) => kind)).toEqual(renderConfig(plan(input)) === undefined ? [] : ['ConfigMap', 'DaemonSet']);
      }),
    );
  });
});

/** While only some nodes have heard of the new order, the owner keeps its address against all but the node that is to have it. */
function staysWithOwner(old: VirtualRouter, next: VirtualRouter, preferred: string, isFit: (node: string) => boolean): void {
  const owner = old.ranks[0] ?? '';
  if (isFit(preferred)) expect(next.ranks[0]).toBe(preferred);
  else if (isFit(owner)) expect(next.ranks[0]).toBe(owner);
  if (!isFit(owner) || !isFit(preferred)) return;
  const priorityOf = (one: VirtualRouter, node: string): number => one.priorities.get(node) ?? one.others;
  const least = Math.min(priorityOf(old, owner), priorityOf(next, owner));
  for (const bystander of new Set([...old.priorities.keys(), ...next.priorities.keys()]))
    if (bystander !== owner && bystander !== preferred)
      for (const one of [old, next]) expect(priorityOf(one, bystander)).toBeLessThanOrEqual(least);
}

/** Addresses of one Service that have to be on different nodes may be shared out anew when there is a node less for good. */
const isSpread = (name: string): boolean => /^[^/]+\/[^/]+\/[^/]*[.:]/.test(name);

const ownersIn = ({ routers }: Plan): [string, string | undefined][] => routers.map(({ name, ranks }) => [name, ranks[0]]);

/** The Service in a namespace of its own, of group `web/NAME`, with addresses that no other group's has. */
function inGroup(service: Service, name: string): Service {
  const moved: Service = JSON.parse(JSON.stringify(elsewhere(service)).replaceAll('192.0.2.', `192.0.${name.charCodeAt(0)}.`));
  const annotations = { ...moved.metadata.annotations, [SERVICE_ANNOTATIONS.group]: `web/${name}` };
  return { ...moved, metadata: { ...moved.metadata, namespace: `of-${name}`, annotations } };
}
