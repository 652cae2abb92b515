import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseDump } from '../../vrrp/dump.ts';
import { NotWritten, writeWhole } from '../files/write.ts';
import type { Paths } from '../paths.ts';
import type { Dump } from './observed.ts';

/** keepalived's signal for a JSON dump: SIGRTMIN + 2, which glibc and musl number differently. */
const DUMP_SIGNALS = [36, 37];
const HUP = 1;
const KILL = 9;

/** keepalived in its own container, seen through its pid file, signals and dumps. */
export class Daemon {
  readonly #paths: Paths;
  readonly #now: () => number;
  #dumping: Promise<Dump> | null = null;

  constructor(paths: Paths, now: () => number) {
    this.#paths = paths;
    this.#now = now;
  }

  /** Process id of the daemon's parent process, or null while it does not run or can't take signals yet: one that comes too early would end it. */
  async pid(): Promise<number | null> {
    const pid = await pidIn(this.#paths.pidFile);
    return pid !== null && (await isKeepalived(pid)) && (await blockedSignals(pid)).has(HUP) ? pid : null;
  }

  /** Removes pid files whose process is gone or another program: keepalived would believe them and end at once. */
  async removeStalePidFiles(): Promise<void> {
    for (const file of [this.#paths.pidFile, this.#paths.vrrpPidFile, this.#paths.checkersPidFile]) {
      const pid = await pidIn(file);
      if (pid === null || (await isKeepalived(pid)) || (await pidIn(file)) !== pid) continue;
      await rm(file, { force: true });
    }
  }

  /** Has the daemon read its file again; false when it does not run. */
  async reload(): Promise<boolean> {
    const pid = await this.pid();
    return pid !== null && signal(pid, HUP);
  }

  /** Ends the daemon and its children at once, however they are: kubelet starts it again. */
  async kill(): Promise<void> {
    const { pidFile, vrrpPidFile, checkersPidFile } = this.#paths;
    for (const file of [pidFile, vrrpPidFile, checkersPidFile]) {
      const pid = await pidIn(file);
      if (pid !== null && (await isKeepalived(pid))) signal(pid, KILL);
    }
  }

  /** A dump written after the call; callers at the same time share one. */
  dump(limit = 2000): Promise<Dump> {
    this.#dumping ??= this.#dump(limit).finally(() => {
      this.#dumping = null;
    });
    return this.#dumping;
  }

  async #dump(limit: number): Promise<Dump> {
    const asked = this.#now();
    const pid = await this.pid();
    if (pid === null) return { kind: 'not running', asked };
    const blocked = await blockedSignals(pid);
    const number = DUMP_SIGNALS.find((candidate) => blocked.has(candidate));
    if (number === undefined) return { kind: 'mute', asked };
    const file = join(this.#paths.dumpDir, 'keepalived.json');
    await rm(file, { force: true });
    if (!signal(pid, number)) return { kind: 'not running', asked };
    return this.#whole(file, asked, limit);
  }

  /** The file is there before it is filled. */
  async #whole(file: string, asked: number, limit: number): Promise<Dump> {
    for (let wait = 2, waited = 0; waited < limit; wait = Math.min(wait * 2, 50)) {
      await sleep(wait);
      waited += wait;
      const text = await readFile(file, 'utf8').catch(() => '');
      const instances = parseDump(text);
      if (instances !== null) return { kind: 'dump', instances, asked };
    }
    const hasBegun = (await stat(file).catch(() => null)) !== null;
    const isFull = await isFolderFull(this.#paths.dumpDir);
    return hasBegun || isFull ? { kind: 'cut', isFull, asked } : { kind: 'silent', asked };
  }
}

// --- internal ---

/** Whether there is no room for another page of a file. */
async function isFolderFull(folder: string): Promise<boolean> {
  const file = join(folder, 'room');
  try {
    await writeWhole(file, ' ');
    await rm(file, { force: true });
    return false;
  } catch (error) {
    return error instanceof NotWritten && ['ENOSPC', 'EDQUOT'].includes(error.code);
  }
}

async function pidIn(file: string): Promise<number | null> {
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).trim());
  return Number.isInteger(pid) && pid > 1 ? pid : pid === 1 ? 1 : null;
}

/** Process ids are used again, so the name counts too. */
async function isKeepalived(pid: number): Promise<boolean> {
  const status = await statusOf(pid);
  return /^Name:\s*keepalived$/m.test(status) && !/^State:\s*[ZX]/m.test(status);
}

/** keepalived takes its signals from a descriptor, so those that it handles are blocked; any other would end it. */
async function blockedSignals(pid: number): Promise<ReadonlySet<number>> {
  const mask = BigInt(`0x${/^SigBlk:\s*([0-9a-f]+)$/m.exec(await statusOf(pid))?.[1] ?? '0'}`);
  return new Set(Array.from({ length: 64 }, (_, index) => index + 1).filter((number) => (mask >> BigInt(number - 1)) & 1n));
}

const statusOf = (pid: number): Promise<string> => readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');

function signal(pid: number, number: number): boolean {
  try {
    return process.kill(pid, number);
  } catch {
    return false;
  }
}
