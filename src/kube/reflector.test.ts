import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusal } from '../../test/fakes/api.ts';
import { FakeClock, settled } from '../../test/fakes/clock.ts';
import { silentLog } from '../telemetry/log.ts';
import { ApiError, SILENT } from './api-error.ts';
import type { Client, Query, Request, StreamRequest } from './client.ts';
import type { KubeObject, Resource } from './object.ts';
import { Reflector } from './reflector.ts';
import { Store } from './store.ts';

const THINGS: Resource = { apiVersion: 'example.org/v1', kind: 'Thing', plural: 'things', namespaced: true };
const thing = (name: string, resourceVersion: string): KubeObject => ({ metadata: { namespace: 'web', name, resourceVersion } });
const page = (resourceVersion: string, items: readonly KubeObject[], next?: string): unknown => ({
  metadata: { resourceVersion, ...(next && { continue: next }) },
  items,
});
const event = (type: string, name: string, version: string): unknown => ({ type, object: thing(name, version) });

/** A server that answers each list and each watch with what comes next in its script, the last again and again. */
class Script implements Client {
  readonly lists: { readonly at: number; readonly query: Query }[] = [];
  readonly watches: { readonly at: number; readonly version: unknown }[] = [];
  readonly #clock: FakeClock;
  readonly #answers: readonly (unknown | Error)[];
  readonly #streams: readonly (readonly (unknown | Error | number)[])[];

  /** @param streams - what each watch brings: events, milliseconds until the next, an error; `Infinity` stays open */
  constructor(clock: FakeClock, answers: readonly unknown[], streams: readonly (readonly unknown[])[]) {
    this.#clock = clock;
    this.#answers = answers;
    this.#streams = streams;
  }

  async request<T>({ query = {} }: Request): Promise<T> {
    const answer = this.#answers[Math.min(this.lists.push({ at: this.#clock.monotonic(), query }), this.#answers.length) - 1];
    await Promise.resolve();
    if (answer instanceof Error) throw answer;
    return answer as T;
  }

  async *stream({ query, signal, onOpen }: StreamRequest): AsyncGenerator<unknown> {
    const count = this.watches.push({ at: this.#clock.monotonic(), version: query?.resourceVersion });
    const isRefused = this.#streams[Math.min(count, this.#streams.length) - 1]?.[0] instanceof Error;
    if (!isRefused) onOpen?.();
    for (const step of this.#streams[Math.min(count, this.#streams.length) - 1] ?? []) {
      if (step instanceof Error) throw step;
      if (typeof step === 'number') await this.#clock.sleep(step, signal);
      else yield step;
    }
  }
}

describe('a reflector', () => {
  let clock: FakeClock;
  let stop: AbortController;
  let store: Store<KubeObject>;
  let reflector: Reflector<KubeObject>;
  let ended: Promise<void>;

  const start = (
    answers: readonly unknown[],
    streams: readonly (readonly unknown[])[],
    keep = (one: KubeObject) => one as KubeObject | undefined,
  ) => {
    const client = new Script(clock, answers, streams);
    reflector = new Reflector({ client, resource: THINGS, store, keep, clock, log: silentLog });
    ended = reflector.run(stop.signal);
    return client;
  };
  const names = (): string[] => store.list().map(({ metadata }) => metadata.name);

  beforeEach(() => {
    clock = new FakeClock();
    stop = new AbortController();
    store = new Store();
  });
  afterEach(async () => {
    stop.abort();
    await ended;
  });

  it('lists page by page, then watches from there', async () => {
    const client = start(
      [page('7', [thing('a', '1')], 'more'), page('7', [thing('b', '2')])],
      [[event('ADDED', 'c', '8'), Number.POSITIVE_INFINITY]],
    );
    await settled();
    expect(client.lists.map(({ query }) => query.continue)).toEqual([undefined, 'more']);
    expect(client.watches.map(({ version }) => version)).toEqual(['7']);
    expect(names()).toEqual(['a', 'b', 'c']);
    expect(store.get('web/a')).toMatchObject({ apiVersion: 'example.org/v1', kind: 'Thing' });
  });

  it('shows nothing before the list is whole', async () => {
    start([page('7', [thing('a', '1')], 'more'), refusal(500, 'InternalError', { path: '' })], []);
    await settled();
    expect([reflector.hasSynced, names()]).toEqual([false, []]);
  });

  it('goes on from the last event or bookmark when the server ends a watch, without a list', async () => {
    const client = start(
      [page('7', [])],
      [[event('ADDED', 'a', '8'), 300_000], [event('BOOKMARK', '', '90'), 300_000], [Number.POSITIVE_INFINITY]],
    );
    await clock.pass(600_000);
    expect(client.watches.map(({ version }) => version)).toEqual(['7', '8', '90']);
    expect(client.lists).toHaveLength(1);
    expect(names()).toEqual(['a']);
  });

  it.each([
    ['as an event', { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } }],
    ['as an answer', refusal(410, 'Expired', { path: '' })],
  ])('lists again when its version is too old, told %s, and drops what is gone', async (_, gone) => {
    const client = start(
      [page('7', [thing('a', '1'), thing('b', '2')]), page('20', [thing('b', '2')])],
      [[gone], [Number.POSITIVE_INFINITY]],
    );
    await clock.pass(1000);
    expect(client.lists).toHaveLength(2);
    expect(client.watches.map(({ version }) => version)).toEqual(['7', '20']);
    expect(names()).toEqual(['b']);
  });

  it.each([
    ['5', 5000, 'as long as the server asks'],
    ['86400', 60_000, 'a minute at most, whatever the server asks'],
  ])('waits with Retry-After: %s for %i ms: %s', async (header, milliseconds) => {
    const client = start([refusal(429, 'TooManyRequests', { path: '' }, header), page('7', [])], [[Number.POSITIVE_INFINITY]]);
    await clock.pass(milliseconds - 1);
    expect(client.lists).toHaveLength(1);
    await clock.pass(1);
    expect(client.lists).toHaveLength(2);
  });

  it('keeps what it had while the server is away, and asks less and less often', async () => {
    const away = new ApiError({ kind: 'network', message: 'refused' });
    const client = start([page('7', [thing('a', '1')]), away], [[20_000, away], [away]]);
    await clock.pass(20_000);
    await clock.pass(3_600_000);
    expect(names()).toEqual(['a']);
    expect(client.lists.length + client.watches.length).toBeLessThan(3600 / 7 + 10);
  });

  it('does not list again and again when lists work and every watch fails', async () => {
    const client = start([page('7', [])], [[refusal(500, 'InternalError', { path: '' })]]);
    await clock.pass(600_000);
    expect(client.lists.length).toBeGreaterThan(10);
    expect(client.lists.length).toBeLessThan(100);
  });

  it('hears the API server when it opens a watch, also of a kind in which nothing ever happens', async () => {
    const silent = new ApiError({ kind: 'network', reason: SILENT, message: 'no answer in time' });
    start([page('7', [])], [[90_000, silent]]);
    await clock.pass(20 * 60_000);
    expect(clock.monotonic() - reflector.lastContact).toBeLessThanOrEqual(90_000);
  });

  it('hears nothing of an API server that refuses each watch', async () => {
    const away = refusal(503, 'ServiceUnavailable', { path: '' });
    start([page('7', []), away], [[away]]);
    await clock.pass(20 * 60_000);
    expect(clock.monotonic() - reflector.lastContact).toBeGreaterThan(15 * 60_000);
  });

  it('opens a watch that fell silent again at once, from where it was', async () => {
    const silent = new ApiError({ kind: 'network', reason: SILENT, message: 'no answer in time' });
    const client = start([page('7', [])], [[event('ADDED', 'a', '8'), 90_000, silent], [Number.POSITIVE_INFINITY]]);
    await clock.pass(90_000);
    expect(client.watches).toEqual([
      { at: 0, version: '7' },
      { at: 90_000, version: '8' },
    ]);
  });

  it('takes a watch that ends at once without an event for a fault', async () => {
    const client = start([page('7', [])], [[]]);
    await clock.pass(60_000);
    expect(client.watches.length).toBeLessThan(15);
  });

  it('lists anew after half an hour, in case an event was lost', async () => {
    const client = start([page('7', [thing('a', '1')]), page('8', [])], [[300_000]]);
    await clock.pass(29 * 60_000);
    expect(client.lists).toHaveLength(1);
    await clock.pass(6 * 60_000);
    expect(client.lists).toHaveLength(2);
    expect(names()).toEqual([]);
  });

  it('drops what changed so that it is kept no more', async () => {
    const keep = (one: KubeObject): KubeObject | undefined => (one.metadata.resourceVersion === '8' ? undefined : one);
    start([page('7', [thing('a', '1')])], [[event('MODIFIED', 'a', '8'), Number.POSITIVE_INFINITY]], keep);
    await settled();
    expect(names()).toEqual([]);
  });

  it('survives an event without an object that it can read', async () => {
    const client = start([page('7', [])], [[{ type: 'ADDED', object: {} }], [event('ADDED', 'a', '8'), Number.POSITIVE_INFINITY]]);
    await clock.pass(1000);
    expect(client.watches).toHaveLength(2);
    expect(names()).toEqual(['a']);
  });

  it('stops for good when told, also in a pause', async () => {
    const client = start([refusal(500, 'InternalError', { path: '' })], []);
    await clock.pass(60_000);
    stop.abort();
    await ended;
    const before = client.lists.length;
    await clock.pass(60_000);
    expect(client.lists).toHaveLength(before);
    expect(clock.sleeping).toBe(0);
  });

  it('runs only once at a time', async () => {
    start([page('7', [])], [[Number.POSITIVE_INFINITY]]);
    await expect(reflector.run(stop.signal)).rejects.toThrow('already runs');
  });
});
