/** A machine that has hardly any memory left: the kernel takes back the pages of programs that run, and reads them again from the disk. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Mebibytes that are left: of them the kernel keeps some tens for itself. */
const LEFT = 256;
/** Far more than what is left, so that nothing read is there when it is read again. */
const FILE_BYTES = 4 * 1024 ** 3;

/** Takes memory until `LEFT` MiB are available; the kernel ends it first if that is too much. */
const TAKES = `
const { readFileSync, writeFileSync } = require('node:fs');
writeFileSync('/proc/self/oom_score_adj', '1000');
const available = () => Number(/MemAvailable:\\s+(\\d+)/.exec(readFileSync('/proc/meminfo', 'utf8'))[1]) / 1024;
globalThis.kept = [];
while (available() > ${LEFT}) kept.push(Buffer.alloc(32 * 1024 ** 2, 1));
console.log('full');
setInterval(() => {}, 1e9);`;

const READS = `
const { openSync, readSync } = require('node:fs');
const [file, chunk] = [openSync(process.argv[1]), Buffer.alloc(1024 ** 2)];
for (let at = 0; ; at = (at + chunk.length) % ${FILE_BYTES}) readSync(file, chunk, 0, chunk.length, at);`;

/** Lasts until it is disposed of. Nothing else that needs memory may run on the machine meanwhile. */
export class Shortage implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'shortage-'));
  readonly #processes: ChildProcess[] = [];

  /** Rejects when the memory can't be taken. */
  static async begin(): Promise<Shortage> {
    const shortage = new Shortage();
    try {
      await shortage.#take();
    } catch (error) {
      shortage[Symbol.dispose]();
      throw error;
    }
    return shortage;
  }

  [Symbol.dispose](): void {
    for (const process of this.#processes) process.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true });
  }

  async #take(): Promise<void> {
    const file = join(this.#folder, 'file');
    writeFileSync(file, '');
    truncateSync(file, FILE_BYTES);
    const taker = this.#run(TAKES);
    await new Promise<void>((resolve, reject) => {
      taker.stdout?.once('data', () => resolve());
      taker.once('exit', (code, signal) => reject(new Error(`what takes the memory ended with ${signal ?? code}`)));
    });
    this.#run(READS, file);
  }

  #run(script: string, ...args: readonly string[]): ChildProcess {
    const one = spawn(process.execPath, ['-e', script, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#processes.push(one);
    return one;
  }
}
