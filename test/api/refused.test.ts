import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../lab/machine/wait.ts';
import type { Condition, Service } from '../../src/api/core.ts';
import { REFUSED_PRIORITY_ANNOTATION, SERVICE_ANNOTATIONS, SERVICE_CONDITION } from '../../src/api/names.ts';
import {
  type Any,
  aNamespace,
  type Cluster,
  create,
  createGroup,
  createService,
  DAEMON_SETS,
  EVENTS,
  eventsOf,
  find,
  get,
  groupOf,
  patch,
  SERVICES,
  startCluster,
} from './cluster.ts';
import { type ManagerUnderTest, quiet, startManager } from './manager-under-test.ts';
import type { Fate } from './proxy.ts';

type Templated = Any & { readonly spec: { readonly template: { readonly spec: { readonly priorityClassName?: string } } } };
let cluster: Cluster;
let manager: ManagerUnderTest;
beforeAll(async () => {
  cluster = await startCluster();
});
afterEach(() => manager?.stop());
afterAll(() => cluster?.stop());

const balancer = (web: string, name: string, address: string, group = `${web}/vips`) =>
  createService(cluster, web, name, [], {
    group,
    annotations: { [SERVICE_ANNOTATIONS.updateStatus]: 'true' },
    spec: { type: 'LoadBalancer', externalIPs: [address], allocateLoadBalancerNodePorts: false },
  });
const serviceOf = async (namespace: string, name: string): Promise<Service> =>
  (await get(cluster, SERVICES, { namespace, name })) as unknown as Service;
const isListed = (namespace: string, name: string, ms = 20_000): Promise<unknown> =>
  waitFor(
    `${namespace}/${name} has its address in its status`,
    async () => (await serviceOf(namespace, name)).status?.loadBalancer?.ingress?.[0],
    ms,
  );
const conditionOf = async (namespace: string, type: string): Promise<Condition | undefined> =>
  (await groupOf(cluster, namespace)).status?.conditions?.find((one) => one.type === type);
const becomes = (namespace: string, type: string, pattern: RegExp): Promise<Condition> =>
  waitFor(
    `${type} is ${pattern}`,
    async () => {
      const found = await conditionOf(namespace, type);
      if (!pattern.test(`${found?.status} ${found?.message}`)) throw new Error(JSON.stringify(found));
      return found;
    },
    20_000,
  );

describe('a write that is refused', () => {
  const forbidden: Fate = { status: 403, body: { kind: 'Status', code: 403, reason: 'Forbidden', message: 'a policy says no' } };
  const conflict: Fate = { status: 409, body: { kind: 'Status', code: 409, reason: 'Conflict', message: 'it was changed' } };
  const busy: Fate = { status: 429, headers: { 'retry-after': '2' }, body: { kind: 'Status', code: 429, message: 'later' } };
  const slow: Fate = { status: 500, afterMs: 10_000, body: { kind: 'Status', code: 500, message: 'the webhook did not answer' } };
  let count = 0;

  it.each<[string, RegExp, string, Fate]>([
    ['the status of a Service', /\/services\/bad\/status/, 'forbidden', forbidden],
    ['the status of a Service', /\/services\/bad\/status/, 'in conflict', conflict],
    ['the status of a Service', /\/services\/bad\/status/, 'too much', busy],
    ['the status of a Service', /\/services\/bad\/status/, 'held up by a webhook', slow],
    ['an Event', /\/events(\/|\?|$)/, 'held up by a webhook', slow],
    ['a DaemonSet', /\/daemonsets\/vips/, 'held up by a webhook', slow],
  ])('of %s stops no other write (%s): %s', async (_, pattern, __, fate) => {
    count += 1;
    const web = await aNamespace(cluster, `refused-${count}`);
    await createGroup(cluster, web, 'vips', { segment: web });
    await balancer(web, 'bad', `192.0.2.${count * 10 + 1}`);
    await balancer(web, 'good', `192.0.2.${count * 10 + 2}`);
    await createService(cluster, web, 'wrong', ['nonsense']).catch(() => undefined);
    manager = await startManager(cluster.operator);
    manager.proxy.decide = ({ url, isWrite }) => (isWrite && url.includes(web) && pattern.test(url) ? fate : 'pass');
    await isListed(web, 'good');
    await waitFor('the group has its conditions', async () => (await conditionOf(web, 'Accepted')) && true, 20_000);
    manager.proxy.decide = () => 'pass';
    await isListed(web, 'bad', 40_000);
  });

  it.each<[string, RegExp, Fate]>([
    ['its ConfigMap', /\/configmaps\/vips/, forbidden],
    ['its ConfigMap', /\/configmaps\/vips/, slow],
    ['its status', /\/keepalivedgroups\/vips\/status/, forbidden],
    ['its status', /\/keepalivedgroups\/vips\/status/, slow],
  ])('of one group (%s) stops no other group', async (_, pattern, fate) => {
    count += 1;
    const [web, other] = [await aNamespace(cluster, `refused-${count}`), await aNamespace(cluster, `others-${count}`)];
    for (const name of [web, other]) await createGroup(cluster, name, 'vips', { segment: name });
    await balancer(web, 'bad', `198.51.100.${count * 10 + 1}`);
    await balancer(other, 'good', `198.51.100.${count * 10 + 2}`);
    manager = await startManager(cluster.operator);
    manager.proxy.decide = ({ url, isWrite }) => (isWrite && url.includes(`/${web}/`) && pattern.test(url) ? fate : 'pass');
    await isListed(other, 'good');
    expect((await serviceOf(web, 'bad')).status?.loadBalancer?.ingress).toBeUndefined();
    if (!pattern.test('/keepalivedgroups/vips/status')) await becomes(web, 'ReconcileSuccess', /^False .*(a policy says no|webhook)/);
    manager.proxy.decide = () => 'pass';
    await isListed(web, 'bad', 60_000);
    await becomes(web, 'ReconcileSuccess', /^True/);
  });
});

describe('what a Service does not get', () => {
  it('is said in a condition of its own for as long as that lasts, and in one Event', async () => {
    const web = await aNamespace(cluster, 'explained');
    await createGroup(cluster, web, 'vips', { segment: web, fences: { addresses: ['203.0.113.0/24'] } });
    await createService(cluster, web, 'outside', ['192.0.2.250']);
    await createService(cluster, web, 'inside', ['203.0.113.1']);
    manager = await startManager(cluster.operator);
    const own = async (name: string): Promise<Condition | undefined> =>
      (await serviceOf(web, name)).status?.conditions?.find(({ type }) => type === SERVICE_CONDITION);
    const condition = await waitFor('the Service says why', () => own('outside'), 20_000);
    expect(condition).toMatchObject({ status: 'False', reason: 'AddressNotAllowed', message: expect.stringContaining('192.0.2.250') });
    expect(await own('inside')).toBeUndefined();
    await quiet(manager);
    const writes = manager.proxy.writes.length;
    for (let last = 2; last < 6; last += 1) await createService(cluster, web, `more-${last}`, [`203.0.113.${last}`]);
    await quiet(manager);
    const told = async (): Promise<string[]> => (await eventsOf(cluster, web)).filter((line) => line.includes('AddressNotAllowed'));
    expect((await told()).filter((line) => line.startsWith('Service/outside'))).toHaveLength(1);
    expect((await told()).filter((line) => line.startsWith('KeepalivedGroup/'))).toHaveLength(1);
    expect(manager.proxy.writes.slice(writes).filter(({ url }) => url.includes('/services/'))).toEqual([]);
    await patch(cluster, SERVICES, { namespace: web, name: 'outside' }, { spec: { externalIPs: ['203.0.113.9'] } });
    await waitFor('nothing is left to say', async () => ((await own('outside')) === undefined ? true : undefined), 20_000);
    await patch(cluster, SERVICES, { namespace: web, name: 'outside' }, { spec: { externalIPs: ['192.0.2.250'] } });
    await waitFor('it is said again', () => own('outside'), 20_000);
    await patch(
      cluster,
      SERVICES,
      { namespace: web, name: 'outside' },
      { metadata: { annotations: { [SERVICE_ANNOTATIONS.group]: null } } },
    );
    await waitFor('nothing of us is left', async () => ((await own('outside')) === undefined ? true : undefined), 20_000);
  });
});

/** An Event as the DaemonSet controller makes it. */
const refusePods = (namespace: string, uid: string | undefined, note: string): Promise<unknown> =>
  create(cluster, EVENTS, {
    metadata: { namespace, name: 'vips.1' },
    eventTime: '2026-01-01T00:00:00.000000Z',
    type: 'Warning',
    reason: 'FailedCreate',
    action: 'Creating',
    note,
    regarding: { apiVersion: 'apps/v1', kind: 'DaemonSet', namespace, name: 'vips', uid },
    reportingController: 'daemonset-controller',
    reportingInstance: 'test',
  });

describe('why a group has no pods', () => {
  it('is said in its condition, in the words of the DaemonSet', async () => {
    const web = await aNamespace(cluster, 'podless');
    await createGroup(cluster, web, 'vips', { segment: web });
    await createService(cluster, web, 's1', ['198.18.0.1']);
    manager = await startManager(cluster.operator);
    await becomes(web, 'UpToDate', /^False .*node1 has no pod; /);
    const daemonSet = await waitFor(
      'its DaemonSet is there',
      () => find<Any>(cluster, DAEMON_SETS, { namespace: web, name: 'vips' }),
      20_000,
    );
    const note = 'Error creating: pods "vips-" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)';
    await refusePods(web, daemonSet.metadata.uid, note);
    await becomes(web, 'UpToDate', /^False .*node1 has no pod: Error creating: .* violates PodSecurity/);
  });

  it('is not the priority class for long: if a quota allows only other classes, the pods run without one', async () => {
    const web = await aNamespace(cluster, 'unprivileged');
    await createGroup(cluster, web, 'vips', { segment: web });
    await createService(cluster, web, 's1', ['198.18.0.2']);
    const settings = { agentImage: 'operator:test', podPriorityClass: 'system-node-critical' };
    manager = await startManager(cluster.operator, { settings });
    const daemonSet = (): Promise<Templated | undefined> => find<Templated>(cluster, DAEMON_SETS, { namespace: web, name: 'vips' });
    const classIs = (expected: string | undefined): Promise<Templated> =>
      waitFor(
        `the priority class is ${expected}`,
        async () => {
          const found = await daemonSet();
          return found !== undefined && found.spec.template.spec.priorityClassName === expected ? found : undefined;
        },
        30_000,
      );
    const before = await classIs('system-node-critical');
    const scopes = '[{PriorityClass In [system-node-critical system-cluster-critical]}]';
    await refusePods(
      web,
      before.metadata.uid,
      `Error creating: pods "vips-" is forbidden: insufficient quota to match these scopes: ${scopes}`,
    );
    const without = await classIs(undefined);
    expect(without.metadata.annotations).toMatchObject({ [REFUSED_PRIORITY_ANNOTATION]: 'system-node-critical' });
    await becomes(web, 'Accepted', /^True .*/);
    await waitFor(
      'an Event says so',
      async () => (await eventsOf(cluster, web)).find((line) => line.startsWith('KeepalivedGroup/vips PriorityClassRefused')),
      20_000,
    );
    await manager.stop();
    manager = await startManager(cluster.operator, { settings });
    await quiet(manager);
    await classIs(undefined);
    await patch(
      cluster,
      DAEMON_SETS,
      { namespace: web, name: 'vips' },
      { metadata: { annotations: { [REFUSED_PRIORITY_ANNOTATION]: null } } },
    );
    await classIs('system-node-critical');
  });
});
