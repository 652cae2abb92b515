import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Seconds for which connections are held; `HOLD_SECONDS=300` for the five minutes of an attack that lasts, also of one with fewer connections. */
export const HOLD_SECONDS = Number(process.env.HOLD_SECONDS ?? 3);
export const HOLDS = (process.env.HOLD_SECONDS === undefined ? [500] : [64, 500]).flatMap((count) =>
  (['idle', 'slow', 'unread'] as const).map((how) => ({ count, how })),
);

export interface Held {
  readonly address: string;
  readonly port: number;
  readonly count: number;
  /** As in `hold.ts`. */
  readonly how: string;
  /** The network namespace of who holds; absent: this one. */
  readonly namespace?: string;
  /** The address of who holds. */
  readonly from?: string;
}

/** Resolves when the connections are open, or were refused; ended by its disposal. */
export async function holdConnections({ address, port, count, how, namespace, from }: Held): Promise<Disposable> {
  const args = ['test/net/hold.ts', address, `${port}`, `${count}`, how, ...(from === undefined ? [] : [from])];
  const command = [process.execPath, ...args];
  const inside = namespace === undefined ? command : ['ip', 'netns', 'exec', namespace, ...command];
  const holder = spawn(inside[0] ?? '', inside.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
  await firstLine(holder);
  return { [Symbol.dispose]: () => void holder.stdin?.end() };
}

/** Resident memory of a process, in MiB. */
export function memoryOf(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kibibytes) / 1024;
}

// --- internal ---

const firstLine = ({ stdout }: ChildProcess): Promise<unknown> =>
  new Promise((resolve, reject) => {
    stdout?.once('data', resolve).once('end', () => reject(new Error('the holder of connections ended')));
  });
