import type { Clock } from '../../src/telemetry/clock.ts';

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/** A clock that stands still until a test moves it. Chance always says `chance`. */
export class FakeClock implements Clock {
  readonly #sleepers = new Set<Sleeper>();
  #elapsed = 0;
  /** Milliseconds between wall time and monotonic time; change it to make the wall clock jump. */
  epoch = Date.parse('2026-01-01T00:00:00Z');
  chance = 0;

  now(): Date {
    return new Date(this.epoch + this.#elapsed);
  }

  monotonic(): number {
    return this.#elapsed;
  }

  random(): number {
    return this.chance;
  }

  /** Those who sleep now. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const sleeper: Sleeper = {
        due: this.#elapsed + milliseconds,
        wake: () => {
          this.#sleepers.delete(sleeper);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', sleeper.wake, { once: true });
    });
  }

  /** So much time passes in which nobody can act, as while the process computes. */
  spend(milliseconds: number): void {
    this.#elapsed += milliseconds;
  }

  /** Lets so much time pass, waking each sleeper at its time and letting it act before the next. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#elapsed + milliseconds;
    await settled();
    for (let next = this.#nextUntil(end); next !== undefined; next = this.#nextUntil(end)) {
      this.#elapsed = Math.max(this.#elapsed, next.due);
      next.wake();
      await settled();
    }
    this.#elapsed = end;
  }

  #nextUntil(end: number): Sleeper | undefined {
    return [...this.#sleepers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
  }
}

/** Resolves when everything that can go on without time passing has gone on. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
