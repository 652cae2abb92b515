import { beforeEach, describe, expect, it } from 'vitest';
import { FakeApi, refusal } from '../../test/fakes/api.ts';
import { FakeClock } from '../../test/fakes/clock.ts';
import { silentLog } from '../telemetry/log.ts';
import type { Client } from './client.ts';
import { LEASES, Lease } from './lease.ts';
import { collectionPath, type KubeObject, objectPath } from './object.ts';

const NAME = { namespace: 'operator', name: 'lock' };
type LeaseObject = KubeObject & { readonly spec: Readonly<Record<string, unknown>> };

describe('a lease', () => {
  let api: FakeApi;
  let clock: FakeClock;
  let stop: AbortController;

  const leaseOf = (identity: string, own: { client?: Client; clock?: FakeClock } = {}): Lease =>
    new Lease({ client: api, clock, ...NAME, identity, log: silentLog, ...own });
  const spec = async (): Promise<LeaseObject['spec']> =>
    (await api.request<LeaseObject>({ method: 'GET', path: objectPath(LEASES, NAME) })).spec;
  const put = (fields: object): Promise<unknown> =>
    api.request({ method: 'POST', path: collectionPath(LEASES, NAME.namespace), body: { metadata: NAME, spec: fields } });
  /** Starts to acquire; gives the time at which it led. */
  const acquired = (lease: Lease): { at: number | undefined } => {
    const result: { at: number | undefined } = { at: undefined };
    void lease.acquire(stop.signal).then(() => {
      if (lease.isHeld) result.at = clock.monotonic();
    });
    return result;
  };

  beforeEach(() => {
    api = new FakeApi();
    clock = new FakeClock();
    stop = new AbortController();
  });

  it('that nobody has is taken at once, with the fields of client-go', async () => {
    const first = leaseOf('first');
    await first.acquire(stop.signal);
    expect(first.isHeld).toBe(true);
    expect(await spec()).toEqual({
      holderIdentity: 'first',
      leaseDurationSeconds: 15,
      acquireTime: '2026-01-01T00:00:00.000000Z',
      renewTime: '2026-01-01T00:00:00.000000Z',
      leaseTransitions: 0,
    });
  });

  it('is renewed while it is kept, and nobody else takes it', async () => {
    const [first, second] = [leaseOf('first'), leaseOf('second')];
    await first.acquire(stop.signal);
    void first.keep(stop.signal);
    const waiting = acquired(second);
    await clock.pass(600_000);
    expect([first.isHeld, waiting.at]).toEqual([true, undefined]);
    expect(await spec()).toMatchObject({ holderIdentity: 'first', leaseTransitions: 0, renewTime: expect.stringContaining('00:10:00') });
  });

  it('is taken from a holder that is gone only when it did not change for its duration, measured by our own clock', async () => {
    await put({ holderIdentity: 'gone', leaseDurationSeconds: 15, renewTime: '1999-01-01T00:00:00.000000Z', leaseTransitions: 4 });
    const waiting = acquired(leaseOf('second'));
    await clock.pass(15_000);
    expect(waiting.at).toBeUndefined();
    await clock.pass(2_000);
    expect(waiting.at).toBe(16_000);
    expect(await spec()).toMatchObject({ holderIdentity: 'second', leaseTransitions: 5 });
  });

  it('does not care about a wall clock that jumps', async () => {
    const [first, second] = [leaseOf('first'), leaseOf('second')];
    await first.acquire(stop.signal);
    void first.keep(stop.signal);
    const waiting = acquired(second);
    clock.epoch += 24 * 3_600_000;
    await clock.pass(60_000);
    clock.epoch -= 48 * 3_600_000;
    await clock.pass(60_000);
    expect([first.isHeld, waiting.at]).toEqual([true, undefined]);
  });

  it('honours the longer duration that its holder wrote', async () => {
    await put({ holderIdentity: 'gone', leaseDurationSeconds: 60 });
    const waiting = acquired(leaseOf('second'));
    await clock.pass(60_000);
    expect(waiting.at).toBeUndefined();
    await clock.pass(3_000);
    expect(waiting.at).toBe(62_000);
  });

  it('is lost at the deadline when it cannot be renewed, before another may take it', async () => {
    const first = leaseOf('first');
    await first.acquire(stop.signal);
    const kept = first.keep(stop.signal).then((end) => `${end} at ${clock.monotonic()}`);
    api.fault = (request) => {
      throw refusal(503, 'ServiceUnavailable', request);
    };
    await clock.pass(9_999);
    expect(first.isHeld).toBe(true);
    await clock.pass(1);
    expect(first.isHeld).toBe(false);
    expect(await kept).toBe('lost at 10000');
  });

  it('survives failures that end before the deadline', async () => {
    const first = leaseOf('first');
    await first.acquire(stop.signal);
    void first.keep(stop.signal);
    api.fault = (request) => {
      throw refusal(503, 'ServiceUnavailable', request);
    };
    await clock.pass(7_000);
    api.fault = () => {};
    await clock.pass(60_000);
    expect(first.isHeld).toBe(true);
  });

  it('is not held after a pause of the process, and not taken back from the one who took over', async () => {
    const ours = new FakeClock();
    const [paused, other] = [leaseOf('paused', { clock: ours }), leaseOf('other')];
    await paused.acquire(stop.signal);
    const kept = paused.keep(stop.signal);
    const waiting = acquired(other);
    await clock.pass(20_000);
    expect(waiting.at).toBe(16_000);
    void other.keep(stop.signal);
    await ours.pass(20_000);
    expect(await kept).toBe('lost');
    expect([paused.isHeld, other.isHeld]).toEqual([false, true]);
    expect(await spec()).toMatchObject({ holderIdentity: 'other' });
  });

  it('goes to one of two that take it at the same moment', async () => {
    const [first, second] = [leaseOf('first'), leaseOf('second')];
    const both = [acquired(first), acquired(second)];
    await clock.pass(10);
    expect(both.filter(({ at }) => at !== undefined)).toHaveLength(1);
    expect([first.isHeld, second.isHeld].filter(Boolean)).toHaveLength(1);
  });

  it('that is released is free at once for the next', async () => {
    const [first, second] = [leaseOf('first'), leaseOf('second')];
    await first.acquire(stop.signal);
    const waiting = acquired(second);
    await clock.pass(3_000);
    await first.release();
    expect(first.isHeld).toBe(false);
    expect(await spec()).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 });
    await clock.pass(2_000);
    expect(waiting.at).toBe(4_000);
  });

  it('is released by its holder only', async () => {
    await leaseOf('first').acquire(stop.signal);
    await leaseOf('second').release();
    expect(await spec()).toMatchObject({ holderIdentity: 'first' });
  });

  it('is renewed by one write, without reading it each time', async () => {
    const first = leaseOf('first');
    await first.acquire(stop.signal);
    api.requests.length = 0;
    void first.keep(stop.signal);
    await clock.pass(20_000);
    expect(api.requests.map(({ method }) => method)).toEqual(Array.from({ length: 10 }, () => 'PUT'));
  });

  it('is read again when another wrote it meanwhile', async () => {
    const first = leaseOf('first');
    await first.acquire(stop.signal);
    void first.keep(stop.signal);
    await api.request({
      method: 'PATCH',
      path: objectPath(LEASES, NAME),
      contentType: 'application/merge-patch+json',
      body: { metadata: { labels: { a: 'b' } } },
    });
    await clock.pass(20_000);
    expect(first.isHeld).toBe(true);
    expect(await spec()).toMatchObject({ holderIdentity: 'first', leaseTransitions: 0 });
  });
});
