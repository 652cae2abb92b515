import { readFile } from 'node:fs/promises';
import type { Clock } from '../../telemetry/clock.ts';

/** Milliseconds for which a token that was read is used; client-go's. */
const FRESH = 60_000;

/**
 * The token of a service account, which kubelet renews in its file. client-node reads it again by the wall clock: set back by a year, it would
 * use the same token for a year, which lives for an hour.
 */
export class TokenFile {
  readonly #path: string;
  readonly #clock: Pick<Clock, 'monotonic'>;
  #known: { readonly token: string; readonly at: number } | undefined;

  constructor(path: string, clock: Pick<Clock, 'monotonic'>) {
    this.#path = path;
    this.#clock = clock;
  }

  /** @throws Error when it has never been readable; a token that was read is better than none */
  async token(): Promise<string> {
    const now = this.#clock.monotonic();
    if (this.#known !== undefined && now - this.#known.at < FRESH) return this.#known.token;
    try {
      this.#known = { token: (await readFile(this.#path, 'utf8')).trim(), at: now };
    } catch (error) {
      if (this.#known === undefined) throw error;
    }
    return this.#known.token;
  }
}
