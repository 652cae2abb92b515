/** Where something was measured, and what else that machine had to do. */
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { debianSource } from '../../lab/kubernetes/debian-source.ts';
import { download } from '../../lab/kubernetes/download.ts';
import { firstOf } from '../../lab/kubernetes/find.ts';
import { goModules } from '../../lab/kubernetes/go-modules.ts';
import { findInstalled } from '../../lab/kubernetes/installed.ts';
import { type Origin, VERSION } from '../../lab/kubernetes/kubernetes.ts';
import { run } from '../../lab/machine/run.ts';

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryMiB: number;
  readonly kernel: string;
  readonly node: string;
  /** Versions; absent where the machine has none. */
  readonly keepalived?: string;
  readonly kubernetes?: string;
}

export interface Load {
  /** Of one, five and fifteen minutes, as the kernel gives it: what was measured before is in it. */
  readonly average: readonly [number, number, number];
  /** Cores that others had during two seconds in which we did nothing. */
  readonly others: number;
  /** Whether we run in the idle class, so that all others go first. */
  readonly isIdleClass: boolean;
}

export async function thisMachine(): Promise<Machine> {
  const [keepalived, kubernetes] = await Promise.all([keepalivedVersion(), kubernetesVersion()]);
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    kernel: release(),
    node: process.versions.node,
    ...(keepalived !== undefined && { keepalived }),
    ...(kubernetes !== undefined && { kubernetes }),
  };
}

/** Takes two seconds, in which nothing may be done. */
export async function loadNow(): Promise<Load> {
  const [one = 0, five = 0, fifteen = 0] = loadavg();
  const before = busyTicks();
  await pause(LOOK_SECONDS * 1000);
  const others = (busyTicks() - before) / TICKS_PER_SECOND / LOOK_SECONDS;
  return { average: [round(one), round(five), round(fifteen)], others: round(others), isIdleClass: isIdleClass() };
}

/** The commit, and whether there is more than it has, results aside. */
export async function commitNow(): Promise<string> {
  const git = async (...parameters: string[]): Promise<string> => (await run(['git', ...parameters], { allowFailure: true })).stdout.trim();
  const [commit, changes] = await Promise.all([
    git('rev-parse', '--short=12', 'HEAD'),
    git('status', '--porcelain', '--untracked-files=no', '--', '.', ':!bench/results', ':!bench/RESULTS.md'),
  ]);
  return `${commit || 'unknown'}${changes === '' ? '' : ' with changes'}`;
}

// --- internal ---

const LOOK_SECONDS = 2;
/** USER_HZ, which is 100 on every Linux. */
const TICKS_PER_SECOND = 100;
/** SCHED_IDLE, sched(7). */
const IDLE_CLASS = 5;

const round = (value: number): number => Math.round(value * 100) / 100;

/** What all cores did but idle and wait, proc_stat(5); time that the hypervisor gave to others is in it. */
function busyTicks(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)
    .join()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return user + nice + system + irq + softirq + steal;
}

/** The 41st field of proc_pid_stat(5), counted behind the name. */
const isIdleClass = (): boolean => Number(readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)?.split(' ')[38]) === IDLE_CLASS;

async function keepalivedVersion(): Promise<string | undefined> {
  const said = await run(['keepalived', '--version'], { allowFailure: true }).catch(() => undefined);
  return /v(\d+(?:\.\d+)+)/.exec(said?.stderr ?? '')?.[1];
}

/** Of what a lab would run, without fetching it. */
async function kubernetesVersion(): Promise<string | undefined> {
  const origins = [download(VERSION), goModules(VERSION), debianSource].map(
    (origin): Origin => ({ ...origin, obstacle: async () => 'It is not cached.' }),
  );
  const step = { say: () => {}, log: '/dev/null' };
  return (await firstOf(await findInstalled(), origins, step).catch(() => undefined))?.version;
}
