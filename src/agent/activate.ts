import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { print } from '../conf/print.ts';
import type { Candidate } from '../localise/candidate.ts';
import type { HeadStart } from '../localise/head-start.ts';
import { instancesOf } from '../localise/instance.ts';
import { testConfig } from './config-test.ts';
import type { Daemon } from './daemon.ts';
import { differences } from './expectation.ts';
import type { Paths } from './paths.ts';
import type { RunCommand } from './run-command.ts';

/** How a candidate came to be the daemon's file, or why it did not. */
export type Activation =
  /** The daemon says that it runs it; `proven` is false when it can't say (no JSON in its build). */
  | { readonly kind: 'running'; readonly reloads: number; readonly proven: boolean }
  /** keepalived's check refused it; what ran before still runs. */
  | { readonly kind: 'refused'; readonly message: string; readonly lines: readonly string[] }
  /** The file is in place and the daemon does not run yet; it will read it when it starts. */
  | { readonly kind: 'waiting' }
  /** The daemon was told, and runs something else. */
  | { readonly kind: 'unconfirmed'; readonly reloads: number; readonly differences: readonly string[] };

export interface Activator {
  readonly paths: Paths;
  readonly daemon: Daemon;
  readonly run: RunCommand;
  /** How long the daemon may take to run a new file, in milliseconds. */
  readonly patience: number;
}

/**
 * Makes the candidate the daemon's file: tested, swapped in one step, reloaded, confirmed. A file that is there already is only confirmed,
 * so nothing is reloaded for nothing. With a head start that file runs first, until its instances are masters.
 */
export async function activate(candidate: Candidate, activator: Activator, first: HeadStart | null = null): Promise<Activation> {
  const { paths, daemon } = activator;
  const told = (await readFile(paths.configFile, 'utf8').catch(() => null)) === candidate.text;
  if (told) return (await daemon.pid()) === null ? { kind: 'waiting' } : confirm(candidate, true, activator);
  const [refused, noStart] = await Promise.all([
    stage(candidate.text, 'new', activator),
    first && stage(print(first.conf), 'first', activator),
  ]);
  if (refused) return refused;
  const reloads = first && !noStart ? await runFirst(first, activator) : 0;
  await inPlace('new', activator);
  if ((await daemon.pid()) === null) return { kind: 'waiting' };
  const activation = await confirm(candidate, false, activator);
  return 'reloads' in activation ? { ...activation, reloads: activation.reloads + reloads } : activation;
}

/**
 * Lets a daemon that was killed start with the head start, so that what it left on the node stays in service. The file itself follows when it
 * has, or after so many milliseconds without it: then other nodes have taken over.
 */
export async function revive(candidate: Candidate, first: HeadStart, limit: number, activator: Activator): Promise<Activation> {
  const { paths, daemon } = activator;
  if (await stage(print(first.conf), 'first', activator)) return { kind: 'waiting' };
  await inPlace('first', activator);
  for (const start = Date.now(); (await daemon.pid()) === null && Date.now() - start < limit; ) await sleep(10);
  const isBack = (await daemon.pid()) !== null;
  if (isBack) await mastersOf(first, daemon);
  await writeFile(`${paths.configFile}.new`, candidate.text, { mode: 0o600 });
  await inPlace('new', activator);
  return isBack ? confirm(candidate, false, activator) : { kind: 'waiting' };
}

/** Writes a file beside the daemon's, has it tested and renames it into place; only a refusal comes back. */
export async function swap({ text }: { readonly text: string }, activator: Activator): Promise<Activation | null> {
  const refused = await stage(text, 'new', activator);
  if (!refused) await inPlace('new', activator);
  return refused;
}

// --- internal ---

/** Longer than keepalived takes to make an instance of priority 255 a master, in milliseconds. */
const HEAD_START = 300;

async function stage(text: string, suffix: string, { paths, run }: Activator): Promise<Activation | null> {
  const file = `${paths.configFile}.${suffix}`;
  await writeFile(file, text, { mode: 0o600 });
  const verdict = await testConfig(file, text, run);
  if (verdict.kind === 'good') return null;
  await rm(file, { force: true });
  return verdict;
}

const inPlace = (suffix: string, { paths }: Activator): Promise<void> => rename(`${paths.configFile}.${suffix}`, paths.configFile);

/** Runs the file with the head start until its instances are masters; the reloads that it took. */
async function runFirst(first: HeadStart, activator: Activator): Promise<number> {
  await inPlace('first', activator);
  if (!(await activator.daemon.reload())) return 0;
  await mastersOf(first, activator.daemon);
  return 1;
}

/** Waits until the instances are masters, or could have been. */
async function mastersOf({ names }: HeadStart, daemon: Daemon): Promise<void> {
  for (const start = Date.now(); Date.now() - start < HEAD_START; ) {
    const dump = await daemon.dump(HEAD_START);
    const masters = dump.kind === 'dump' ? dump.instances.filter(({ state }) => state === 'MASTER').map(({ name }) => name) : [];
    if (names.every((name) => masters.includes(name))) return;
    await sleep(5);
  }
}

/**
 * Reloads the daemon unless it was told of this file before, and asks it until it runs the file. A reload can be lost while the daemon starts,
 * so it is asked for when it runs something else, and once more when half of the patience is over.
 */
async function confirm(candidate: Candidate, told: boolean, { daemon, patience }: Activator): Promise<Activation> {
  const start = Date.now();
  let reloads = 0;
  let differing: readonly string[] | null = told ? await compare(candidate, daemon) : null;
  for (let wait = 5; Date.now() - start < patience; wait = Math.min(wait * 2, 200)) {
    if (differing?.length === 0) return { kind: 'running', reloads, proven: true };
    const due = reloads === 0 ? !told || differing !== null : reloads === 1 && Date.now() - start > patience / 2;
    if (due && (await daemon.reload())) reloads += 1;
    await sleep(wait);
    differing = await compare(candidate, daemon);
  }
  return differing === null ? { kind: 'running', reloads, proven: false } : { kind: 'unconfirmed', reloads, differences: differing };
}

/** What the daemon runs that differs from the file; null while it does not say. Without instances it has nothing to say. */
async function compare({ conf }: Candidate, daemon: Daemon): Promise<readonly string[] | null> {
  const dump = await daemon.dump(300);
  if (dump.kind === 'dump') return differences(conf, dump.instances);
  return dump.kind === 'silent' && instancesOf(conf).length === 0 ? [] : null;
}
