/** `kubectl keepalived externalips --apply` on a real API server, with a manager. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../lab/machine/run.ts';
import { waitFor } from '../../lab/machine/wait.ts';
import type { Service } from '../../src/api/core.ts';
import { ALLOCATION_ANNOTATIONS, LOAD_BALANCER_CLASS } from '../../src/api/names.ts';
import type { VirtualIP } from '../../src/api/virtual-ip/virtual-ip.ts';
import type { Answer } from '../../src/cli/answer.ts';
import { applyExternalIPs } from '../../src/cli/external-ips/command.ts';
import { type Client, JSON_PATCH } from '../../src/kube/client.ts';
import { ADDRESS_POOLS, VIRTUAL_IPS } from '../../src/manager/cluster/resource.ts';
import { systemClock } from '../../src/telemetry/clock.ts';
import {
  type Any,
  aNamespace,
  type Cluster,
  CONFIG_MAPS,
  carried,
  createGroup,
  createPool,
  createService,
  find,
  get,
  patch,
  remove,
  SERVICES,
  startCluster,
} from './cluster.ts';
import { type ManagerUnderTest, startManager } from './manager-under-test.ts';

let cluster: Cluster;
let manager: ManagerUnderTest | undefined;
beforeAll(async () => {
  cluster = await startCluster();
  manager = await startManager(cluster.operator);
});
afterAll(async () => {
  await manager?.stop();
  await cluster?.stop();
});

interface Applied extends Answer {
  readonly said: readonly string[];
}

/** `client` is the user's: the cluster's administrator, or one who breaks off. */
async function applied(client: Client = cluster.client, timeoutMs = 20_000): Promise<Applied> {
  const said: string[] = [];
  const answer = await applyExternalIPs({ client, clock: systemClock, say: (line) => said.push(line), timeoutMs });
  return { ...answer, said };
}

const service = (namespace: string, name: string): Promise<Service> => get<Service>(cluster, SERVICES, { namespace, name });
const virtualIP = (name: string): Promise<VirtualIP | undefined> => find<VirtualIP>(cluster, VIRTUAL_IPS, { name });
/** The part of the group's configuration that says what is carried. */
const configured = async (namespace: string): Promise<unknown> => (await get<Any>(cluster, CONFIG_MAPS, { namespace, name: 'vips' })).data;

/** What a Service may be before, beside one of type ClusterIP. */
const KINDS = {
  NodePort: { type: 'NodePort' },
  Local: { externalTrafficPolicy: 'Local' },
  'NodePort and Local': { type: 'NodePort', externalTrafficPolicy: 'Local' },
} as const;

/** Commands as a user would enter them. */
const kubectl = (commands: string): Promise<unknown> =>
  run(['sh', '-ec', commands], {
    timeoutMs: 60_000,
    env: { ...process.env, KUBECONFIG: cluster.api.kubeconfig, PATH: `${cluster.api.programs}:${process.env.PATH}` },
  });

/** Fails at each request of this method, path and type of content, as if the command were killed there. */
function breaking(method: string, path: RegExp, contentType?: string): Client {
  return {
    ...cluster.client,
    request: (request) =>
      request.method === method && path.test(request.path) && (contentType ?? request.contentType) === request.contentType
        ? Promise.reject(new Error('the connection was lost'))
        : cluster.client.request(request),
    stream: (request) => cluster.client.stream(request),
  };
}

describe('kubectl keepalived externalips --apply', () => {
  it('gives every Service the same addresses from its pool, and the nodes nothing new', async () => {
    const web = await aNamespace(cluster, 'moving');
    await createGroup(cluster, web, 'vips');
    await createService(cluster, web, 'a', ['203.0.113.1']);
    await createService(cluster, web, 'b', ['203.0.113.2']);
    await carried(cluster, web, ['203.0.113.1', '203.0.113.2']);
    await createPool(cluster, 'moving', `${web}/vips`, ['203.0.113.0/29']);
    const before = await configured(web);
    const { said, notes, status } = await applied();
    expect([notes, status]).toEqual([[], 0]);
    expect(said.at(-1)).toBe('2 of 2 Services with external IPs have the same addresses from a pool now.');
    expect(said.filter((line) => line.startsWith(`Service ${web}/a: `)).slice(0, 3)).toEqual(
      ['203.0.113.1 of pool moving', 'carried now', 'addresses reserved for it'].map((what) => `Service ${web}/a: ${what}`),
    );
    for (const [name, ip] of [
      ['a', '203.0.113.1'],
      ['b', '203.0.113.2'],
    ] as const) {
      const { spec, status: shown } = await service(web, name);
      expect(spec).toMatchObject({ type: 'LoadBalancer', loadBalancerClass: LOAD_BALANCER_CLASS, allocateLoadBalancerNodePorts: false });
      expect(spec?.externalIPs).toBeUndefined();
      expect(shown?.loadBalancer?.ingress).toEqual([{ ip, ipMode: 'VIP' }]);
      expect((await virtualIP(ip))?.spec).toMatchObject({ claims: [{ namespace: web, service: name, source: 'Pool', pool: 'moving' }] });
      expect((await virtualIP(ip))?.spec.reservation).toBeUndefined();
    }
    expect(await configured(web)).toEqual(before);
    expect(await applied()).toMatchObject({
      said: ['0 of 0 Services with external IPs have the same addresses from a pool now.'],
      status: 0,
    });
  });

  it.each([...Object.entries(KINDS)])('keeps what a Service of its own kind has: %s', async (word, spec) => {
    const web = await aNamespace(cluster, `kind-${word.replaceAll(' ', '-').toLowerCase()}`);
    const last = 33 + Object.keys(KINDS).indexOf(word);
    const address = `203.0.113.${last}`;
    await createGroup(cluster, web, 'vips', { segment: web });
    await createService(cluster, web, 'a', [address], { spec });
    await carried(cluster, web, [address]);
    await createPool(cluster, web, `${web}/vips`, [address]);
    const kept = ({ spec: { externalTrafficPolicy, ports } = {} }: Service) => ({ externalTrafficPolicy, ports });
    const before = await service(web, 'a');

    const { notes } = await applied(breaking('PATCH', /services\/a$/, JSON_PATCH));
    const [, back = ''] = /To go back: (kubectl .*)\. To go on/.exec(notes[0] ?? '') ?? [];
    expect((await service(web, 'a')).spec).toMatchObject({ type: 'LoadBalancer', externalIPs: [address] });
    await kubectl(back);
    const returned = await service(web, 'a');
    expect(returned.spec).toEqual(before.spec);
    expect(returned.metadata.annotations?.[ALLOCATION_ANNOTATIONS.addresses]).toBeUndefined();
    await waitFor(
      'the ledger says that external IPs give it again',
      async () => (await virtualIP(address))?.spec.claims?.find(({ source }) => source === 'ExternalIP'),
      20_000,
    );
    await carried(cluster, web, [address]);

    expect(await applied()).toMatchObject({ notes: [], status: 0 });
    const after = await service(web, 'a');
    expect(after.spec?.externalIPs).toBeUndefined();
    expect(kept(after)).toEqual(kept(before));
    expect(after.status?.loadBalancer?.ingress).toEqual([{ ip: address, ipMode: 'VIP' }]);
    await carried(cluster, web, [address]);
  });

  it('moves several at a time, and those that share an address one after the other', async () => {
    const web = await aNamespace(cluster, 'several');
    await createGroup(cluster, web, 'vips', { segment: web });
    const addresses = Array.from({ length: 6 }, (_, index) => `203.0.113.${48 + index}`);
    for (const [index, address] of addresses.entries()) await createService(cluster, web, `s${index}`, [address]);
    const shared = { ports: [{ port: 81 }] };
    await createService(cluster, web, 'shared', ['203.0.113.48'], { spec: shared });
    await carried(cluster, web, addresses);
    await createPool(cluster, web, `${web}/vips`, ['203.0.113.48/29'], { useFirstAndLast: true });
    const before = await configured(web);
    const { said, notes } = await applied();
    expect(notes).toEqual([]);
    expect(await configured(web)).toEqual(before);
    const end = said.indexOf(`Service ${web}/s0: still carried; the reservation is taken back`);
    expect(said.findIndex((line) => line.startsWith(`Service ${web}/s1: `))).toBeLessThan(end);
    expect(said.findIndex((line) => line.startsWith(`Service ${web}/shared: `))).toBeGreaterThan(end);
    expect((await virtualIP('203.0.113.48'))?.spec.claims?.map(({ service: name, source }) => `${name} ${source}`)).toEqual([
      's0 Pool',
      'shared Pool',
    ]);
  });

  it.each([
    ['reserved', 'PATCH', /virtualips/, 'carried now'],
    ['changed', 'PATCH', /services\/a$/, 'addresses reserved for it'],
  ])('stops before it is %s with what was done, and goes on when it is run again', async (word, method, path, last) => {
    const web = await aNamespace(cluster, `stopped-${word}`);
    const address = word === 'reserved' ? '203.0.113.9' : '203.0.113.17';
    await createGroup(cluster, web, 'vips');
    await createService(cluster, web, 'a', [address]);
    await carried(cluster, web, [address]);
    await waitFor('the ledger has it', () => virtualIP(address), 20_000);
    await createPool(cluster, web, `${web}/vips`, [address]);
    const { notes, status } = await applied(breaking(method, path));
    expect(status).toBe(1);
    expect(notes[0]).toContain(`Service ${web}/a: the connection was lost (done so far: `);
    expect(notes[0]).toContain(`${last}). Its external IPs are as they were. To go back: kubectl patch service -n ${web} a --type=merge`);
    expect((await service(web, 'a')).spec?.externalIPs).toEqual([address]);
    expect(await applied()).toMatchObject({ status: 0, notes: [] });
    expect((await service(web, 'a')).spec?.externalIPs).toBeUndefined();
  });

  it('says which pool is missing, and what keeps a pool from giving the address', async () => {
    const web = await aNamespace(cluster, 'refused');
    await createGroup(cluster, web, 'vips');
    await createService(cluster, web, 'a', ['203.0.113.25']);
    await carried(cluster, web, ['203.0.113.25']);
    const missing = await applied();
    expect([missing.notes, missing.status]).toEqual([
      [`Service ${web}/a: no AddressPool of group ${web}/vips holds 203.0.113.25; add it to one`],
      1,
    ]);
    await createPool(cluster, 'refusing', `${web}/vips`, ['203.0.113.25'], { namespaces: ['others'] });
    const { notes } = await applied(cluster.client, 3000);
    expect(notes[0]).toMatch(/waited 3 s until the pool gives it the same addresses: 203\.0\.113\.25 is not in its status\.loadBalancer/);
    await patch(cluster, ADDRESS_POOLS, { name: 'refusing' }, { spec: { namespaces: null } });
    expect(await applied()).toMatchObject({ status: 0, notes: [] });
    await remove(cluster, SERVICES, { namespace: web, name: 'a' });
  });
});
