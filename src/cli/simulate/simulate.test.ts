import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KubernetesObject, Node } from '../../api/core.ts';
import { clusterOf, planGroups } from '../plan/plan-groups.ts';
import { answerSimulate, type SimulateOptions } from './command.ts';

const node = (name: string, ready = 'True') => ({
  ...{ apiVersion: 'v1', kind: 'Node', metadata: { name } },
  status: { conditions: [{ type: 'Ready', status: ready }] },
});
const group = (status?: object) => ({
  ...{ apiVersion: 'redhatcop.redhat.io/v1alpha1', kind: 'KeepalivedGroup', metadata: { name: 'vips', namespace: 'web' } },
  ...{ spec: { interface: 'eth0' }, ...(status && { status }) },
});
const service = (name: string, address: string, spec: object = {}) => ({
  ...{ apiVersion: 'v1', kind: 'Service' },
  metadata: { name, namespace: 'web', annotations: { 'keepalived-operator.redhat-cop.io/keepalivedgroup': 'web/vips' } },
  spec: { externalIPs: [address], ports: [{ port: 80 }], selector: { app: name }, ...spec },
});
const LOCAL = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 30_000 };
const slice = (name: string, ...endpoints: readonly object[]) => ({
  ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
  metadata: { name, namespace: 'web', labels: { 'kubernetes.io/service-name': name } },
  endpoints,
});
const NODES = ['node1', 'node2', 'node3'];

const ask = (objects: readonly object[], options: Partial<SimulateOptions> = {}) => {
  const { stdout, ...rest } = answerSimulate(objects as KubernetesObject[], [], { without: ['node1'], output: 'json', ...options });
  return { ...rest, stdout, found: stdout.startsWith('{') ? JSON.parse(stdout) : undefined };
};
/** The nodes of a router in the order that the plan gives them. */
const ranksOf = (objects: readonly object[], router: string): readonly string[] => {
  const [planned] = planGroups(clusterOf(objects as KubernetesObject[]), { settings: { agentImage: '' } });
  return planned?.plan.routers.find(({ name }) => name === router)?.ranks ?? [];
};

describe('kubectl keepalived simulate', () => {
  const objects = [group(), service('a', '192.0.2.200'), ...NODES.map((name) => node(name))];
  const [owner = '', next = '', last = ''] = ranksOf(objects, 'web/a');

  it('says where an address goes, and that nothing else moves', () => {
    const { found, status } = ask(objects, { without: [owner] });
    expect(found.virtualRouters).toEqual([
      { group: 'web/vips', router: 'web/a', services: ['web/a'], addresses: ['192.0.2.200'], from: owner, to: next, becomes: 'Moves' },
    ]);
    expect(found.nodes).toContainEqual({ name: next, before: 0, after: 1 });
    expect(status).toBe(0);
  });

  it('takes several nodes, and passes over one that is not Ready', () => {
    expect(ask(objects, { without: [`${owner},${next}`] }).found.virtualRouters[0]).toMatchObject({ to: last });
    const ill = [group(), service('a', '192.0.2.200'), ...NODES.map((name) => node(name, name === next ? 'Unknown' : 'True'))];
    expect(ask(ill, { without: [owner] }).found.virtualRouters[0]).toMatchObject({ to: last });
  });

  it('says which node takes an address back when its rest after a loss is over', () => {
    const status = (nodeStates: readonly object[]) => ({
      homes: { 'web/a': [owner, next] },
      nodeStates,
      virtualRouters: [{ name: 'web/a', virtualRouterID: 1, addressCount: 1, addresses: ['192.0.2.200'], node: next, state: 'Owned' }],
    });
    const resting = [{ name: owner, standsBack: 'Unsteady' }];
    const asked = (nodeStates: readonly object[], without: string) =>
      ask([group(status(nodeStates)), ...objects.slice(1)], { without: [without] }).found.virtualRouters[0];
    expect(asked(resting, next)).toMatchObject({
      to: last,
      becomes: 'Moves',
      note: `until ${owner}, which was lost and has not been well for long enough since, takes it back`,
    });
    expect(asked([], next)).toMatchObject({ to: owner, becomes: 'Moves' });
    expect(asked(resting, `${next},${owner}`).note).toBeUndefined();
  });

  it('believes what the group saw rather than what is planned', () => {
    const virtualRouters = [{ name: 'web/a', virtualRouterID: 1, addressCount: 1, addresses: ['192.0.2.200'], node: last, state: 'Owned' }];
    const seen = [group({ virtualRouters }), ...objects.slice(1)];
    expect(ask(seen, { without: [owner] }).found.virtualRouters[0]).toMatchObject({ from: last, to: last, becomes: 'Stays' });
    expect(ask(seen, { without: [last] }).found.virtualRouters[0]).toMatchObject({ from: last, becomes: 'Moves' });
  });

  it('says that no node is left, with an exit status of its own', () => {
    const { found, status } = ask(objects, { without: NODES });
    expect(found.virtualRouters[0]).toMatchObject({ becomes: 'Lost', note: 'no other node of the group is there and Ready' });
    expect(status).toBe(2);
  });

  it('follows the endpoints with policy Local, and says when none are left', () => {
    const local = [group(), service('a', '192.0.2.200', LOCAL), ...NODES.map((name) => node(name))];
    const [first = '', second = '', third = ''] = ranksOf(local, 'web/a');
    const on = (...endpoints: readonly object[]) => ask([...local, slice('a', ...endpoints)], { without: [first] });
    expect(on({ nodeName: first }, { nodeName: third }).found.virtualRouters[0]).toMatchObject({ to: third, becomes: 'Moves' });
    const { found, status } = on({ nodeName: first }, { nodeName: third, conditions: { ready: false } });
    expect(found.virtualRouters[0]).toMatchObject({
      to: second,
      becomes: 'Unanswered',
      note: 'no node that is left has endpoints of web/a',
    });
    expect(status).toBe(2);
    expect(ask(local, { without: [first] }).found.virtualRouters[0].note).toMatch(/could not be read$/);
  });

  it('prints for people what does not stay, wide all', () => {
    const { stdout } = ask([...objects, service('b', '192.0.2.201')], { without: [owner], output: 'wide' });
    expect(stdout).toMatch(/^Without node\d: \d of 2 addresses move/);
    expect(stdout).toMatch(/192\.0\.2\.20[01] +web\/[ab] +node\d +node\d +Stays/);
    expect(ask([...objects, service('b', '192.0.2.201')], { without: [owner], output: 'text' }).stdout).not.toContain('Stays');
  });

  it('names the nodes that there are when it is asked for another', () => {
    expect(ask(objects, { without: ['node9'] })).toMatchObject({
      status: 1,
      notes: ['error: there is no Node node9; there are: node1, node2, node3'],
    });
  });

  it('foretells what the operator then plans', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 30 }), fc.nat(), (nodes, services, seed) => {
        const names = Array.from({ length: nodes }, (_, index) => `node${index}`);
        const gone = names[seed % nodes] ?? '';
        const made = Array.from({ length: services }, (_, index) => service(`s${index}`, `192.0.2.${index + 1}`));
        const before = planGroups(clusterOf([group(), ...made, ...names.map((name) => node(name))] as KubernetesObject[]), {
          settings: { agentImage: '' },
        })[0]?.plan;
        const saved = group({ routerIDs: before?.routerIds, homes: before?.homes, holders: before?.holders });
        const after = (list: readonly object[]) =>
          planGroups(clusterOf([saved, ...made, ...list] as KubernetesObject[]), { settings: { agentImage: '' } })[0]?.plan.routers ?? [];
        const lost = after(names.map((name): Node & object => node(name, name === gone ? 'Unknown' : 'True')));
        const { found } = ask([saved, ...made, ...names.map((name) => node(name))], { without: [gone] });
        for (const fate of found.virtualRouters) {
          const { ranks = [] } = lost.find(({ name }) => name === fate.router) ?? {};
          expect(fate.to).toBe(ranks.find((name) => name !== gone));
        }
      }),
      { numRuns: 60 },
    );
  });
});
