import { readFile, rename, rm } from 'node:fs/promises';
import type { Staged } from '../facts.ts';
import { writeWhole } from '../files/write.ts';
import type { Paths } from '../paths.ts';
import type { RunCommand } from '../run-command.ts';
import { testConfig } from './config-test.ts';
import type { ConfigTest } from './verdict.ts';

/** Writes a file beside the daemon's and has keepalived check it; one that is refused does not stay. */
export async function stage(staged: Staged, text: string, paths: Paths, run: RunCommand): Promise<ConfigTest> {
  const file = stagedFile(staged, paths);
  await writeWhole(file, text, paths.configFile);
  const verdict = await testConfig(file, text, run);
  if (verdict.kind === 'refused') await discard(staged, paths);
  return verdict;
}

/** Makes a staged file the daemon's, in one step. */
export const install = (staged: Staged, paths: Paths): Promise<void> => rename(stagedFile(staged, paths), paths.configFile);

export const discard = (staged: Staged, paths: Paths): Promise<void> => rm(stagedFile(staged, paths), { force: true });

/** The text of the daemon's file; null without one. */
export const fileNow = ({ configFile }: Paths): Promise<string | null> => readFile(configFile, 'utf8').catch(() => null);

// --- internal ---

const stagedFile = (staged: Staged, { configFile }: Paths): string => `${configFile}.${staged}`;
