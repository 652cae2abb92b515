export interface LanesOptions {
  /** Keys of one lane share {@link perLane} of the workers, so that slow ones keep no other lane waiting. */
  readonly laneOf?: (key: string) => string;
  readonly perLane?: number;
}

/** Keys that wait for a worker, lane by lane in turn and in each the oldest first; those of full lanes cost the others nothing, however many they are. */
export class Lanes {
  readonly #options: LanesOptions;
  readonly #lanes = new Map<string, Lane>();
  /** Those with a key that may begin, the one whose turn it is first. */
  readonly #open = new Set<Lane>();
  /** Of each key that waits or is worked on, as it was when it was added. */
  readonly #laneOf = new Map<string, Lane>();
  #waiting = 0;

  constructor(options: LanesOptions) {
    this.#options = options;
  }

  /** How many keys wait. */
  get size(): number {
    return this.#waiting;
  }

  isWaiting(key: string): boolean {
    return this.#laneOf.get(key)?.waiting.has(key) ?? false;
  }

  /** Lets a key wait that does not and is not worked on. @param since - monotonic time */
  add(key: string, since: number): void {
    const name = this.#options.laneOf?.(key) ?? '';
    const lane = this.#lanes.get(name) ?? { name, waiting: new Map(), active: 0 };
    this.#lanes.set(name, lane);
    this.#laneOf.set(key, lane);
    lane.waiting.set(key, since);
    this.#waiting += 1;
    this.#place(lane);
  }

  /** The next key, and since when it waits; it has a worker of its lane until it {@link leave}s. Undefined when none may begin. */
  next(): readonly [key: string, since: number] | undefined {
    const [lane] = this.#open;
    const [first] = lane?.waiting ?? [];
    if (lane === undefined || first === undefined) return undefined;
    lane.waiting.delete(first[0]);
    this.#waiting -= 1;
    lane.active += 1;
    this.#open.delete(lane);
    this.#place(lane);
    return first;
  }

  leave(key: string): void {
    const lane = this.#laneOf.get(key);
    if (lane === undefined) return;
    this.#laneOf.delete(key);
    lane.active -= 1;
    if (lane.active + lane.waiting.size === 0) this.#lanes.delete(lane.name);
    this.#place(lane);
  }

  /** Behind those whose turn it is, where it may begin something; out of the way where not. */
  #place(lane: Lane): void {
    const isOpen = lane.waiting.size > 0 && lane.active < (this.#options.perLane ?? Number.POSITIVE_INFINITY);
    if (!isOpen) this.#open.delete(lane);
    else this.#open.add(lane);
  }
}

// --- internal ---

interface Lane {
  readonly name: string;
  /** Since when each key waits. */
  readonly waiting: Map<string, number>;
  active: number;
}
