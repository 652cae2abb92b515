/** Where the steps of a run come from: a seed, or a file. */
import { readFileSync } from 'node:fs';
import type { HostName } from '../../lab/hosts/address.ts';
import { type Step, walk } from './walk.ts';

/** What a run was told on its command line. */
export interface Chosen {
  readonly seed: number;
  readonly minutes: number;
  readonly steps?: number;
  /** A file with steps. */
  readonly walk?: string;
}

export interface Source {
  /** As the end of a sentence. */
  readonly name: string;
  /** The command that takes the same steps. */
  readonly command: string;
  /** The command that takes those up to this one. */
  readonly replay: (step: number) => string;
  /** From the first on, until there is no time left. */
  readonly steps: () => Generator<Step>;
  /** Those up to this one, however long they take. */
  readonly upTo: (last: number) => readonly Step[];
}

export function sourceOf({ seed, minutes, steps, walk: file }: Chosen, nodes: readonly HostName[]): Source {
  if (file !== undefined) {
    const read: readonly Step[] = JSON.parse(readFileSync(file, 'utf8'));
    const command = `${PROGRAM} --walk ${file}`;
    return { name: file, command, replay: () => command, steps: () => through(read, () => true), upTo: () => read };
  }
  const replay = (step: number): string => `${PROGRAM} --seed ${seed} --steps ${step}`;
  const upTo = (last: number): Generator<Step> => through(walk(seed, nodes), ({ number }) => number <= last);
  return {
    name: `seed ${seed}`,
    command: steps === undefined ? `${PROGRAM} --seed ${seed} --minutes ${minutes}` : replay(steps),
    replay,
    steps: () => {
      if (steps !== undefined) return upTo(steps);
      const deadline = performance.now() + minutes * 60_000;
      return through(walk(seed, nodes), () => performance.now() <= deadline);
    },
    upTo: (last) => [...upTo(last)],
  };
}

// --- internal ---

const PROGRAM = 'scripts/node bench/chaos.ts';

function* through(steps: Iterable<Step>, goesOn: (step: Step) => boolean): Generator<Step> {
  for (const step of steps) {
    if (!goesOn(step)) return;
    yield step;
  }
}
