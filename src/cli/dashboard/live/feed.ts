import { type Difference, differenceOf } from '../model/difference.ts';
import { type Facts, NO_FACTS } from '../model/facts.ts';
import { Gathering, type Objects } from '../model/gathered.ts';
import type { Clock, Source } from './source.ts';

/** Milliseconds in which changes are gathered before they are told: a failover of many addresses comes in one piece, and still at once. */
const PAUSE = 100;

/** What is told of a change. */
export type Listener = (difference: Difference) => void;

/** The newest facts of all sources, and who is told when they change. */
export class Feed {
  readonly #clock: Clock;
  readonly #gathering = new Gathering();
  readonly #listeners = new Set<Listener>();
  #sources: readonly Source[] = [];
  #facts: Facts = NO_FACTS;
  #wake = Promise.withResolvers<void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** As they were told last. */
  get facts(): Facts {
    return this.#facts;
  }

  /** Calls the listener with each change from now on, until it is unlistened. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Something is otherwise. */
  readonly changed = (): void => this.#wake.resolve();

  /** Tells of changes until the signal aborts. */
  async run(sources: readonly Source[], signal: AbortSignal): Promise<void> {
    this.#sources = sources;
    signal.addEventListener('abort', this.changed, { once: true });
    while (!signal.aborted) {
      this.#wake = Promise.withResolvers();
      this.#tell();
      await this.#wake.promise;
      await this.#clock.sleep(PAUSE, signal);
    }
  }

  #tell(): void {
    const entries = this.#sources.flatMap(({ kind, objects }) => (objects === undefined ? [] : [[kind.field, objects] as const]));
    const objects = Object.fromEntries(entries) as unknown as Objects;
    const facts = this.#gathering.factsOf(
      objects,
      this.#sources.map(({ fact }) => fact),
    );
    const difference = differenceOf(this.#facts, facts);
    if (difference === undefined) return;
    this.#facts = facts;
    for (const listener of this.#listeners) listener(difference);
  }
}
