import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeApi, refusal } from '../../../test/fakes/api.ts';
import { FakeClock } from '../../../test/fakes/clock.ts';
import type { Pod } from '../../api/core.ts';
import { NUDGED_AGAIN_ANNOTATION, REVISION_ANNOTATION } from '../../api/names.ts';
import { Budget } from '../../kube/budget.ts';
import type { Client, Request } from '../../kube/client.ts';
import { collectionPath } from '../../kube/object.ts';
import { silentLog } from '../../telemetry/log.ts';
import { ClusterView } from '../cluster/cluster-view.ts';
import { PODS } from '../cluster/resource.ts';
import { Nudger } from './nudger.ts';

describe('the pods of a group', () => {
  let api: FakeApi;
  let clock: FakeClock;
  let view: ClusterView;
  let nudger: Nudger;
  let stop: AbortController;
  /** What the nodes of pods run, by key; a pod that isn't in it isn't heard. */
  let running: Map<string, string>;
  beforeEach(() => {
    api = new FakeApi();
    clock = new FakeClock();
    view = new ClusterView({ client: api, clock, log: silentLog });
    running = new Map();
    stop = new AbortController();
    const isAnswered = (key: string, revision: string): boolean | undefined =>
      running.has(key) ? running.get(key) === revision : undefined;
    nudger = new Nudger({ client: api, view, budget: new Budget(10, clock), isAnswered, clock, log: silentLog });
    void nudger.run(stop.signal);
  });
  afterEach(() => stop.abort());

  const aPod = async (name: string, fields: Partial<Pod> = {}, annotations: Record<string, string> = {}): Promise<void> => {
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'vips', uid: 'u', controller: true }];
    const body = { metadata: { namespace: 'web', name, annotations, ownerReferences }, spec: { nodeName: 'node1' }, ...fields };
    view.pods.set(await api.request<Pod>({ method: 'POST', path: collectionPath(PODS, 'web'), body }));
  };
  const patches = (): Request[] => api.requests.filter(({ method }) => method === 'PATCH');
  const patched = (): string[] => patches().map(({ path }) => path.split('/').at(-1) ?? '');
  const annotationsOf = ({ body }: Request): Record<string, string | null> =>
    (body as { metadata: { annotations: Record<string, string | null> } }).metadata.annotations;

  it('that lack the revision are told of it, and no others', async () => {
    await aPod('old', {}, { [REVISION_ANNOTATION]: 'r1' });
    await aPod('new', {}, { [REVISION_ANNOTATION]: 'r2' });
    await aPod('bare');
    await aPod('unscheduled', { spec: {} });
    await aPod('over', { status: { phase: 'Failed' } });
    await aPod('theirs', { spec: { nodeName: 'node1', containers: [{ name: 'keepalived' }, { name: 'config-reloader' }] } });
    nudger.want('web/vips', 'r2');
    await clock.pass(100);
    expect(patched().sort()).toEqual(['bare', 'old']);
  });

  it('are told at once as far as the budget goes, then as it comes in, each of the newest revision only', async () => {
    for (let index = 0; index < 25; index += 1) await aPod(`p${index}`);
    nudger.want('web/vips', 'r1');
    await clock.pass(1);
    expect(patches()).toHaveLength(10);
    nudger.want('web/vips', 'r2');
    await clock.pass(10_000);
    const times = Map.groupBy(patches(), (request) => annotationsOf(request)[REVISION_ANNOTATION]);
    expect([times.get('r1')?.length, times.get('r2')?.length]).toEqual([10, 25]);
    expect(clock.monotonic()).toBeGreaterThan(2000);
  });

  it('are told again while their node answers and runs something else, ever more rarely', async () => {
    await aPod('deaf');
    running.set('web/deaf', 'r0');
    nudger.want('web/vips', 'r1');
    await clock.pass(2400);
    expect(patches()).toHaveLength(1);
    await clock.pass(200);
    expect(patches()).toHaveLength(2);
    await clock.pass(10 * 60_000);
    expect(patches()).toHaveLength(5);
    expect(new Set(patches().map((request) => JSON.stringify(annotationsOf(request)))).size).toBeGreaterThan(1);
  });

  it('are told again by another value, as the same would change nothing', async () => {
    await aPod('deaf');
    running.set('web/deaf', 'r0');
    nudger.want('web/vips', 'r1');
    await clock.pass(5000);
    expect(patches().map((request) => annotationsOf(request)[NUDGED_AGAIN_ANNOTATION])).toEqual([null, '1']);
  });

  it.each<[string, string | undefined]>([
    ['that run it', 'r1'],
    ['that are not heard', undefined],
  ])('%s are not told again', async (_, revision) => {
    await aPod('one');
    if (revision !== undefined) running.set('web/one', revision);
    nudger.want('web/vips', 'r1');
    await clock.pass(60_000);
    expect(patches()).toHaveLength(1);
  });

  it('that a predecessor told are told again when their node did not take it up', async () => {
    await aPod('one', {}, { [REVISION_ANNOTATION]: 'r1' });
    running.set('web/one', 'r0');
    nudger.want('web/vips', 'r1');
    await clock.pass(2600);
    expect(patches().map((request) => annotationsOf(request)[NUDGED_AGAIN_ANNOTATION])).toEqual(['1']);
  });

  it('that are gone are nobody to tell, and one that is refused keeps no other waiting', async () => {
    for (const name of ['a', 'b', 'c']) await aPod(name);
    await api.request({ method: 'DELETE', path: `${collectionPath(PODS, 'web')}/c` });
    api.fault = (request) => {
      if (request.path.endsWith('/b')) throw refusal(500, 'InternalError', request as Request);
    };
    nudger.want('web/vips', 'r1');
    await clock.pass(1);
    expect(patched().sort()).toEqual(['a', 'b', 'c']);
    api.fault = () => {};
    await clock.pass(100);
    expect(patched().filter((name) => name === 'b')).toHaveLength(2);
  });
});

it('a hundred nodes and ten changes a second: never more writes a second than the budget, and all have the last within two seconds', async () => {
  const [nodes, rate, seconds] = [100, 100, 5];
  const api = new FakeApi();
  const clock = new FakeClock();
  const view = new ClusterView({ client: api, clock, log: silentLog });
  const sent: { readonly at: number; readonly pod: string; readonly revision: string }[] = [];
  const client: Client = {
    request: async <T>({ path, body }: Request): Promise<T> => {
      const { metadata } = body as { metadata: { annotations: Record<string, string> } };
      sent.push({ at: clock.monotonic(), pod: path.split('/').at(-1) ?? '', revision: metadata.annotations[REVISION_ANNOTATION] ?? '' });
      await clock.sleep(10);
      return undefined as T;
    },
    stream: () => api.stream({ path: '', quietMs: 0, signal: AbortSignal.abort() }),
  };
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'vips', uid: 'u', controller: true }];
  for (let index = 0; index < nodes; index += 1)
    view.pods.set({ metadata: { namespace: 'web', name: `p${index}`, ownerReferences }, spec: { nodeName: `n${index}` } });
  const stop = new AbortController();
  const nudger = new Nudger({ client, view, budget: new Budget(rate, clock), isAnswered: () => undefined, clock, log: silentLog });
  void nudger.run(stop.signal);
  for (let change = 1; change <= seconds * 10; change += 1) {
    nudger.want('web/vips', `r${change}`);
    await clock.pass(100);
  }
  const last = clock.monotonic() - 100;
  await clock.pass(5000);
  stop.abort();
  const mostASecond = Math.max(...sent.map(({ at }) => sent.filter((one) => one.at > at - 1000 && one.at <= at).length));
  const done = sent.filter(({ revision }) => revision === `r${seconds * 10}`);
  const lastAfter = Math.max(...done.map(({ at }) => at)) - last;
  console.log(
    `${nodes} nodes, 10 changes a second: ${sent.length} PATCHes, at most ${mostASecond} a second; the last node is told of the last revision ${lastAfter} ms after the last change`,
  );
  expect(mostASecond).toBeLessThanOrEqual(rate);
  expect(new Set(done.map(({ pod }) => pod)).size).toBe(nodes);
  expect(lastAfter).toBeLessThanOrEqual(2000);
});
