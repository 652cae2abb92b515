import { writeFile } from 'node:fs/promises';

const INTERVAL_MILLISECONDS = 1000;

/** A file that shows that the agent's loop turns: kubelet's probe removes it, and fails when it finds none. */
export class SignOfLife {
  readonly #file: string;
  readonly #now: () => number;
  #shown = Number.NEGATIVE_INFINITY;

  constructor(file: string, now: () => number) {
    this.#file = file;
    this.#now = now;
  }

  /** Makes the file, at most once a second; a disk that is full is the probe's to find. */
  async show(): Promise<void> {
    if (this.#now() - this.#shown < INTERVAL_MILLISECONDS) return;
    this.#shown = this.#now();
    await writeFile(this.#file, '').catch(() => undefined);
  }
}
