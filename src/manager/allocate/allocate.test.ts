import { beforeEach, describe, expect, it } from 'vitest';
import { aBalancer, aPool } from '../../../test/builders/addresses.ts';
import { aGroup } from '../../../test/builders/object.ts';
import { FakeApi } from '../../../test/fakes/api.ts';
import { FakeClock } from '../../../test/fakes/clock.ts';
import { statusAddresses } from '../../allocate/service/written.ts';
import type { Service } from '../../api/core.ts';
import { ALLOCATION_ANNOTATIONS } from '../../api/names.ts';
import type { AddressPool } from '../../api/pool/address-pool.ts';
import type { MoveRecord, VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import { ApiError } from '../../kube/api-error.ts';
import type { Client, Request } from '../../kube/client.ts';
import { collectionPath, type KubeObject, objectPath, type Resource } from '../../kube/object.ts';
import { Store } from '../../kube/store.ts';
import { silentLog } from '../../telemetry/log.ts';
import { ClusterView } from '../cluster/cluster-view.ts';
import { ADDRESS_POOLS, SERVICES, VIRTUAL_IPS } from '../cluster/resource.ts';
import { ToldProblems, type Trouble } from '../told-problems.ts';
import { AllocateController } from './allocate.ts';
import { Findings } from './findings.ts';
import { Newest } from './newest.ts';
import { TellController } from './tell.ts';

/** A manager's life: what it knows, and how far its writes get. */
interface Life {
  readonly controller: AllocateController;
  readonly tell: TellController;
  /** Lets its watches show what the API server has. */
  readonly look: () => Promise<void>;
}

let api: FakeApi;
let clock: FakeClock;
let told: Trouble[];
beforeEach(async () => {
  api = new FakeApi();
  clock = new FakeClock();
  told = [];
  await create(ADDRESS_POOLS, aPool(['192.0.2.10-192.0.2.12']));
});

const create = (resource: Resource, object: KubeObject): Promise<unknown> =>
  api.request({ method: 'POST', path: collectionPath(resource, object.metadata.namespace), body: object });
const list = async <T>(resource: Resource): Promise<T[]> =>
  (await api.request<{ items: T[] }>({ method: 'GET', path: collectionPath(resource) })).items;
const remove = (resource: Resource, object: KubeObject): Promise<unknown> =>
  api.request({ method: 'DELETE', path: objectPath(resource, object.metadata) });

/** A manager that has just started. @param client - stands between it and the API server */
function begin(client: Client = api, routers: { group?: string; moves?: readonly MoveRecord[] } = {}): Life {
  const view = new ClusterView({ client: api, clock, log: silentLog });
  view.groups.set(aGroup());
  const addresses = {
    pools: new Store<AddressPool>(),
    virtualIPs: new Store<VirtualIP>(),
    namespaces: new Store<KubeObject>(),
    isReady: true,
    onReady: () => {},
    run: async () => {},
  };
  const problems = new ToldProblems((object, { reason, note }) => {
    told.push({ object: { ...object, ...object.metadata } as Trouble['object'], reason, message: note });
  });
  const newest = { virtualIPs: new Newest(addresses.virtualIPs, clock), services: new Newest(view.services, clock) };
  const shared = { ...newest, client, view, addresses, clock, log: silentLog };
  const tell = new TellController({
    ...shared,
    routers: { of: () => routers.group, onChange: () => {} },
    journals: { of: () => routers.moves ?? [], onChange: () => {} },
    verdicts: { of: () => undefined, isUnserved: () => false, onChange: () => {} },
    pools: new Newest(addresses.pools, clock),
    budget: { take: async () => {} },
  });
  const controller = new AllocateController({
    ...shared,
    problems,
    findings: new Findings(),
    onPools: (states) => tell.hear(states),
    settings: () => ({}),
  });
  return {
    controller,
    tell,
    look: async () => {
      view.services.replace(await list(SERVICES));
      addresses.pools.replace(await list(ADDRESS_POOLS));
      addresses.virtualIPs.replace(await list(VIRTUAL_IPS));
    },
  };
}

/** Works until nothing more is written. */
async function settle({ controller, tell, look }: Life): Promise<void> {
  for (let round = 0; round < 12; round++) {
    const before = api.writes.length;
    await look();
    await controller.reconcile();
    await tell.reconcile();
    await clock.pass(1000);
    if (api.writes.length === before) return;
  }
  throw new Error('the manager writes for ever');
}

const shown = async (): Promise<string[]> =>
  (await list<Service>(SERVICES)).map((service) => [service.metadata.name, ...statusAddresses(service)].join(' ')).sort();
const had = async (): Promise<string[]> =>
  (await list<VirtualIP>(VIRTUAL_IPS))
    .map(({ spec }) => [spec.address, ...(spec.claims ?? []).map(({ service }) => service)].join(' '))
    .sort();

describe('the controller of addresses', () => {
  it('writes the ledger before the Service, and nothing more at rest', async () => {
    await create(SERVICES, aBalancer('a'));
    const life = begin();
    await settle(life);
    expect([await shown(), await had()]).toEqual([['a 192.0.2.10'], ['192.0.2.10 a']]);
    const paths = api.writes.map(({ path }) => path);
    expect(paths.findIndex((path) => path.endsWith('/virtualips'))).toBeLessThan(paths.findIndex((path) => path.endsWith('/a/status')));
    const before = api.writes.length;
    await settle(life);
    expect(api.writes.length).toBe(before);
  });

  it('gives an address while the status of another is still being written', async () => {
    await create(SERVICES, aBalancer('a'));
    const isStatus = ({ path }: Request): boolean => path.includes('/virtualips/') && path.endsWith('/status');
    const asked = Promise.withResolvers<void>();
    const client: Client = {
      stream: api.stream.bind(api),
      request: <T>(request: Request): Promise<T> => {
        if (!isStatus(request)) return api.request<T>(request);
        asked.resolve();
        return new Promise(() => {});
      },
    };
    const life = begin(client);
    await life.look();
    await life.controller.reconcile();
    void life.tell.reconcile();
    await asked.promise;
    await create(SERVICES, aBalancer('b'));
    await life.look();
    await life.controller.reconcile();
    expect(await shown()).toEqual(['a 192.0.2.10', 'b 192.0.2.11']);
  });

  it('gives no address twice while its watches are behind', async () => {
    await create(SERVICES, aBalancer('b'));
    const life = begin();
    await life.look();
    await life.controller.reconcile();
    // The watch of Services shows an older one; that of VirtualIPs is still silent.
    await create(SERVICES, aBalancer('a', { created: '2020-01-01T00:00:00Z' }));
    await settle(life);
    expect(await shown()).toEqual(['a 192.0.2.11', 'b 192.0.2.10']);
  });

  it('tells whom it can give none, once, and gives one when one is free', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await create(SERVICES, aBalancer(name));
    const life = begin();
    await settle(life);
    await settle(life);
    expect(told.map(({ object, reason }) => `${object.name} ${reason}`)).toEqual(['d PoolExhausted']);
    await remove(SERVICES, aBalancer('a'));
    await settle(life);
    expect(await shown()).toEqual(['b 192.0.2.11', 'c 192.0.2.12', 'd 192.0.2.10']);
  });

  it('removes the record when the time is over for which the address was kept', async () => {
    await create(SERVICES, aBalancer('a'));
    const life = begin();
    await settle(life);
    await remove(SERVICES, aBalancer('a'));
    await settle(life);
    expect(await had()).toEqual(['192.0.2.10']);
    await clock.pass(3_700_000);
    await settle(life);
    expect(await had()).toEqual([]);
  });

  it.each([3_700_000, 10 * 365.25 * 24 * 3_600_000])('keeps what it keeps while the clock is %i ms ahead for a moment', async (jump) => {
    await create(SERVICES, aBalancer('a'));
    const life = begin();
    await settle(life);
    await remove(SERVICES, aBalancer('a'));
    await settle(life);
    clock.epoch += jump;
    await settle(life);
    await clock.pass(9 * 60_000);
    await settle(life);
    clock.epoch -= jump;
    await settle(life);
    expect(await had()).toEqual(['192.0.2.10']);
  });

  it('says in the status of a pool what is left of it', async () => {
    await create(SERVICES, aBalancer('a'));
    await settle(begin());
    const [pool] = await list<AddressPool>(ADDRESS_POOLS);
    expect(pool?.status).toMatchObject({ ipv4: { total: 3, used: 1, reserved: 0, free: 2 } });
    expect(pool?.status?.conditions?.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toEqual([
      'Ready True AddressesFree',
      'Valid True Valid',
    ]);
  });

  it('does nothing to a Service whose address it could not record', async () => {
    await create(SERVICES, aBalancer('a'));
    const refusing = through(({ path }) => (path.endsWith('/virtualips') ? 'lost' : 'passes'));
    const { look, controller } = begin(refusing);
    await look();
    expect(await controller.reconcile()).toMatchObject({ kind: 'failed' });
    expect(await shown()).toEqual(['a']);
  });
});

describe('a record that is refused', () => {
  /** The record of the first address is refused as long as `isRefused` says so. */
  const refusing = (status: number, isRefused: () => boolean): Client => ({
    stream: (request) => api.stream(request),
    request: async <T>(request: Request): Promise<T> => {
      if (request.path.endsWith('/virtualips') && JSON.stringify(request.body ?? '').includes('"192.0.2.10"') && isRefused())
        throw new ApiError({ kind: 'response', status, message: 'no' });
      return api.request<T>(request);
    },
  });
  const statuses = async (): Promise<string[]> =>
    [...(await list<AddressPool | VirtualIP>(ADDRESS_POOLS)), ...(await list<AddressPool | VirtualIP>(VIRTUAL_IPS))].flatMap(
      ({ metadata, status }) => (status === undefined ? [] : metadata.name),
    );
  const rounds = async ({ controller, tell, look }: Life, count: number): Promise<void> => {
    for (let round = 0; round < count; round += 1) {
      await look();
      await controller.reconcile();
      await look();
      await tell.reconcile();
      await clock.pass(1000);
    }
  };
  beforeEach(async () => {
    for (const name of ['a', 'b', 'c', 'd']) await create(SERVICES, aBalancer(name));
  });

  it.each([403, 409, 429, 500])('(%i) keeps no other Service, record or pool from its address or its word', async (status) => {
    let isRefused = true;
    const life = begin(refusing(status, () => isRefused));
    await rounds(life, 4);
    expect(await shown()).toEqual(['a', 'b 192.0.2.11', 'c 192.0.2.12', 'd']);
    expect(await statuses()).toEqual(['lan', '192.0.2.11', '192.0.2.12']);
    expect(told.map(({ object, reason }) => `${object.name} ${reason}`)).toEqual(['d PoolExhausted']);
    isRefused = false;
    await rounds(life, 2);
    expect((await shown())[0]).toBe('a 192.0.2.10');
    expect(await statuses()).toContain('192.0.2.10');
  });

  it('because somebody else wrote meanwhile tells nothing of what was judged before that', async () => {
    const life = begin(refusing(409, () => true));
    await rounds(life, 1);
    expect([told, await statuses()]).toEqual([[], []]);
  });
});

describe('a status that is refused', () => {
  let refusals: ((path: string) => ApiError | undefined)[];
  let tried: string[];
  const refusing: Client = {
    stream: (request) => api.stream(request),
    request: async <T>(request: Request): Promise<T> => {
      if (!request.path.endsWith('/status')) return api.request<T>(request);
      tried.push(request.path.split('/').at(-2) ?? '');
      const error = refusals.map((refuse) => refuse(request.path)).find((one) => one !== undefined);
      if (error !== undefined) throw error;
      return api.request<T>(request);
    },
  };
  const answer = (status: number, retryAfter?: number) => new ApiError({ kind: 'response', status, message: 'no', retryAfter });
  /** Works on the status alone for so long, as its queue does. */
  const work = async ({ tell, look }: Life, ms: number): Promise<void> => {
    const end = clock.monotonic() + ms;
    for (;;) {
      await look();
      const outcome = await tell.reconcile();
      const pause = outcome.kind === 'again' ? outcome.afterMs : Number.POSITIVE_INFINITY;
      if (clock.monotonic() + pause > end) return clock.pass(end - clock.monotonic());
      await clock.pass(pause);
    }
  };
  const poolStatus = async (): Promise<unknown> => (await list<AddressPool>(ADDRESS_POOLS))[0]?.status;
  const begun = async (): Promise<Life> => {
    const life = begin(refusing);
    await life.look();
    await life.controller.reconcile();
    await life.look();
    await life.controller.reconcile();
    return life;
  };
  beforeEach(() => {
    [refusals, tried] = [[], []];
  });

  it.each([403, 409, 429, 500])('of a pool (%i) is tried again, ever more rarely, and written once it may be', async (status) => {
    let isRefused = true;
    refusals = [(path) => (isRefused && path.includes('/addresspools/') ? answer(status) : undefined)];
    const life = await begun();
    await work(life, 60_000);
    expect(tried.length).toBeGreaterThan(4);
    expect(tried.length).toBeLessThan(12);
    expect(await poolStatus()).toBeUndefined();
    isRefused = false;
    await work(life, 31_000);
    expect(await poolStatus()).toMatchObject({ ipv4: { total: 3 } });
    const before = tried.length;
    await work(life, 120_000);
    expect(tried).toHaveLength(before);
  });

  it('for now (Retry-After) is not tried before', async () => {
    refusals = [() => answer(429, 20_000)];
    const life = await begun();
    await work(life, 19_900);
    expect(tried).toHaveLength(1);
    await work(life, 1100);
    expect(tried).toHaveLength(2);
  });

  it('of many objects keeps no other from being written', async () => {
    await create(ADDRESS_POOLS, { ...aPool(['198.51.100.0/24']), metadata: { name: 'many' } });
    const names = Array.from({ length: 70 }, (_, index) => `s${String(index).padStart(2, '0')}`);
    for (const name of names) await create(SERVICES, aBalancer(name, { annotations: { [ALLOCATION_ANNOTATIONS.pool]: 'many' } }));
    const last = (await begun().then(had)).at(-1)?.split(' ')[0] ?? '';
    [refusals, tried] = [[(path) => (path.includes('/virtualips/') && !path.includes(`/${last}/`) ? answer(403) : undefined)], []];
    await work(await begun(), 5000);
    const written = (await list<VirtualIP>(VIRTUAL_IPS)).filter(({ status }) => status !== undefined).map(({ spec }) => spec.address);
    expect(written).toEqual([last]);
  });
});

describe('the moves of an address', () => {
  const moves: MoveRecord[] = [
    { time: '2999-01-01T00:00:00.000Z', to: 'node1', cause: 'FirstElection', message: 'node1 is the first owner' },
  ];
  const writes = (): number => api.writes.length;
  beforeEach(async () => {
    await create(SERVICES, aBalancer('a'));
  });

  it('are written on its VirtualIP once', async () => {
    const life = begin(api, { group: 'web/web', moves });
    await settle(life);
    const [one] = await list<VirtualIP>(VIRTUAL_IPS);
    expect(one?.status?.moves).toEqual(moves);
    const before = writes();
    await settle(life);
    expect(writes()).toBe(before);
  });

  it('are not written again and again where an older definition drops them, and are when it is another one', async () => {
    let isOld = true;
    const dropping: Client = {
      stream: (request) => api.stream(request),
      request: <T>(request: Request) => api.request<T>(isOld ? withoutMoves(request) : request),
    };
    const life = begin(dropping, { group: 'web/web', moves });
    await settle(life);
    const before = writes();
    await settle(life);
    expect(writes()).toBe(before);
    isOld = false;
    await clock.pass(10 * 60_000);
    await settle(life);
    expect((await list<VirtualIP>(VIRTUAL_IPS))[0]?.status?.moves).toEqual(moves);
  });
});

/** What an API server does to a field that the definition doesn't have. */
function withoutMoves(request: Request): Request {
  const body = request.body as { readonly status?: Readonly<Record<string, unknown>> } | undefined;
  if (body?.status?.moves === undefined) return request;
  const { moves: _, ...status } = body.status;
  return { ...request, body: { ...body, status } };
}

describe('a manager that is killed at each of its writes', () => {
  it.each(['lost', 'unanswered'] as const)('gives no address twice and loses none: the write is %s', async (fate) => {
    for (let nth = 1; nth <= 12; nth++) {
      let writes = 0;
      const mortal = begin(through(({ method }) => (method === 'GET' || ++writes < nth ? 'passes' : writes === nth ? fate : 'lost')));
      await create(SERVICES, aBalancer(`s${nth % 5}`)).catch(() => undefined);
      if (nth % 3 === 0) await remove(SERVICES, aBalancer(`s${(nth + 2) % 5}`)).catch(() => undefined);
      const before = new Map((await shown()).map((text) => text.split(' ') as [string, string | undefined]));
      await mortal.look();
      await mortal.controller.reconcile();
      await settle(begin());
      const after = await shown();
      const addresses = after.flatMap((text) => text.split(' ')[1] ?? []);
      expect(new Set(addresses).size).toBe(addresses.length);
      for (const [name, address] of before) if (address !== undefined) expect(after).toContain(`${name} ${address}`);
      expect(
        (await had())
          .filter((text) => text.includes(' '))
          .map((text) => text.split(' ').toReversed().join(' '))
          .sort(),
      ).toEqual(after.filter((text) => text.includes(' ')));
    }
  });
});

/** A client whose requests pass, are lost before the server has them, or are carried out and never answered. */
function through(fateOf: (request: Request) => 'passes' | 'lost' | 'unanswered'): Client {
  const broken = (): ApiError => new ApiError({ kind: 'network', message: 'broken' });
  return {
    stream: (request) => api.stream(request),
    request: async <T>(request: Request) => {
      const fate = fateOf(request);
      if (fate === 'lost') throw broken();
      const answer = await api.request<T>(request);
      if (fate === 'unanswered') throw broken();
      return answer;
    },
  };
}
