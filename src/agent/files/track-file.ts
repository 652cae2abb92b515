import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { HealthCheck } from '../../api/node/config.ts';
import type { Conf } from '../../conf/tree.ts';
import { gradingsIn, type TrackValue, trackValue } from '../../localise/finding.ts';
import { type LocalPaths, trackFileOf } from '../../localise/localise.ts';
import { replaceShort } from './write.ts';

/** Replaces the value in one step; keepalived sees it within a millisecond. */
export const writeTrackFile = (file: string, value: TrackValue): Promise<void> => replaceShort(file, `${value}\n`);

/** Makes the files of health checks, of no endpoints until the first answer. */
export async function ensureTrackFiles(checks: readonly HealthCheck[], conf: Conf, paths: LocalPaths): Promise<void> {
  const gradings = gradingsIn(conf);
  for (const { trackFile } of checks)
    await ensureTrackFile(trackFileOf(paths, trackFile), trackValue('none', gradings.get(trackFile) ?? 'fault'));
}

// --- internal ---

/** Makes the file with this value, unless it is there: keepalived takes a file that is absent for healthy. */
async function ensureTrackFile(file: string, value: TrackValue): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const found = await readFile(file, 'utf8').catch(() => null);
  if (found === null) await writeTrackFile(file, value);
}
