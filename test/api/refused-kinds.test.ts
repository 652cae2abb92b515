/** A write of each kind beside those of `refused.test.ts` is refused: everything else arrives meanwhile, and what was refused does afterwards. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../lab/machine/wait.ts';
import type { Service } from '../../src/api/core.ts';
import { ALLOCATION_ANNOTATIONS, LOAD_BALANCER_CLASS, REVISION_ANNOTATION } from '../../src/api/names.ts';
import type { Resource } from '../../src/kube/object.ts';
import { ADDRESS_POOLS, POD_MONITORS, ROLE_BINDINGS, ROLES, VIRTUAL_IPS } from '../../src/manager/cluster/resource.ts';
import {
  type Any,
  aNamespace,
  type Cluster,
  create,
  createGroup,
  createPool,
  createService,
  DAEMON_SETS,
  find,
  groupOf,
  installCrd,
  NODE_NAMES,
  POD_MONITOR_CRD,
  PODS,
  SERVICES,
  startCluster,
} from './cluster.ts';
import { type ManagerUnderTest, startManager } from './manager-under-test.ts';
import type { Fate, Passed } from './proxy.ts';
import { createPod } from './stand-in-agents.ts';

let cluster: Cluster;
let manager: ManagerUnderTest | undefined;
beforeAll(async () => {
  cluster = await startCluster();
  await installCrd(cluster, POD_MONITOR_CRD);
});
afterEach(async () => {
  await manager?.stop();
  manager = undefined;
});
afterAll(() => cluster?.stop());

const refusal = (code: number, message: string): Fate => ({ status: code, body: { kind: 'Status', code, message } });
const FATES: readonly [string, Fate][] = [
  ['forbidden', refusal(403, 'a policy says no')],
  ['in conflict', { status: 409, body: { kind: 'Status', code: 409, reason: 'Conflict', message: 'it was changed' } }],
  ['too much for now', { status: 429, headers: { 'retry-after': '2' }, body: { kind: 'Status', code: 429, message: 'later' } }],
  ['held up by a webhook', { status: 500, afterMs: 10_000, body: { kind: 'Status', code: 500, message: 'the webhook did not answer' } }],
];

/** Whether an object is there, and is as the manager wants it. */
interface Mark {
  readonly what: string;
  readonly isThere: () => Promise<boolean>;
}

const stands = (resource: Resource, namespace: string | undefined, name: string, has: (object: Any) => boolean = () => true): Mark => ({
  what: `${resource.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
  isThere: async () => {
    const found = await find<Any>(cluster, resource, { ...(namespace !== undefined && { namespace }), name });
    return found !== undefined && has(found);
  },
});
const hasStatus = (object: Any): boolean => object.status !== undefined;
const hasAddress = (object: Any): boolean => (object as unknown as Service).status?.loadBalancer?.ingress?.[0] !== undefined;
const isTold = ({ metadata }: Any): boolean => metadata.annotations?.[REVISION_ANNOTATION] !== undefined;

const arrive = (marks: readonly Mark[], ms: number): Promise<unknown> =>
  Promise.all(marks.map(({ what, isThere }) => waitFor(`${what} arrives`, async () => (await isThere()) || undefined, ms)));

/** One kind whose writes are refused at one object: which requests, what can't be there meanwhile, and what has to be all the same. */
interface Case {
  readonly isHit: (request: Passed) => boolean;
  readonly refused: Mark;
  readonly others: readonly Mark[];
}

/** A group in a namespace of its own, of which one object is refused; its other objects have to arrive. */
async function ofGroup(
  namespace: string,
  address: string,
  pattern: RegExp,
  marks: (web: string) => readonly [Mark, ...Mark[]],
): Promise<Case> {
  const web = await aNamespace(cluster, namespace);
  await createGroup(cluster, web, 'vips', { segment: web });
  await createService(cluster, web, 'web', [address]);
  for (const node of NODE_NAMES) await createPod(cluster, { namespace: web, group: 'vips', node, uid: 'u', address: '127.0.0.11' });
  const [refused, ...others] = marks(web);
  const status: Mark = {
    what: `the status of group ${web}/vips`,
    isThere: async () => (await groupOf(cluster, web)).status?.conditions?.some(({ type }) => type === 'Accepted') === true,
  };
  return {
    isHit: ({ url }) => url.includes(`/namespaces/${web}/`) && pattern.test(url),
    refused,
    others: [status, stands(DAEMON_SETS, web, 'vips'), ...others],
  };
}

const pod = (web: string, node: string): Mark => stands(PODS, web, `vips-${node}`, isTold);
const monitor = (web: string): Mark => stands(POD_MONITORS, web, 'vips');
const role = (web: string): Mark => stands(ROLES, web, 'vips-prometheus-k8s');
const binding = (web: string): Mark => stands(ROLE_BINDINGS, web, 'vips-prometheus-k8s');

/** Three pools of one address each, with a Service for each: of the first the pool's status is refused, of the second the VirtualIP, of the third its status. */
async function ofPools(namespace: string, net: string): Promise<Case[]> {
  const web = await aNamespace(cluster, namespace);
  await createGroup(cluster, web, 'vips', { segment: web });
  const name = (index: number): string => `${web}-${index}`;
  const address = (index: number): string => `${net}${index}`;
  for (const index of [1, 2, 3]) {
    await createPool(cluster, name(index), `${web}/vips`, [address(index)]);
    await create(cluster, SERVICES, {
      metadata: { namespace: web, name: name(index), annotations: { [ALLOCATION_ANNOTATIONS.pool]: name(index) } },
      spec: { type: 'LoadBalancer', loadBalancerClass: LOAD_BALANCER_CLASS, allocateLoadBalancerNodePorts: false, ports: [{ port: 80 }] },
    });
  }
  const pool = (index: number): Mark => stands(ADDRESS_POOLS, undefined, name(index), hasStatus);
  const record = (index: number, has?: (object: Any) => boolean): Mark => stands(VIRTUAL_IPS, undefined, address(index), has);
  const service = (index: number): Mark => stands(SERVICES, web, name(index), hasAddress);
  const others = [pool(2), pool(3), record(1, hasStatus), record(3), service(1), service(3)];
  return [
    { isHit: ({ url }) => url.includes(`/addresspools/${name(1)}/status`), refused: pool(1), others },
    {
      isHit: ({ method, url, body = '' }) => method === 'POST' && url.includes('/virtualips') && body.includes(`"${address(2)}"`),
      refused: record(2),
      others,
    },
    { isHit: ({ url }) => url.includes(`/virtualips/${address(3)}/status`), refused: record(3, hasStatus), others },
  ];
}

describe('a write of each kind that is refused at one object', () => {
  let count = 0;
  it.each(FATES)('stops no other write: %s', async (_, fate) => {
    count += 1;
    const at = (index: number): string => `192.0.2.${count * 10 + index}`;
    const cases = [
      await ofGroup(`pod-${count}`, at(1), /\/pods\/vips-node1/, (web) => [
        pod(web, 'node1'),
        ...[pod(web, 'node2'), pod(web, 'node3'), monitor(web), role(web), binding(web)],
      ]),
      await ofGroup(`monitor-${count}`, at(2), /\/podmonitors\//, (web) => [monitor(web), role(web), binding(web), pod(web, 'node1')]),
      await ofGroup(`role-${count}`, at(3), /\/roles\//, (web) => [role(web), monitor(web), pod(web, 'node1')]),
      await ofGroup(`binding-${count}`, at(4), /\/rolebindings\//, (web) => [binding(web), monitor(web), role(web), pod(web, 'node1')]),
      ...(await ofPools(`pools-${count}`, `203.0.113.${count}`)),
    ];
    const prometheus = { namespace: 'monitoring', name: 'prometheus' };
    manager = await startManager(cluster.operator, { prometheus, monitoringEvery: 500 });
    const hits = new Set<Case>();
    manager.proxy.decide = (request) => {
      const hit = request.isWrite ? cases.find(({ isHit }) => isHit(request)) : undefined;
      if (hit !== undefined) hits.add(hit);
      return hit === undefined ? 'pass' : fate;
    };
    await arrive(
      cases.flatMap(({ others }) => others),
      25_000,
    );
    await waitFor('each was refused', async () => hits.size === cases.length || undefined, 15_000);
    for (const { refused } of cases) expect(await refused.isThere(), refused.what).toBe(false);
    manager.proxy.decide = () => 'pass';
    await arrive(
      cases.map(({ refused }) => refused),
      45_000,
    );
  });
});
