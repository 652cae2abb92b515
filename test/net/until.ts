import { setTimeout as sleep } from 'node:timers/promises';

/** Looks again and again until what it sees is as wished; an error counts as not yet. Fails with the sentence and the last look. */
export async function until<T>(sentence: string, look: () => T | Promise<T>, wished: (seen: T) => boolean, seconds = 10): Promise<T> {
  let last: unknown = null;
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(25)) {
    try {
      const seen = await look();
      if (wished(seen)) return seen;
      last = seen;
    } catch (error) {
      last = String(error);
    }
  }
  throw new Error(`${sentence}: not within ${seconds} s; last seen: ${JSON.stringify(last, null, 1)}`);
}

/** Looks all the time, for so many seconds. */
export async function throughout(seconds: number, look: () => void | Promise<void>): Promise<void> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(50)) await look();
}
