/** What all measurements have in common. */
import type { Progress } from '../lab/machine/progress.ts';

/** One value, as it was measured. */
export interface Sample {
  /** What it is of. Samples of the same name, unit and amount stand on one line of a table. */
  readonly of: string;
  readonly unit: string;
  /** How many there were of what the measurement varies. */
  readonly at?: number;
  readonly value: number;
}

/** How much is to be measured, and who is told how far it is. */
export interface Effort {
  readonly isQuick: boolean;
  /** Of what is done once at a time, as a failover. */
  readonly repeats: number;
  readonly progress: Progress;
  say(detail: string): void;
}

/** In words that follow `it needs`. */
export const NEEDS = {
  nothing: 'nothing but Node',
  api: 'etcd and kube-apiserver',
  net: 'root, keepalived and nft',
  lab: 'root, and makes a lab',
} as const;

/** A function that yields samples, and what a reader has to know of it. */
export interface Measurement {
  /** For the command line, and for the plot's file. */
  readonly name: string;
  readonly title: string;
  /** Markdown. */
  readonly about: string;
  readonly needs: keyof typeof NEEDS;
  /** What there are more and more of, as `Services`; a growth is plotted on logarithms, so its values are above 0, and its exponent is fitted. */
  readonly varies?: string;
  samples(effort: Effort): Iterable<Sample> | AsyncIterable<Sample>;
}

/** What `timed` yields: milliseconds that the thread had a core. */
export const CORE_MS = 'ms of a core';

/**
 * The processor time of each time that `work` is done, once it has run often enough to be compiled. Other programs on the machine make it wait, which
 * isn't counted, and slow its caches, which is.
 */
export function* timed(work: () => unknown, { isQuick }: Pick<Effort, 'isQuick'>): Generator<number> {
  const { least, milliseconds } = isQuick ? QUICK : FULL;
  for (let times = 0, spent = 0; times < 2 || spent < WARM_MS; times++) spent += coreMilliseconds(work);
  for (let count = 0, spent = 0; count < least || (count < MOST && spent < milliseconds); count++) {
    const took = coreMilliseconds(work);
    spent += took;
    yield took;
  }
}

/** Of this thread: helpers of the garbage collection have cores of their own. */
export function coreMilliseconds(work: () => unknown): number {
  const before = spentByNow();
  work();
  return spentByNow() - before;
}

// --- internal ---

/** The kernel brings a thread's account up to date when it is asked for the process's, before; without that it is as old as the last tick. */
function spentByNow(): number {
  process.cpuUsage();
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

const WARM_MS = 400;
const QUICK = { least: 10, milliseconds: 1500 };
const FULL = { least: 30, milliseconds: 10_000 };
const MOST = 100;
