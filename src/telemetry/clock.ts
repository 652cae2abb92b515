import { performance } from 'node:perf_hooks';

/** Time and chance, handed in so that tests can hold both still. */
export interface Clock {
  /** Wall time, for what people read; it may jump. */
  now(): Date;
  /** Milliseconds that never jump; only differences mean something. */
  monotonic(): number;
  /** Resolves after so many milliseconds, or at once when the signal aborts; never rejects. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** A number in [0, 1). */
  random(): number;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  sleep: sleepOnTimer,
  random: () => Math.random(),
};

// --- internal ---

function sleepOnTimer(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const wake = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, milliseconds);
    signal?.addEventListener('abort', wake, { once: true });
  });
}
