import type { Clock } from '../../telemetry/clock.ts';
import { retryAfterOf } from '../api-error.ts';
import { Backoff } from '../backoff.ts';
import { Lanes, type LanesOptions } from './lanes.ts';

/** What is to happen with a key after its work. */
export type Outcome =
  /** `restMs`: not again before so many milliseconds, whatever reasons come. */
  | { readonly kind: 'done'; readonly restMs?: number }
  | { readonly kind: 'again'; readonly afterMs: number }
  | { readonly kind: 'failed'; readonly error: unknown };

export interface WorkQueueOptions extends LanesOptions {
  readonly clock: Clock;
  readonly work: (key: string) => Promise<Outcome>;
  /** Keys worked on at the same time; never the same key twice. */
  readonly concurrency: number;
  /** Milliseconds during which further reasons for the same key join the first. */
  readonly gatherMs: number;
  readonly observer?: WorkQueueObserver;
}

/** Told what the queue does, for metrics. Times in seconds. */
export interface WorkQueueObserver {
  added(depth: number): void;
  started(depth: number, waited: number): void;
  ended(outcome: Outcome, took: number): void;
  retried(): void;
}

const RETRY = { base: 50, cap: 30_000 };

/** Keys to work on: each waits once, however often it is added, and fails into its own growing pause. */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #waiting: Lanes;
  /** Keys that are worked on, with the monotonic time since when. */
  readonly #active = new Map<string, number>();
  readonly #dirty = new Set<string>();
  readonly #backoffs = new Map<string, Backoff>();
  /** Monotonic time before which a key isn't worked on: its rest, or the server's Retry-After. */
  readonly #restUntil = new Map<string, number>();
  readonly #timers = new Map<string, { readonly due: number; readonly cancel: AbortController }>();
  #signal: AbortSignal | undefined;
  #idle = Promise.withResolvers<void>();

  constructor(options: WorkQueueOptions) {
    this.#options = options;
    this.#waiting = new Lanes(options);
  }

  /** Keys that wait for a worker. */
  get depth(): number {
    return this.#waiting.size;
  }

  get active(): number {
    return this.#active.size;
  }

  /** Seconds for which each key that is worked on has been so. */
  get running(): readonly number[] {
    const now = this.#options.clock.monotonic();
    return [...this.#active.values()].map((since) => (now - since) / 1000);
  }

  /** Something about the key changed: work on it soon. */
  add(key: string): void {
    this.addAfter(key, this.#options.gatherMs);
  }

  /** Work on the key in so many milliseconds, or earlier when there is another reason; never once the queue was told to end. */
  addAfter(key: string, milliseconds: number): void {
    if (this.#waiting.isWaiting(key) || this.#signal?.aborted) return;
    const now = this.#options.clock.monotonic();
    const due = Math.max(now + milliseconds, this.#restUntil.get(key) ?? now);
    const timer = this.#timers.get(key);
    if (timer !== undefined && timer.due <= due) return;
    timer?.cancel.abort();
    const cancel = new AbortController();
    this.#timers.set(key, { due, cancel });
    void this.#options.clock.sleep(due - now, cancel.signal).then(() => {
      if (!cancel.signal.aborted) this.#enqueue(key);
    });
  }

  /** Takes keys until the signal aborts, then waits for the work that already runs. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    const aborted = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => aborted.resolve(), { once: true });
    if (signal.aborted) aborted.resolve();
    this.#pump();
    await aborted.promise;
    for (const timer of this.#timers.values()) timer.cancel.abort();
    if (this.#active.size > 0) await this.#idle.promise;
  }

  #enqueue(key: string): void {
    this.#timers.delete(key);
    if (this.#active.has(key)) {
      this.#dirty.add(key);
      return;
    }
    this.#waiting.add(key, this.#options.clock.monotonic());
    this.#options.observer?.added(this.depth);
    this.#pump();
  }

  #pump(): void {
    if (this.#signal === undefined || this.#signal.aborted) return;
    while (this.#active.size < this.#options.concurrency) {
      const next = this.#waiting.next();
      if (next === undefined) return;
      const [[key, since], now] = [next, this.#options.clock.monotonic()];
      this.#active.set(key, now);
      this.#options.observer?.started(this.depth, (now - since) / 1000);
      void this.#work(key);
    }
  }

  async #work(key: string): Promise<void> {
    const started = this.#options.clock.monotonic();
    const outcome = await this.#options.work(key).catch((error: unknown): Outcome => ({ kind: 'failed', error }));
    this.#options.observer?.ended(outcome, (this.#options.clock.monotonic() - started) / 1000);
    this.#active.delete(key);
    this.#waiting.leave(key);
    this.#schedule(key, outcome);
    if (this.#active.size === 0) {
      this.#idle.resolve();
      this.#idle = Promise.withResolvers();
    }
    this.#pump();
  }

  #schedule(key: string, outcome: Outcome): void {
    const dirty = this.#dirty.delete(key);
    this.#rest(key, outcome);
    if (outcome.kind === 'failed') {
      const backoff = this.#backoffs.get(key) ?? new Backoff(RETRY, () => this.#options.clock.random());
      this.#backoffs.set(key, backoff);
      this.#options.observer?.retried();
      const pause = backoff.next();
      if (dirty) this.add(key);
      else this.addAfter(key, pause);
      return;
    }
    this.#backoffs.delete(key);
    if (dirty) this.add(key);
    else if (outcome.kind === 'again') this.addAfter(key, outcome.afterMs);
  }

  #rest(key: string, outcome: Outcome): void {
    const rest = outcome.kind === 'failed' ? retryAfterOf(outcome.error) : outcome.kind === 'done' ? (outcome.restMs ?? 0) : 0;
    if (rest > 0) this.#restUntil.set(key, this.#options.clock.monotonic() + rest);
    else this.#restUntil.delete(key);
  }
}
