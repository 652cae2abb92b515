import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What a track file says to keepalived: its value is multiplied with the weight in the configuration. */
export type TrackValue = 0 | 1;
export const HEALTHY: TrackValue = 0;
export const UNHEALTHY: TrackValue = 1;

/** Replaces the value in one step; keepalived sees it within a millisecond. */
export async function writeTrackFile(file: string, value: TrackValue): Promise<void> {
  await writeFile(`${file}.new`, `${value}\n`);
  await rename(`${file}.new`, file);
}

/** Makes the file, unhealthy until the first check, unless it is there: keepalived takes a file that is absent for healthy. */
export async function ensureTrackFile(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const found = await readFile(file, 'utf8').catch(() => null);
  if (found === null) await writeTrackFile(file, UNHEALTHY);
}
