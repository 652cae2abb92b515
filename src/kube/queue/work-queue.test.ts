import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock, settled } from '../../../test/fakes/clock.ts';
import { ApiError } from '../api-error.ts';
import { type Outcome, WorkQueue } from './work-queue.ts';

const DONE: Outcome = { kind: 'done' };

describe('a work queue', () => {
  let clock: FakeClock;
  let stop: AbortController;
  /** `key@time` of each start. */
  let started: string[];
  /** Work in progress, ended by the test. */
  let pending: { key: string; end: (outcome: Outcome) => void; fail: (error: Error) => void }[];

  beforeEach(() => {
    clock = new FakeClock();
    stop = new AbortController();
    started = [];
    pending = [];
  });

  const queueOf = (answer: ((key: string) => Outcome) | 'by hand', concurrency = 1): WorkQueue => {
    const work = (key: string): Promise<Outcome> => {
      started.push(`${key}@${clock.monotonic()}`);
      if (answer !== 'by hand') return Promise.resolve(answer(key));
      const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
      pending.push({ key, end: resolve, fail: reject });
      return promise;
    };
    return new WorkQueue({ clock, work, concurrency, gatherMs: 20 });
  };

  it('joins reasons that come close together', async () => {
    const queue = queueOf(() => DONE);
    void queue.run(stop.signal);
    queue.add('a');
    await clock.pass(10);
    queue.add('a');
    queue.add('b');
    await clock.pass(100);
    expect(started).toEqual(['a@20', 'b@30']);
  });

  it('never works on a key twice at once, and looks again at what changed meanwhile', async () => {
    const queue = queueOf('by hand', 4);
    void queue.run(stop.signal);
    queue.add('a');
    await clock.pass(20);
    for (let times = 0; times < 3; times += 1) queue.add('a');
    await clock.pass(1000);
    expect(started).toEqual(['a@20']);
    pending[0]?.end(DONE);
    await clock.pass(20);
    expect(started).toEqual(['a@20', 'a@1040']);
    pending[1]?.end(DONE);
    await clock.pass(60_000);
    expect(started).toHaveLength(2);
  });

  it('tells for how long it has worked on what it works on', async () => {
    const queue = queueOf('by hand', 2);
    void queue.run(stop.signal);
    queue.add('a');
    await clock.pass(1000);
    queue.add('b');
    await clock.pass(520);
    expect(queue.running).toEqual([1.5, 0.5]);
    pending[0]?.end(DONE);
    await settled();
    expect(queue.running).toEqual([0.5]);
  });

  it('works on as many keys at once as it may, the others wait their turn', async () => {
    const queue = queueOf('by hand', 2);
    void queue.run(stop.signal);
    for (const key of ['a', 'b', 'c']) queue.add(key);
    await clock.pass(20);
    expect(started).toEqual(['a@20', 'b@20']);
    expect([queue.active, queue.depth]).toEqual([2, 1]);
    pending[0]?.end(DONE);
    await settled();
    expect(started).toEqual(['a@20', 'b@20', 'c@20']);
  });

  it('lets a key that fails wait longer each time, and no other key with it', async () => {
    const queue = queueOf((key) => (key === 'bad' ? { kind: 'failed', error: new Error('no') } : DONE), 4);
    void queue.run(stop.signal);
    queue.add('bad');
    await clock.pass(400);
    queue.add('good');
    await clock.pass(60_000);
    const times = started.filter((start) => start.startsWith('bad')).map((start) => Number(start.split('@')[1]));
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(pauses.slice(0, 4)).toEqual([25, 50, 100, 200]);
    expect(Math.max(...pauses)).toBe(15_000);
    expect(started).toContain('good@420');
  });

  it('takes work that throws as failed', async () => {
    const queue = queueOf('by hand');
    void queue.run(stop.signal);
    queue.add('a');
    await clock.pass(20);
    pending[0]?.fail(new TypeError('a fault'));
    await clock.pass(25);
    expect(started).toEqual(['a@20', 'a@45']);
  });

  it('forgets failures after a success', async () => {
    let fails = 5;
    const queue = queueOf(() => (fails-- > 0 ? { kind: 'failed', error: new Error('no') } : DONE));
    void queue.run(stop.signal);
    queue.add('a');
    await clock.pass(60_000);
    started = [];
    fails = 1;
    queue.add('a');
    await clock.pass(1000);
    expect(started).toEqual(['a@60020', 'a@60045']);
  });

  it('comes back when it was asked to, earlier when there is another reason', async () => {
    const queue = queueOf(() => ({ kind: 'again', afterMs: 5000 }));
    void queue.run(stop.signal);
    queue.add('a');
    await clock.pass(6000);
    expect(started).toEqual(['a@20', 'a@5020']);
    queue.add('a');
    await clock.pass(5020);
    expect(started).toEqual(['a@20', 'a@5020', 'a@6020', 'a@11020']);
  });

  it('keeps what is added before it runs', async () => {
    const queue = queueOf(() => DONE);
    queue.add('a');
    await clock.pass(100);
    expect(started).toEqual([]);
    void queue.run(stop.signal);
    await settled();
    expect(started).toEqual(['a@100']);
  });

  it('ends when what runs has ended, starting nothing more', async () => {
    const queue = queueOf('by hand', 1);
    let ended = false;
    const run = queue.run(stop.signal).then(() => {
      ended = true;
    });
    queue.add('a');
    queue.add('b');
    await clock.pass(20);
    stop.abort();
    await settled();
    expect(ended).toBe(false);
    pending[0]?.end({ kind: 'failed', error: new Error('no') });
    await run;
    await clock.pass(60_000);
    expect(started).toEqual(['a@20']);
  });

  it('leaves no timer behind that would keep the process alive', async () => {
    const queue = queueOf('by hand');
    const run = queue.run(stop.signal);
    queue.add('a');
    await clock.pass(20);
    stop.abort();
    pending[0]?.end({ kind: 'failed', error: new Error('no') });
    await run;
    queue.add('b');
    await settled();
    expect(clock.sleeping).toBe(0);
  });

  it.each<[string, Outcome]>([
    ['Retry-After of the server', { kind: 'failed', error: new ApiError({ kind: 'response', message: 'busy', retryAfter: 3000 }) }],
    [
      'the longest of several',
      {
        kind: 'failed',
        error: new AggregateError([1000, 3000].map((retryAfter) => new ApiError({ kind: 'response', message: 'busy', retryAfter }))),
      },
    ],
    ['a rest that the work asked for', { kind: 'done', restMs: 3000 }],
  ])('waits for %s, whatever other reasons come', async (_, outcome) => {
    const queue = queueOf(() => (started.length === 1 ? outcome : DONE));
    void queue.run(stop.signal);
    queue.add('a');
    await clock.pass(20);
    for (let times = 0; times < 5; times += 1) {
      queue.add('a');
      await clock.pass(100);
    }
    expect(started).toEqual(['a@20']);
    await clock.pass(5000);
    expect(started).toEqual(['a@20', 'a@3020']);
  });

  it('gives the slow keys of one lane no more than their share of the workers', async () => {
    const work = (key: string): Promise<Outcome> => {
      started.push(key);
      return key.startsWith('slow/') ? new Promise(() => {}) : Promise.resolve(DONE);
    };
    const laneOf = (key: string): string => key.split('/')[0] ?? '';
    const queue = new WorkQueue({ clock, work, concurrency: 4, gatherMs: 0, laneOf, perLane: 2 });
    void queue.run(stop.signal);
    for (const key of ['slow/1', 'slow/2', 'slow/3', 'slow/4', 'quick/1', 'quick/2', 'quick/3']) queue.add(key);
    await clock.pass(10);
    expect(started.filter((key) => key.startsWith('slow/'))).toHaveLength(2);
    expect(started.filter((key) => key.startsWith('quick/'))).toHaveLength(3);
  });
});
