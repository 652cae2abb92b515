import type { Clock } from '../telemetry/clock.ts';

/** Lets so many writes through in any one second, the first of them at once, and the others in the order in which they came. */
export class Budget {
  readonly #clock: Clock;
  /** When the last `rate` ones went, the oldest first. */
  readonly #spent: number[] = [];
  readonly #rate: number;
  #turn: Promise<void> = Promise.resolve();

  /** @param rate - writes a second, at least 1 */
  constructor(rate: number, clock: Clock) {
    this.#rate = Math.max(1, Math.floor(rate));
    this.#clock = clock;
  }

  /** Resolves when one more may go. */
  take(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#spend());
    return this.#turn;
  }

  async #spend(): Promise<void> {
    const oldest = this.#spent.length < this.#rate ? undefined : this.#spent.shift();
    const wait = oldest === undefined ? 0 : oldest + SECOND - this.#clock.monotonic();
    if (wait > 0) await this.#clock.sleep(wait);
    this.#spent.push(this.#clock.monotonic());
  }
}

// --- internal ---

const SECOND = 1000;
