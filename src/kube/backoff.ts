/** Doubling delays with jitter: `base`, `2·base`, ... up to `cap`, each between half and the whole of that. */
export class Backoff {
  readonly #base: number;
  readonly #cap: number;
  readonly #random: () => number;
  #failures = 0;

  /** @param limits - both in milliseconds */
  constructor(limits: { readonly base: number; readonly cap: number }, random: () => number) {
    this.#base = limits.base;
    this.#cap = limits.cap;
    this.#random = random;
  }

  /** Failures since the last success. */
  get failures(): number {
    return this.#failures;
  }

  /** Milliseconds to wait after one more failure. */
  next(): number {
    const whole = Math.min(this.#cap, this.#base * 2 ** Math.min(this.#failures, 30));
    this.#failures += 1;
    return whole * (0.5 + this.#random() / 2);
  }

  reset(): void {
    this.#failures = 0;
  }
}
