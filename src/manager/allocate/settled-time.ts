import type { Clock } from '../../telemetry/clock.ts';

/** Milliseconds that a step of the wall clock has to last before it counts. */
const LASTING = 10 * 60_000;
/** Milliseconds by which the wall clock may go another way than the monotonic one and is still believed: it is being trimmed. */
const TRIMMED = 60_000;

/**
 * The time by which addresses are kept and reserved. What is over is given to others for good, so the wall clock counts, and a step of it only once
 * it has lasted: a clock that is set wrong for a moment frees nothing.
 */
export class SettledTime {
  readonly #clock: Pick<Clock, 'now' | 'monotonic'>;
  /** Milliseconds from monotonic to wall time, as they are believed. */
  #offset: number;
  #doubt: { readonly offset: number; readonly since: number } | undefined;

  constructor(clock: Pick<Clock, 'now' | 'monotonic'>) {
    this.#clock = clock;
    this.#offset = clock.now().getTime() - clock.monotonic();
  }

  /** Milliseconds since 1970. */
  now(): number {
    const at = this.#clock.monotonic();
    const offset = this.#clock.now().getTime() - at;
    if (isNear(offset, this.#offset)) this.#believe(offset);
    else if (this.#doubt === undefined || !isNear(offset, this.#doubt.offset)) this.#doubt = { offset, since: at };
    else if (at - this.#doubt.since >= LASTING) this.#believe(offset);
    return at + this.#offset;
  }

  #believe(offset: number): void {
    this.#offset = offset;
    this.#doubt = undefined;
  }
}

// --- internal ---

const isNear = (one: number, other: number): boolean => Math.abs(one - other) <= TRIMMED;
