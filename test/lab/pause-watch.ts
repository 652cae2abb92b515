/**
 * Looks at the clock every 20 ms and tells of each time that it was not let: what a test measured meanwhile is the machine's, not a VIP's. Runs in a
 * thread of its own.
 */
import { parentPort } from 'node:worker_threads';

/** A time in which the machine gave a ready thread no processor. */
export interface Pause {
  /** Milliseconds since the epoch at its end. */
  readonly endedAt: number;
  readonly milliseconds: number;
}

const TICK = 20;
const WORTH_TELLING = 250;

if (parentPort !== null) {
  const never = new Int32Array(new SharedArrayBuffer(4));
  for (let last = performance.now(); ; ) {
    Atomics.wait(never, 0, 0, TICK);
    const now = performance.now();
    const pause: Pause = { endedAt: Date.now(), milliseconds: Math.round(now - last - TICK) };
    if (pause.milliseconds >= WORTH_TELLING) parentPort.postMessage(pause);
    last = now;
  }
}
