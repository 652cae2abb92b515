import type { Lab } from '../lab/lab.ts';
import type { Progress } from '../lab/machine/progress.ts';
import { down, up } from '../lab/up.ts';

const LAB = 'bench';

/** What `work` yields in a lab of its own, which goes with it. */
export async function* inLab<T>(progress: Progress, work: (lab: Lab) => AsyncIterable<T>, nodes = 3): AsyncGenerator<T> {
  const lab = await up({ name: LAB, nodes }, progress);
  try {
    yield* work(lab);
  } finally {
    await down(LAB, progress);
  }
}
