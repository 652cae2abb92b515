/** Waiting for something to come true. */
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks until the answer isn't undefined; the error at the end of the time names what was awaited and the last thing seen. After a dear
 * question it rests as long as the answer took, and leaves the machine to what was asked about.
 */
export async function waitFor<T>(what: string, check: () => Promise<T | undefined>, timeoutMs: number): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const asked = performance.now();
    const outcome = await check().then(
      (answer) => ({ answer, seen: 'it was not so yet', cause: undefined }),
      (error: unknown) => ({ answer: undefined, seen: error instanceof Error ? error.message : String(error), cause: error }),
    );
    if (outcome.answer !== undefined) return outcome.answer;
    if (performance.now() > deadline)
      throw new Error(`not within ${timeoutMs / 1000} s: ${what}; last seen: ${outcome.seen}`, { cause: outcome.cause });
    const took = performance.now() - asked;
    await pause(took < DEAR_MS ? POLL_MS : Math.min(took, LONGEST_REST_MS));
  }
}

// --- internal ---

const POLL_MS = 25;
const DEAR_MS = 250;
const LONGEST_REST_MS = 1000;
