import { setTimeout as sleep } from 'node:timers/promises';
import type { Conf } from '../conf/tree.ts';
import { DRAIN } from '../localise/drain.ts';
import { instancesOf } from '../localise/instance.ts';
import { trackFileOf } from '../localise/localise.ts';
import type { Daemon } from './daemon.ts';
import type { Paths } from './paths.ts';
import { writeTrackFile } from './track-file.ts';

/** Milliseconds. */
const POLL = 50;
const LONGEST = 10_000;

/** How a drain ended: nothing is held any more, or nobody took it. */
export type Drained = 'given up' | 'nobody took over';

/** Lets every instance stay a master only until another node has taken over, or as long as that takes where there is one. */
export async function drain(conf: Conf | null, daemon: Daemon, paths: Paths): Promise<Drained> {
  await writeTrackFile(trackFileOf(paths, DRAIN), 1);
  const end = Date.now() + patience(conf);
  while (Date.now() < end) {
    const dump = await daemon.dump(500);
    if (dump.kind !== 'dump' || !dump.instances.some(({ state }) => state === 'MASTER')) return 'given up';
    await sleep(POLL);
  }
  return 'nobody took over';
}

/** Undoes what a drain before has left, and makes the file that the configuration names. */
export const undrain = (paths: Paths): Promise<void> => writeTrackFile(trackFileOf(paths, DRAIN), 0);

// --- internal ---

/** A backup takes over when it has missed the adverts of an equal or better node for three intervals; the fourth is for its skew and ours. */
function patience(conf: Conf | null): number {
  const intervals = conf === null ? [] : instancesOf(conf).map(({ interval }) => interval);
  return Math.min(LONGEST, Math.max(0, ...intervals) * 4000 + 500);
}
