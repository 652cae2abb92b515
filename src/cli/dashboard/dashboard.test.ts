import { get } from 'node:http';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { aDashboardCluster, aRefusedService } from '../../../test/builders/dashboard-cluster.ts';
import { FakeApi, refusal } from '../../../test/fakes/api.ts';
import { FakeClock, settled } from '../../../test/fakes/clock.ts';
import { API_VERSION } from '../../api/names.ts';
import type { VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import { ApiError } from '../../kube/api-error.ts';
import { MERGE_PATCH } from '../../kube/client.ts';
import { answerDashboard } from './command.ts';
import { applied, type Difference } from './model/difference.ts';
import type { Facts } from './model/facts.ts';

const OURS = `/apis/${API_VERSION}`;
const cluster = aDashboardCluster(3, 4);
const [first] = cluster.virtualIPs as [VirtualIP];

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A command that runs, and what it says. */
async function running(prepare: (api: FakeApi) => void = () => {}) {
  const [api, clock, stop] = [new FakeApi(), new FakeClock(), new AbortController()];
  const create = (path: string, body: object) => api.request({ method: 'POST', path, body });
  for (const node of cluster.nodes) await create('/api/v1/nodes', node);
  for (const service of cluster.services) await create(`/api/v1/namespaces/${service.metadata.namespace}/services`, service);
  for (const virtualIP of cluster.virtualIPs) await create(`${OURS}/virtualips`, virtualIP);
  await create(`${OURS}/namespaces/web/keepalivedgroups`, cluster.group);
  prepare(api);
  const [said, notes]: [string[], string[]] = [[], []];
  const printed = Promise.withResolvers<string>();
  const ended = answerDashboard(
    { port: 0 },
    {
      ...{ client: api, clock, cluster: 'here', token: 'secret', assets: {}, signal: stop.signal, note: (line) => notes.push(line) },
      say: (line) => {
        said.push(line);
        printed.resolve(line.replace('The dashboard is at ', ''));
      },
    },
  );
  ended.catch(printed.reject);
  const end = () => {
    stop.abort();
    return ended;
  };
  ends.push(() => end().catch(() => {}));
  return { api, clock, said, notes, end, address: await printed.promise, create };
}

/** Hears what the page hears, and knows the facts as the page does. */
async function listening(address: string) {
  const [names, waiting]: [string[], (() => void)[]] = [[], []];
  let facts: Facts | undefined;
  const response = await new Promise<import('node:http').IncomingMessage>((resolve) => get(`${address}events`, resolve));
  const lines = createInterface(response);
  lines.on('line', (line) => {
    if (line.startsWith('event: ')) names.push(line.slice(7));
    if (!line.startsWith('data: ')) return;
    const data = JSON.parse(line.slice(6));
    if (names.at(-1) === 'snapshot') facts = data.facts;
    if (names.at(-1) === 'change' && facts !== undefined) facts = applied(facts, data as Difference);
    for (const wake of waiting.splice(0)) wake();
  });
  /** Waits until the facts are so; the test's own limit ends it. */
  const until = async <T>(look: (facts: Facts) => T | undefined): Promise<T> => {
    for (;;) {
      const found = facts && look(facts);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  return { names, until, closed: new Promise((resolve) => lines.once('close', resolve)) };
}

const ask = async (address: string, path: string) => (await fetch(`${address}${path}`)).json();

describe('kubectl keepalived dashboard', () => {
  it('tells what is there, then each change, and ends with a word', async () => {
    const { api, clock, address, said, end } = await running();
    expect(said).toEqual([expect.stringMatching(/^The dashboard is at http:\/\/127\.0\.0\.1:\d+\/secret\/$/), expect.any(String)]);
    await settled();
    await clock.pass(100);
    const { names, until, closed } = await listening(address);
    await until(({ addresses }) => (addresses['192.0.2.202']?.node === 'node1' ? true : undefined));
    await api.request({
      method: 'PATCH',
      path: `${OURS}/virtualips/192.0.2.202`,
      body: { status: { node: 'node2' } },
      contentType: MERGE_PATCH,
    });
    await settled();
    await clock.pass(100);
    await until(({ addresses }) => (addresses['192.0.2.202']?.node === 'node2' ? true : undefined));
    expect(await end()).toMatchObject({ status: 0 });
    await closed;
    expect([names[0], names.at(-1)]).toEqual(['snapshot', 'end']);
    expect(names.filter((name) => name === 'change').length).toBeGreaterThan(0);
  });

  it('asks the cluster by GET alone', async () => {
    const { api, address } = await running();
    const before = api.writes.length;
    await ask(address, 'simulate?without=node1');
    expect(api.writes).toHaveLength(before);
  });

  it('answers what becomes of the addresses of a node as simulate does, and where something is missing says so', async () => {
    const { address } = await running();
    expect(await ask(address, 'simulate?without=node1')).toMatchObject({
      headline: 'Without node1: 2 of 4 addresses move, 2 stay. Connections to addresses that move break.',
      fates: [
        { addresses: ['192.0.2.205'], from: 'node1', to: 'node3', becomes: 'Moves' },
        { addresses: ['192.0.2.202'], from: 'node1', to: 'node2', becomes: 'Moves' },
      ],
      nodes: [
        { name: 'node1', before: 2, after: 0 },
        { name: 'node2', before: 1, after: 2 },
        { name: 'node3', before: 1, after: 2 },
      ],
    });
    expect(await ask(address, 'simulate?without=node9')).toEqual({ refused: 'there is no Node node9; there are: node1, node2, node3' });
  });

  it('answers the journal and the conditions of one address', async () => {
    const { address } = await running();
    await settled();
    expect(await ask(address, 'address?is=192.0.2.202')).toMatchObject({
      ports: ['80/TCP'],
      moves: [{ to: 'node1', cause: 'FirstElection' }],
      conditions: [{ type: 'Announced', status: 'True' }, { type: 'Unique' }, { type: 'Reachable' }],
    });
    expect(await ask(address, 'address?is=192.0.2.9')).toMatchObject({ refused: expect.stringContaining('no VirtualIP') });
  });

  it('keeps of Services only what is refused to them', async () => {
    const { create, clock, address } = await running();
    await create('/api/v1/namespaces/billing/services', aRefusedService('AddressConflict', 'it belongs to another'));
    await settled();
    await clock.pass(100);
    const { until } = await listening(address);
    const found = await until(({ findings }) => findings['Service billing/reports Accepted']);
    expect(found).toMatchObject({ reason: 'AddressConflict', message: 'it belongs to another' });
  });

  const forbid =
    (...plurals: readonly string[]) =>
    (api: FakeApi) => {
      api.fault = ({ path }) => {
        if (plurals.some((plural) => path.endsWith(plural))) throw refusal(403, 'Forbidden', { path });
      };
    };

  it('says what may not be read, on the terminal and on the page, and shows the rest', async () => {
    const { notes, address, clock } = await running(forbid('virtualips', 'services'));
    expect(notes).toEqual([expect.stringMatching(/^You may not list VirtualIPs: /), expect.stringMatching(/^You may not list Services: /)]);
    await settled();
    await clock.pass(100);
    const { until } = await listening(address);
    expect(await until(({ sources }) => sources.VirtualIPs)).toMatchObject({ state: 'forbidden', message: notes[0] });
    expect(await until(({ addresses }) => addresses[first.spec.address])).toMatchObject({ node: 'node1', service: 'shop/web-1' });
    expect(await ask(address, 'simulate?without=node1')).toMatchObject({ refused: expect.any(String) });
  });

  it('refuses where nothing is left, or nobody answers', async () => {
    await expect(running(forbid('virtualips', 'keepalivedgroups'))).rejects.toThrow(/nothing to show/);
    const silent = (api: FakeApi) => {
      api.fault = () => {
        throw new ApiError({ kind: 'network', message: 'connection refused' });
      };
    };
    await expect(running(silent)).rejects.toThrow('connection refused');
  });

  it('says while it is interrupted, and once it is not', async () => {
    let left = 2;
    const { address, clock } = await running((api) => {
      api.fault = (request) => {
        if ('quietMs' in request && request.path.endsWith('virtualips') && left-- > 0)
          throw new ApiError({ kind: 'network', message: 'connection refused' });
      };
    });
    await settled();
    const { until } = await listening(address);
    await clock.pass(100);
    expect(await until(({ sources }) => (sources.VirtualIPs?.message === undefined ? undefined : sources.VirtualIPs))).toMatchObject({
      message: expect.stringContaining('connection refused'),
    });
    await clock.pass(5000);
    expect(await until(({ sources }) => (sources.VirtualIPs?.state === 'live' ? true : undefined))).toBe(true);
  });
});
