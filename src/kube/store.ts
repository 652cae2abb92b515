import type { KubeObject } from './object.ts';
import { keyOf } from './object.ts';

/** One object that appeared, changed or vanished. */
export interface Change<T> {
  readonly key: string;
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/** Names the index entries of an object; several, one or none. */
export type IndexFunction<T> = (object: T) => readonly string[];

/** What a reflector last saw of a kind, by key and by index. Read by everyone, written by its reflector alone. */
export class Store<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #indexes = new Map<string, Index<T>>();
  readonly #listeners: ((change: Change<T>) => void)[] = [];
  /** All objects in their order, until one changes. */
  #list: readonly T[] | undefined;

  constructor(indexes: Readonly<Record<string, IndexFunction<T>>> = {}) {
    for (const [name, entries] of Object.entries(indexes)) this.#indexes.set(name, { entries, keys: new Map() });
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  /** All objects, sorted by key. */
  list(): T[] {
    this.#list ??= this.#sorted(this.#objects.keys());
    return [...this.#list];
  }

  /** The objects under one entry of an index, sorted by key. */
  byIndex(name: string, entry: string): T[] {
    return this.#sorted(this.#indexes.get(name)?.keys.get(entry) ?? []);
  }

  /** Calls the listener after each change, in order. It must not throw. */
  onChange(listener: (change: Change<T>) => void): void {
    this.#listeners.push(listener);
  }

  set(object: T): void {
    this.#put(keyOf(object), object);
  }

  delete(key: string): void {
    if (this.#objects.has(key)) this.#put(key, undefined);
  }

  /** Takes a whole list: what isn't in it is gone, what has the same resource version is unchanged. */
  replace(objects: readonly T[]): void {
    const next = new Map(objects.map((object) => [keyOf(object), object]));
    for (const key of [...this.#objects.keys()]) if (!next.has(key)) this.delete(key);
    for (const [key, object] of next) {
      const version = object.metadata.resourceVersion;
      if (version === undefined || this.#objects.get(key)?.metadata.resourceVersion !== version) this.#put(key, object);
    }
  }

  #put(key: string, after: T | undefined): void {
    const before = this.#objects.get(key);
    this.#list = undefined;
    if (after === undefined) this.#objects.delete(key);
    else this.#objects.set(key, after);
    for (const index of this.#indexes.values()) reindex(index, key, before, after);
    for (const listener of this.#listeners) listener({ key, before, after });
  }

  #sorted(keys: Iterable<string>): T[] {
    return [...keys].sort().flatMap((key) => this.#objects.get(key) ?? []);
  }
}

// --- internal ---

interface Index<T> {
  readonly entries: IndexFunction<T>;
  readonly keys: Map<string, Set<string>>;
}

function reindex<T>(index: Index<T>, key: string, before: T | undefined, after: T | undefined): void {
  for (const entry of before === undefined ? [] : index.entries(before)) {
    const keys = index.keys.get(entry);
    keys?.delete(key);
    if (keys?.size === 0) index.keys.delete(entry);
  }
  for (const entry of after === undefined ? [] : index.entries(after)) {
    const keys = index.keys.get(entry) ?? new Set();
    index.keys.set(entry, keys.add(key));
  }
}
