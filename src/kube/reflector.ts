import type { Clock } from '../telemetry/clock.ts';
import type { Log } from '../telemetry/log.ts';
import { ApiError, errorOfStatus, isGone, SILENT } from './api-error.ts';
import { Backoff } from './backoff.ts';
import type { Client } from './client.ts';
import type { KubeObject, Resource } from './object.ts';
import { collectionPath, keyOf } from './object.ts';
import { LASTING_WATCH, MOST_PATIENCE, type ReflectorTimes, SHORTEST_WATCH, TIMES } from './reflector-times.ts';
import type { Store } from './store.ts';

export interface ReflectorOptions<T extends KubeObject> {
  readonly client: Client;
  readonly resource: Resource;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly store: Store<T>;
  /** What is kept of an object; undefined: nothing. */
  readonly keep: (object: KubeObject) => T | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly times?: Partial<ReflectorTimes>;
}

const PAGE = 500;
/** Watches that fail this often in a row without an event may fail because of their resource version: list again. */
const FAILURES_BEFORE_RELIST = 4;

/**
 * Keeps a store equal to what the API server has: list, watch from there, and again, for ever, whatever goes wrong in between.
 * While the server is away the store keeps what it had.
 */
export class Reflector<T extends KubeObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #times: ReflectorTimes;
  readonly #backoff: Backoff;
  readonly #synced = Promise.withResolvers<void>();
  #hasSynced = false;
  #version: string | undefined;
  #relistAt = 0;
  #lastContact = 0;
  /** When the watch that runs was opened. */
  #opened: number | undefined;
  #running = false;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#times = { ...TIMES, ...options.times };
    this.#backoff = new Backoff({ base: this.#times.backoffBase, cap: this.#times.backoffCap }, () => options.clock.random());
  }

  /** Resolves once the first whole list is in the store. */
  get synced(): Promise<void> {
    return this.#synced.promise;
  }

  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** Monotonic time at which the server last said something of this kind. */
  get lastContact(): number {
    return this.#lastContact;
  }

  /** Runs until the signal aborts; nothing else ends it. */
  async run(signal: AbortSignal): Promise<void> {
    if (this.#running) throw new Error(`the reflector of ${this.#options.resource.plural} already runs`);
    this.#running = true;
    while (!signal.aborted) {
      try {
        if (this.#version === undefined || this.#options.clock.monotonic() >= this.#relistAt) await this.#list(signal);
        await this.#watch(signal);
      } catch (error) {
        if (!signal.aborted) await this.#recover(error, signal);
      }
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { client, resource, namespace, store, keep, clock } = this.#options;
    const kept: T[] = [];
    let page: ListPage | undefined;
    do {
      const query = { ...this.#selectors(), limit: PAGE, continue: page?.metadata.continue };
      page = await client.request<ListPage>({ method: 'GET', path: collectionPath(resource, namespace), query, signal, timeoutMs: 60_000 });
      kept.push(...page.items.flatMap((item) => keep(this.#named(item)) ?? []));
    } while (page.metadata.continue);
    if (signal.aborted) return;
    store.replace(kept);
    this.#version = page.metadata.resourceVersion;
    this.#relistAt = clock.monotonic() + this.#times.relist * (1 + clock.random());
    this.#contact();
    this.#hasSynced = true;
    this.#synced.resolve();
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { client, resource, namespace, clock } = this.#options;
    const query = {
      ...this.#selectors(),
      watch: true,
      allowWatchBookmarks: true,
      resourceVersion: this.#version,
      timeoutSeconds: Math.round(300 + 300 * clock.random()),
    };
    const opened = clock.monotonic();
    this.#opened = opened;
    let events = 0;
    const watch = { path: collectionPath(resource, namespace), query, quietMs: this.#times.quiet, signal, onOpen: () => this.#contact() };
    for await (const line of client.stream(watch)) {
      if (signal.aborted) return;
      this.#take(line as WatchEvent);
      this.#contact();
      this.#backoff.reset();
      events += 1;
    }
    if (events === 0 && clock.monotonic() - opened < SHORTEST_WATCH)
      throw new ApiError({ kind: 'network', message: `watch of ${resource.plural}: ended at once without an event` });
    this.#contact();
    this.#backoff.reset();
  }

  #take(event: WatchEvent): void {
    const { resource, store, keep } = this.#options;
    if (event.type === 'ERROR') throw errorOfStatus(event.object.code ?? 0, event.object, `watch of ${resource.plural}`);
    if (event.type !== 'BOOKMARK') {
      const object = this.#named(event.object as KubeObject);
      const kept = event.type === 'DELETED' ? undefined : keep(object);
      if (kept === undefined) store.delete(keyOf(object));
      else store.set(kept);
    }
    const version = event.object.metadata?.resourceVersion;
    if (version) this.#version = version;
  }

  async #recover(error: unknown, signal: AbortSignal): Promise<void> {
    const { clock, log, resource } = this.#options;
    if (error instanceof ApiError && error.reason === SILENT) {
      log.info({ resource: resource.plural }, 'the watch fell silent, opening it again');
      return;
    }
    if (isGone(error)) {
      log.info({ resource: resource.plural }, 'the watch is too old, listing again');
      this.#version = undefined;
    }
    if (this.#opened !== undefined && clock.monotonic() - this.#opened >= LASTING_WATCH) this.#backoff.reset();
    this.#opened = undefined;
    const asked = Math.min(MOST_PATIENCE, (error instanceof ApiError && error.retryAfter) || 0);
    const pause = Math.max(this.#backoff.next(), asked);
    if (this.#backoff.failures >= FAILURES_BEFORE_RELIST) this.#version = undefined;
    log.warn(
      { resource: resource.plural, err: error, failures: this.#backoff.failures, pauseMs: Math.round(pause) },
      'list or watch failed',
    );
    await clock.sleep(pause, signal);
  }

  /**
   * Also when a watch is opened: of a kind in which nothing happens the server may send nothing for hours. A list alone doesn't end the back-off:
   * behind it each watch may fail, and lists are what costs the server most.
   */
  #contact(): void {
    this.#lastContact = this.#options.clock.monotonic();
  }

  #selectors(): { labelSelector: string | undefined; fieldSelector: string | undefined } {
    return { labelSelector: this.#options.labelSelector, fieldSelector: this.#options.fieldSelector };
  }

  /** Items of a list come without apiVersion and kind. */
  #named(object: KubeObject): KubeObject {
    return { ...object, apiVersion: this.#options.resource.apiVersion, kind: this.#options.resource.kind };
  }
}

// --- internal ---

interface ListPage {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly KubeObject[];
}

interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: { readonly code?: number; readonly metadata?: { readonly resourceVersion?: string } };
}
