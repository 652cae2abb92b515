import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../lab/machine/wait.ts';
import { HttpClient } from '../../src/kube/http-client.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import { Reflector } from '../../src/kube/reflector.ts';
import { Store } from '../../src/kube/store.ts';
import { systemClock } from '../../src/telemetry/clock.ts';
import { silentLog } from '../../src/telemetry/log.ts';
import {
  aNamespace,
  type Cluster,
  CONFIG_MAPS,
  carried,
  carries,
  confOf,
  create,
  createGroup,
  createService,
  groupOf,
  list,
  remove,
  SERVICES,
  startCluster,
} from './cluster.ts';
import { type ManagerUnderTest, QUICK, quiet, startManager } from './manager-under-test.ts';
import { ApiProxy, type Fate, type Passed } from './proxy.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.stop());

describe('a reflector behind a server that misbehaves', () => {
  let proxy: ApiProxy;
  let store: Store<KubeObject>;
  let namespace: string;
  let stop: AbortController;
  let ended: Promise<void>;
  let count = 0;

  beforeEach(async () => {
    count += 1;
    namespace = await aNamespace(cluster, `reflected-${count}`);
    for (const name of ['kept', 'dropped']) await create(cluster, CONFIG_MAPS, { metadata: { namespace, name } });
    proxy = await ApiProxy.open(cluster.connection);
    store = new Store();
    stop = new AbortController();
    const reflector = new Reflector({
      ...{ client: new HttpClient({ connection: proxy.connection }), resource: CONFIG_MAPS, namespace, store },
      ...{ keep: (object: KubeObject) => object, clock: systemClock, log: silentLog, times: { ...QUICK, quiet: 1000 } },
    });
    ended = reflector.run(stop.signal);
    await reflector.synced;
  });
  afterEach(async () => {
    stop.abort();
    await ended;
    proxy.close();
  });

  const names = (objects: readonly KubeObject[]): string[] => objects.map(({ metadata }) => metadata.name).sort();
  const inStep = (what: string, ms = 20_000): Promise<boolean> =>
    waitFor(
      `the store is what the server has ${what}`,
      async () => {
        const real = names(await list<KubeObject>(cluster, CONFIG_MAPS, namespace));
        if (names(store.list()).join() !== real.join()) throw new Error(`it holds ${names(store.list())}, not ${real}`);
        return true;
      },
      ms,
    );
  /** Lets the next requests of a kind meet these fates, then breaks what is open, so that they come. */
  const meet = (isMeant: (request: Passed) => boolean, ...fates: readonly Fate[]): { left: () => number } => {
    const queue = [...fates];
    proxy.decide = (request) => (isMeant(request) ? (queue.shift() ?? 'pass') : 'pass');
    proxy.breakAll();
    return { left: () => queue.length };
  };
  const change = async (): Promise<void> => {
    await create(cluster, CONFIG_MAPS, { metadata: { namespace, name: 'new' } });
    await remove(cluster, CONFIG_MAPS, { namespace, name: 'dropped' });
  };
  const gone: Fate = { status: 410, body: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' } };
  const hurried: Fate = { status: 429, headers: { 'retry-after': '1' }, body: { kind: 'Status', code: 429 } };
  const unavailable: Fate = { status: 503, body: 'upstream is away' };
  const isWatch = ({ isWatch: is }: Passed): boolean => is;

  it.each<[string, readonly Fate[]]>([
    ['410', [gone]],
    ['429 with Retry-After', [hurried]],
    ['503 again and again', [unavailable, unavailable, unavailable, unavailable, unavailable, unavailable]],
    ['403', [{ status: 403, body: { kind: 'Status', reason: 'Forbidden' } }]],
    ['HTML of a load balancer', [{ status: 200, headers: { 'content-type': 'text/html' }, body: undefined }]],
    ['resets', ['reset', 'reset', 'reset']],
    ['an answer that begins and falls silent', ['stall', 'stall']],
  ])('goes on after watches that met: %s', async (_, fates) => {
    const { left } = meet(isWatch, ...fates);
    await change();
    await waitFor('every fate was met', async () => left() === 0 || undefined, 20_000);
    await inStep('after the faults');
  });

  it('goes on after an event that ends in the middle', async () => {
    const { left } = meet(isWatch, 'truncate', 'truncate');
    await waitFor('the watch is open again', async () => left() < 2 || undefined, 20_000);
    await change();
    await waitFor('both events were cut', async () => left() === 0 || undefined, 20_000);
    await create(cluster, CONFIG_MAPS, { metadata: { namespace, name: 'later' } });
    await inStep('after half an event');
  });

  it.each<[string, readonly Fate[]]>([
    ['429 with Retry-After', [hurried]],
    ['503', [unavailable, unavailable]],
    ['resets', ['reset', 'cut']],
    ['half an answer', ['truncate', 'truncate']],
    ['410 between two pages', [gone]],
  ])('goes on after lists that met: %s', async (_, fates) => {
    const queue = [...fates];
    let toldGone = false;
    proxy.decide = ({ isWatch: is }) => {
      if (!is) return queue.shift() ?? 'pass';
      if (toldGone) return 'pass';
      toldGone = true;
      return gone;
    };
    proxy.breakAll();
    await change();
    await inStep('after the faults');
    expect(queue).toEqual([]);
  });

  it('notices within seconds that nobody answers at all', async () => {
    const { left } = meet(isWatch, 'silence');
    await change();
    await inStep('although the connection was half open', 30_000);
    expect(left()).toBe(0);
  });

  it('is in step after ten seconds in which half of everything fails', async () => {
    const fates: readonly Fate[] = ['reset', 'cut', 'truncate', 'stall', gone, hurried, unavailable];
    // A fixed sequence of chance, so that a failure comes again.
    let seed = 7;
    const chance = (): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    proxy.decide = () => (chance() < 0.5 ? 'pass' : (fates[Math.floor(chance() * fates.length)] ?? 'pass'));
    const end = performance.now() + 10_000;
    for (let round = 0; performance.now() < end; round += 1) {
      await create(cluster, CONFIG_MAPS, { metadata: { namespace, name: `storm-${round}` } });
      if (round % 2 === 0) await remove(cluster, CONFIG_MAPS, { namespace, name: `storm-${round}` });
      if (round % 10 === 0) proxy.breakAll();
    }
    proxy.decide = () => 'pass';
    await inStep('after the storm');
  });
});

describe('a manager whose API server is away', () => {
  let manager: ManagerUnderTest;
  let web: string;
  let count = 0;
  const address = (last: number): string => `198.51.100.${count * 20 + last}`;
  beforeEach(async () => {
    count += 1;
    web = await aNamespace(cluster, `away-${count}`);
    await createGroup(cluster, web, 'vips');
    await createService(cluster, web, 's1', [address(1)]);
    manager = await startManager(cluster.operator);
    await carried(cluster, web, [address(1)]);
    await quiet(manager);
  });
  afterEach(() => manager.stop());

  /** Nothing of what was carried before may have moved to another id, and the newcomers are carried. */
  const isRight = async (before: Readonly<Record<string, number>>, addresses: readonly string[]): Promise<void> => {
    await carried(cluster, web, addresses, 'vips', 60_000);
    await quiet(manager);
    const after = (await groupOf(cluster, web)).status?.routerIDs ?? {};
    expect(after).toMatchObject(before);
    expect(new Set(Object.values(after)).size).toBe(Object.values(after).length);
    expect(await manager.proxy.writes.length).toBeGreaterThan(0);
  };
  const idsOf = async (): Promise<Readonly<Record<string, number>>> => (await groupOf(cluster, web)).status?.routerIDs ?? {};

  it('goes on when it was killed and restarted in the middle of changes', async () => {
    const before = await idsOf();
    const changes = (async () => {
      for (let last = 2; last <= 9; last += 1)
        await waitFor(`Service s${last} is made`, () => createService(cluster, web, `s${last}`, [address(last)]).catch(ifThere), 60_000);
    })();
    await cluster.api.restartApi();
    await changes;
    await isRight(
      before,
      Array.from({ length: 9 }, (_, index) => address(index + 1)),
    );
  });

  // The seconds are the outage itself, longer than any back-off of the reflectors here.
  it('goes on when its store was stopped for a while', async () => {
    const before = await idsOf();
    await cluster.api.stopEtcd();
    await new Promise((resolve) => setTimeout(resolve, 15_000));
    await cluster.api.startEtcd();
    await waitFor('a Service can be made', () => createService(cluster, web, 's2', [address(2)]).catch(ifThere), 60_000);
    await isRight(before, [address(1), address(2)]);
  });

  it('lists anew when history was compacted while it was cut off', async () => {
    manager.proxy.decide = ({ isWatch }) => (isWatch ? 'reset' : 'pass');
    manager.proxy.breakAll();
    await createService(cluster, web, 's2', [address(2)]);
    await remove(cluster, SERVICES, { namespace: web, name: 's1' });
    await compact(cluster.api.etcd);
    await cluster.api.restartApi();
    manager.proxy.decide = () => 'pass';
    await carried(cluster, web, [address(2)], 'vips', 60_000);
    await waitFor('s1 is gone', async () => !carries((await confOf(cluster, web)) ?? '', address(1)) || undefined, 20_000);
    expect((await idsOf())[`${web}/s2`]).toEqual(expect.any(Number));
    expect(manager.proxy.passed.filter(({ url, isWatch }) => url.startsWith('/api/v1/services?') && !isWatch).length).toBeGreaterThan(1);
  });
});

// --- internal ---

/** A create whose answer was lost finds its own object the second time. */
function ifThere(error: unknown): true {
  if ((error as { status?: number }).status === 409) return true;
  throw error;
}

async function compact(etcd: string): Promise<void> {
  const ask = async (path: string, body: object): Promise<{ header: { revision: string } }> => {
    const response = await fetch(`${etcd}${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`etcd answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as { header: { revision: string } };
  };
  const { header } = await ask('/v3/maintenance/status', {});
  await ask('/v3/kv/compaction', { revision: header.revision, physical: true });
}
