/** Addresses of pools, from a Service to its status, on a real API server. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../lab/machine/wait.ts';
import type { Service } from '../../src/api/core.ts';
import { ALLOCATION_ANNOTATIONS, LOAD_BALANCER_CLASS, SERVICE_ANNOTATIONS } from '../../src/api/names.ts';
import type { AddressPool } from '../../src/api/pool/address-pool.ts';
import type { VirtualIP } from '../../src/api/virtual-ip/virtual-ip.ts';
import { ADDRESS_POOLS, VIRTUAL_IPS } from '../../src/manager/cluster/resource.ts';
import {
  type Any,
  aNamespace,
  type Cluster,
  CONFIG_MAPS,
  carried,
  create,
  createGroup,
  createPool,
  createService,
  eventsOf,
  find,
  get,
  list,
  patch,
  remove,
  SERVICES,
  startCluster,
} from './cluster.ts';
import { type ManagerUnderTest, quiet, startManager } from './manager-under-test.ts';

let cluster: Cluster;
let manager: ManagerUnderTest | undefined;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.stop());
afterEach(async () => {
  await manager?.stop();
  manager = undefined;
  for (const { metadata } of await list(cluster, ADDRESS_POOLS)) await remove(cluster, ADDRESS_POOLS, metadata);
});

const aBalancer = (namespace: string, name: string, spec: object = {}, annotations: Readonly<Record<string, string>> = {}): Promise<Any> =>
  create(cluster, SERVICES, {
    metadata: { namespace, name, annotations },
    spec: { type: 'LoadBalancer', loadBalancerClass: LOAD_BALANCER_CLASS, ports: [{ port: 80 }], ...spec },
  });

const service = (namespace: string, name: string): Promise<Service> => get<Service>(cluster, SERVICES, { namespace, name });
const ingress = async (namespace: string, name: string) => (await service(namespace, name)).status?.loadBalancer?.ingress ?? [];
const virtualIP = (name: string): Promise<VirtualIP | undefined> => find<VirtualIP>(cluster, VIRTUAL_IPS, { name });

/** Waits until the Service shows these addresses and no others. */
const shows = (namespace: string, name: string, ...addresses: readonly string[]): Promise<true> =>
  waitFor(
    `${namespace}/${name} shows ${addresses.join(', ') || 'nothing'}`,
    async () => JSON.stringify((await ingress(namespace, name)).map(({ ip }) => ip)) === JSON.stringify(addresses) || undefined,
    20_000,
  );

describe('a Service of our class', () => {
  it('gets an address in the ledger first, then in its status, then on the nodes', async () => {
    const web = await aNamespace(cluster, 'first');
    await createGroup(cluster, web, 'vips');
    await createPool(cluster, 'first', `${web}/vips`, ['203.0.113.0/29']);
    manager = await startManager(cluster.operator);
    await aBalancer(web, 'a');
    await shows(web, 'a', '203.0.113.1');
    await carried(cluster, web, ['203.0.113.1']);
    expect(await ingress(web, 'a')).toEqual([{ ip: '203.0.113.1', ipMode: 'VIP' }]);
    expect((await service(web, 'a')).metadata.annotations?.[SERVICE_ANNOTATIONS.group]).toBe(`${web}/vips`);
    expect(await virtualIP('203.0.113.1')).toMatchObject({
      spec: { claims: [{ namespace: web, service: 'a', source: 'Pool', pool: 'first' }] },
    });
    const urls = manager.proxy.writes.map(({ method, url }) => `${method} ${url.split('?')[0]}`);
    const [ledger, status] = [/^POST .*virtualips$/, /services\/a\/status$/].map((pattern) => urls.findIndex((url) => pattern.test(url)));
    expect(ledger).toBeGreaterThanOrEqual(0);
    expect(status).toBeGreaterThan(ledger ?? -1);
    expect(urls.findLastIndex((url) => url.endsWith('/configmaps/vips'))).toBeGreaterThan(status ?? -1);
  });

  it('and the others: at rest nothing is written', async () => {
    manager = await startManager(cluster.operator);
    await quiet(manager);
    expect(await quiet(manager, 2500, manager.proxy.writes.length)).toEqual([]);
    expect(await virtualIP('203.0.113.1')).toMatchObject({
      status: { service: 'first/a', ports: ['80/TCP'], source: 'Pool', group: 'first/vips', virtualRouter: 'first/a' },
    });
  });

  it('keeps it when it is made anew, and gives it back when its type changes', async () => {
    await createPool(cluster, 'first', 'first/vips', ['203.0.113.0/29']);
    manager = await startManager(cluster.operator);
    await remove(cluster, SERVICES, { namespace: 'first', name: 'a' });
    await waitFor('kept', async () => (await virtualIP('203.0.113.1'))?.spec.keptFor ?? undefined, 20_000);
    await aBalancer('first', 'b');
    await shows('first', 'b', '203.0.113.2');
    await aBalancer('first', 'a');
    await shows('first', 'a', '203.0.113.1');
    await patch(cluster, SERVICES, { namespace: 'first', name: 'a' }, { spec: { type: 'ClusterIP', loadBalancerClass: null } });
    await waitFor('given back', async () => (await virtualIP('203.0.113.1'))?.spec.keptFor ?? undefined, 20_000);
    await waitFor(
      'forgotten',
      async () => Object.keys((await service('first', 'a')).metadata.annotations ?? {}).length === 0 || undefined,
      20_000,
    );
    expect(await ingress('first', 'a')).toEqual([]);
  });

  it('waits when the pool is used up, reads why, and gets an address when the pool grows', async () => {
    const web = await aNamespace(cluster, 'full');
    await createGroup(cluster, web, 'vips');
    await createPool(cluster, 'full', `${web}/vips`, ['203.0.113.32']);
    manager = await startManager(cluster.operator);
    await aBalancer(web, 'a');
    await shows(web, 'a', '203.0.113.32');
    await aBalancer(web, 'b');
    await waitFor('told', async () => (await eventsOf(cluster, web)).find((text) => text.includes('Service/b PoolExhausted')), 20_000);
    await waitFor(
      'the pool says so',
      async () =>
        (await get<AddressPool>(cluster, ADDRESS_POOLS, { name: 'full' })).status?.conditions?.find(({ reason }) => reason === 'Exhausted'),
      20_000,
    );
    await patch(cluster, ADDRESS_POOLS, { name: 'full' }, { spec: { addresses: ['203.0.113.32/31'] } });
    await shows(web, 'b', '203.0.113.33');
    await waitFor(
      'the pool counts',
      async () => (await get<AddressPool>(cluster, ADDRESS_POOLS, { name: 'full' })).status?.ipv4?.used === 2 || undefined,
      20_000,
    );
  });

  it('has its addresses in the ledger, as those have that external IPs name', async () => {
    const web = await aNamespace(cluster, 'external');
    await createGroup(cluster, web, 'vips');
    await createService(cluster, web, 'e', ['203.0.113.50']);
    manager = await startManager(cluster.operator);
    await waitFor(
      'recorded',
      async () => ((await virtualIP('203.0.113.50'))?.spec.claims?.[0]?.source === 'ExternalIP' ? true : undefined),
      20_000,
    );
    await remove(cluster, SERVICES, { namespace: web, name: 'e' });
    await waitFor('removed', async () => ((await virtualIP('203.0.113.50')) === undefined ? true : undefined), 20_000);
  });

  it('takes the place of external IPs: the address stays in the configuration all the time', async () => {
    const web = await aNamespace(cluster, 'moved');
    await createGroup(cluster, web, 'vips');
    await createPool(cluster, 'moved', `${web}/vips`, ['203.0.113.72/30']);
    await createService(cluster, web, 'm', ['203.0.113.73']);
    manager = await startManager(cluster.operator);
    await carried(cluster, web, ['203.0.113.73']);
    const config = async () => (await get(cluster, CONFIG_MAPS, { namespace: web, name: 'vips' })).metadata.resourceVersion;
    const before = await config();
    const of = { namespace: web, name: 'm' };
    await patch(cluster, SERVICES, of, { metadata: { annotations: { [ALLOCATION_ANNOTATIONS.addresses]: '203.0.113.73' } } });
    await patch(cluster, SERVICES, of, { spec: { type: 'LoadBalancer' } });
    await shows(web, 'm', '203.0.113.73');
    await patch(cluster, SERVICES, of, { spec: { externalIPs: null } });
    await waitFor(
      'the record names the pool alone',
      async () => ((await virtualIP('203.0.113.73'))?.spec.claims ?? []).map(({ source }) => source).join() === 'Pool' || undefined,
      20_000,
    );
    await quiet(manager);
    expect(await config()).toBe(before);
  });

  it('is not touched if its class is another’s', async () => {
    const web = await aNamespace(cluster, 'other');
    await createGroup(cluster, web, 'vips');
    await createPool(cluster, 'other', `${web}/vips`, ['203.0.113.64/30']);
    const { metadata } = await aBalancer(web, 'theirs', { loadBalancerClass: 'example.com/other' });
    manager = await startManager(cluster.operator);
    await aBalancer(web, 'ours');
    await shows(web, 'ours', '203.0.113.65');
    expect((await service(web, 'theirs')).metadata.resourceVersion).toBe(metadata.resourceVersion);
  });
});

describe('a manager that is killed at each of its writes', () => {
  it.each(['reset', 'cut'] as const)('gives no address twice and loses none: the write meets %s', { timeout: 240_000 }, async (fate) => {
    const web = await aNamespace(cluster, `killed-${fate}`);
    const base = fate === 'reset' ? 96 : 128;
    await createGroup(cluster, web, 'vips');
    await createPool(cluster, web, `${web}/vips`, [`203.0.113.${base}/27`]);
    const seen = new Map<string, string>();
    let deaths = 0;
    for (let nth = 1; nth <= 8; nth += 1) {
      for (const part of ['a', 'b', 'c']) await aBalancer(web, `s${nth}${part}`);
      const mortal = await startManager(cluster.operator);
      let writes = 0;
      mortal.proxy.decide = ({ isWrite, url }) => {
        if (writes >= nth) return 'reset';
        if (!isWrite || !/virtualips|services/.test(url)) return 'pass';
        writes += 1;
        return writes === nth ? fate : 'pass';
      };
      await waitFor(`write ${nth}`, async () => writes >= nth || (await allShow(web, 3 * nth)) || undefined, 20_000);
      if (writes >= nth) deaths += 1;
      await mortal.crash();
      await expectSame(web, seen);
    }
    // Three Services take six writes at least: a record and a status for each.
    expect(deaths).toBeGreaterThanOrEqual(6);
    manager = await startManager(cluster.operator);
    await waitFor('every Service shows an address', async () => (await allShow(web, 24)) || undefined, 20_000);
    await quiet(manager);
    await expectSame(web, seen);
    const records = (await list<VirtualIP>(cluster, VIRTUAL_IPS)).filter(({ spec }) => spec.claims?.[0]?.namespace === web);
    expect(records.map(({ spec }) => spec.claims?.length)).toEqual(Array.from({ length: 24 }, () => 1));
  });
});

async function allShow(namespace: string, count: number): Promise<boolean> {
  const services = await list<Service>(cluster, SERVICES, namespace);
  return services.filter(({ status }) => (status?.loadBalancer?.ingress ?? []).length > 0).length >= count;
}

/** Every Service that showed an address shows it still, and no two show the same. */
async function expectSame(namespace: string, seen: Map<string, string>): Promise<void> {
  const services = await list<Service>(cluster, SERVICES, namespace);
  const shown = services.flatMap(({ metadata, status }) =>
    (status?.loadBalancer?.ingress ?? []).map(({ ip = '' }) => [metadata.name, ip] as const),
  );
  expect(new Set(shown.map(([, ip]) => ip)).size).toBe(shown.length);
  for (const [name, ip] of shown) {
    expect(seen.get(name) ?? ip).toBe(ip);
    seen.set(name, ip);
  }
  for (const [name] of seen) expect(shown.map(([one]) => one)).toContain(name);
}
