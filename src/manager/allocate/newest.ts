import { type KubeObject, keyOf } from '../../kube/object.ts';
import type { Store } from '../../kube/store.ts';
import type { Clock } from '../../telemetry/clock.ts';

/** Milliseconds after which a write that the watch never showed was undone by somebody else. */
const FORGET = 30_000;

/** Objects of a store as our own last writes left them: the watch shows those a moment later. */
export class Newest<T extends KubeObject> {
  readonly #store: Store<T>;
  readonly #clock: Clock;
  readonly #written = new Map<string, { readonly object: T; readonly at: number }>();
  readonly #removed = new Map<string, string | undefined>();

  constructor(store: Store<T>, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    store.onChange(({ key, after }) => this.#seen(key, after));
  }

  get(key: string): T | undefined {
    const seen = this.#store.get(key);
    const written = this.#writtenAs(key);
    if (written !== undefined && (seen === undefined || isNewer(written, seen))) return written;
    return seen !== undefined && this.#removed.get(key) === seen.metadata.uid && this.#removed.has(key) ? undefined : seen;
  }

  list(): T[] {
    const stored = this.#store.list();
    if (this.#written.size + this.#removed.size === 0) return stored;
    const keys = new Set([...stored.map(keyOf), ...this.#written.keys()]);
    return [...keys].flatMap((key) => this.get(key) ?? []);
  }

  /** What the API server answered to a write. */
  wrote(object: T): void {
    this.#removed.delete(keyOf(object));
    this.#written.set(keyOf(object), { object, at: this.#clock.monotonic() });
  }

  removed(object: T): void {
    this.#written.delete(keyOf(object));
    this.#removed.set(keyOf(object), object.metadata.uid);
  }

  #writtenAs(key: string): T | undefined {
    const written = this.#written.get(key);
    if (written === undefined) return undefined;
    if (this.#clock.monotonic() - written.at < FORGET) return written.object;
    this.#written.delete(key);
    return undefined;
  }

  #seen(key: string, after: T | undefined): void {
    const written = this.#written.get(key);
    if (written !== undefined && (after === undefined || !isNewer(written.object, after))) this.#written.delete(key);
    if (this.#removed.has(key) && after?.metadata.uid !== this.#removed.get(key)) this.#removed.delete(key);
  }
}

// --- internal ---

/** Resource versions of one kind compare as numbers (KEP-5504). */
const isNewer = (a: KubeObject, b: KubeObject): boolean =>
  BigInt(a.metadata.resourceVersion ?? 0) > BigInt(b.metadata.resourceVersion ?? 0);
