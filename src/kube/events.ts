import type { Clock } from '../telemetry/clock.ts';
import type { Log } from '../telemetry/log.ts';
import { isNotFound } from './api-error.ts';
import type { Client } from './client.ts';
import { MERGE_PATCH } from './client.ts';
import type { KubeObject, Resource } from './object.ts';
import { collectionPath, keyOf, objectPath } from './object.ts';

export const EVENTS: Resource = { apiVersion: 'events.k8s.io/v1', kind: 'Event', plural: 'events', namespaced: true };

/** Something worth telling about one object. */
export interface Happening {
  readonly type: 'Normal' | 'Warning';
  /** UpperCamelCase, for machines. */
  readonly reason: string;
  /** What was tried, UpperCamelCase. */
  readonly action: string;
  /** One sentence for people, without secrets. */
  readonly note: string;
  readonly related?: KubeObject;
  /** Whether others come first where too many wait. */
  readonly isHint?: boolean;
}

export interface RecorderOptions {
  readonly client: Client;
  readonly controller: string;
  /** This process, such as its pod's name. */
  readonly instance: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Milliseconds within which the same words about the same object are one Event that counts. */
const SERIES_WINDOW = 6 * 60_000;
/** Events about one object: so many at once, then one each `REFILL` milliseconds. */
const BURST = 25;
const REFILL = 5 * 60_000;
const MOST_SERIES = 10_000;
/** Events that wait to be written; what comes on top is dropped, hints at half. */
const MOST_WAITING = 2000;
const LONGEST_NOTE = 1024;

/** Writes Events in the background; what can't be written is logged and forgotten, never waited for. */
export class EventRecorder {
  readonly #options: RecorderOptions;
  readonly #series = new Map<string, Series>();
  readonly #budgets = new Map<string, { tokens: number; at: number }>();
  /** By namespace, and by whether they are hints, what was recorded last: a slow namespace keeps no other waiting, and hints keep nothing. */
  readonly #last = new Map<string, Promise<void>>();
  #sequence = 0;
  #waiting = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  record(regarding: KubeObject, happening: Happening): void {
    const now = this.#options.clock.monotonic();
    const key = `${identityOf(regarding)} ${happening.type} ${happening.reason} ${happening.note}`;
    const series = this.#series.get(key);
    const again = series !== undefined && now - series.at < SERIES_WINDOW;
    if (!this.#mayWrite(regarding, now)) return;
    if (again) {
      Object.assign(series, { count: series.count + 1, at: now });
      this.#enqueue(series.namespace, happening, () => this.#count(series).catch((error: unknown) => this.#restart(key, error)));
      return;
    }
    const started: Series = { namespace: regarding.metadata.namespace ?? 'default', name: this.#name(regarding), count: 1, at: now };
    this.#series.delete(key);
    this.#series.set(key, started);
    this.#trim();
    this.#enqueue(started.namespace, happening, () => this.#create(started, regarding, happening));
  }

  /** Resolves when everything recorded so far was tried. */
  async flush(): Promise<void> {
    await Promise.all(this.#last.values());
  }

  #enqueue(namespace: string, { isHint = false }: Happening, write: () => Promise<unknown>): void {
    if (this.#waiting >= (isHint ? MOST_WAITING / 2 : MOST_WAITING)) {
      this.#options.log.warn({ waiting: this.#waiting }, 'too many Events wait, one was dropped');
      return;
    }
    this.#waiting += 1;
    const lane = `${namespace} ${isHint}`;
    const turn = (this.#last.get(lane) ?? Promise.resolve())
      .then(write)
      .catch((error: unknown) => this.#options.log.warn({ err: error }, 'an Event could not be written'))
      .then(() => {
        this.#waiting -= 1;
        if (this.#last.get(lane) === turn) this.#last.delete(lane);
      });
    this.#last.set(lane, turn);
  }

  /** What can't be counted, because it is gone, is told anew the next time. */
  #restart(key: string, error: unknown): never {
    if (isNotFound(error)) this.#series.delete(key);
    throw error;
  }

  #create(series: Series, regarding: KubeObject, happening: Happening): Promise<unknown> {
    const { client, controller, instance } = this.#options;
    const body = {
      apiVersion: EVENTS.apiVersion,
      kind: EVENTS.kind,
      metadata: { namespace: series.namespace, name: series.name },
      eventTime: this.#microTime(),
      type: happening.type,
      reason: happening.reason,
      action: happening.action,
      note: cut(happening.note, LONGEST_NOTE),
      regarding: referenceTo(regarding),
      ...(happening.related === undefined ? {} : { related: referenceTo(happening.related) }),
      reportingController: controller,
      reportingInstance: cut(instance, 128),
    };
    return client.request({ method: 'POST', path: collectionPath(EVENTS, series.namespace), body });
  }

  #count(series: Series): Promise<unknown> {
    return this.#options.client.request({
      method: 'PATCH',
      path: objectPath(EVENTS, series),
      body: { series: { count: series.count, lastObservedTime: this.#microTime() } },
      contentType: MERGE_PATCH,
    });
  }

  #mayWrite(regarding: KubeObject, now: number): boolean {
    const key = identityOf(regarding);
    const before = this.#budgets.get(key) ?? { tokens: BURST, at: now };
    const tokens = Math.min(BURST, before.tokens + (now - before.at) / REFILL);
    this.#budgets.delete(key);
    this.#budgets.set(key, { tokens: tokens < 1 ? tokens : tokens - 1, at: now });
    return tokens >= 1;
  }

  #name(regarding: KubeObject): string {
    this.#sequence += 1;
    const unique = `${this.#options.clock.now().getTime().toString(16)}.${this.#sequence.toString(16)}`;
    return `${regarding.metadata.name.slice(0, 200)}.${unique}`;
  }

  #trim(): void {
    for (const map of [this.#series, this.#budgets])
      for (const key of map.keys()) {
        if (map.size <= MOST_SERIES) break;
        map.delete(key);
      }
  }

  /** Kubernetes' MicroTime: RFC 3339 with six digits. */
  #microTime(): string {
    return this.#options.clock.now().toISOString().replace(/Z$/, '000Z');
  }
}

// --- internal ---

interface Series {
  readonly namespace: string;
  readonly name: string;
  count: number;
  at: number;
}

const identityOf = (object: KubeObject): string => object.metadata.uid ?? `${object.kind} ${keyOf(object)}`;

function referenceTo(object: KubeObject): Record<string, string | undefined> {
  const { namespace, name, uid, resourceVersion } = object.metadata;
  return { apiVersion: object.apiVersion, kind: object.kind, namespace, name, uid, resourceVersion };
}

const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);
