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

export const NEEDS = {
  nothing: 'nothing but Node',
  api: 'etcd and kube-apiserver',
  net: 'root, keepalived and nft',
  lab: 'root and a lab, which is made for it',
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

/** Milliseconds of each time that `work` is done, once it has run often enough to be compiled. */
export function* timed(work: () => unknown, { isQuick }: Pick<Effort, 'isQuick'>): Generator<number> {
  const { least, milliseconds } = isQuick ? QUICK : FULL;
  const warm = performance.now() + WARM_MS;
  for (let times = 0; times < 2 || performance.now() < warm; times++) work();
  const end = performance.now() + milliseconds;
  for (let count = 0; count < least || (count < MOST && performance.now() < end); count++) {
    const start = performance.now();
    work();
    yield performance.now() - start;
  }
}

// --- internal ---

const WARM_MS = 200;
const QUICK = { least: 10, milliseconds: 2000 };
const FULL = { least: 30, milliseconds: 10_000 };
const MOST = 100;
