import { type ChildProcess, spawn } from 'node:child_process';

/** So many processes that do nothing but compute, until it is disposed of. */
export class Load implements Disposable {
  readonly #processes: readonly ChildProcess[];

  constructor(count: number) {
    this.#processes = Array.from({ length: count }, () => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
  }

  [Symbol.dispose](): void {
    for (const process of this.#processes) process.kill('SIGKILL');
  }
}
