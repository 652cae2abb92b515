/** Hosts of a lab: a network, a mount table, a process table and a name of their own, held by one process. Nothing else keeps them. */
import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { childOf, identify, isAlive, kill, type ProcessId, startDetached, until } from '../machine/process.ts';
import { type RunOptions, type RunResult, run } from '../machine/run.ts';

export interface Host {
  readonly name: string;
  /** The process whose end is the end of the host. */
  readonly holder: ProcessId;
  /** First process of the host, as seen from outside. */
  readonly init: ProcessId;
}

export interface HostOptions {
  readonly name: string;
  /** Folder for the logs of the host and its services. */
  readonly logs: string;
  /** Folder of what outlives the host's power: its /var/lib and /var/log. Without it those are the machine's. */
  readonly disk?: string;
}

/** Boots a host and gives it once its first process is ready. */
export async function boot({ name, logs, disk }: HostOptions): Promise<Host> {
  mkdirSync(logs, { recursive: true });
  const log = openSync(join(logs, 'init.log'), 'a');
  const flags = ['--net', '--mount', '--pid', '--uts', '--fork', '--kill-child', '--mount-proc'];
  const child = spawn('unshare', [...flags, 'sh', join(import.meta.dirname, 'host-init.sh'), name, disk ?? ''], {
    detached: true,
    stdio: ['ignore', log, log, 'pipe'],
  });
  child.unref();
  await readiness(child, join(logs, 'init.log'));
  const holder = identify(child.pid ?? -1);
  return { name, holder, init: identify(childOf(holder) ?? -1) };
}

export const isUp = (host: Host): boolean => isAlive(host.holder) && isAlive(host.init);

/** Ends the host as a power failure does: every process at once, and with them its mounts and its network. */
export async function powerOff(host: Host): Promise<void> {
  letEntrancesGoOn(host);
  await kill(host.init);
  await kill(host.holder);
}

/** The command line that runs a command inside a host. */
export function inside(host: Host, command: readonly string[]): string[] {
  return ['nsenter', '--target', String(host.init.pid), '--net', '--mount', '--pid', '--uts', '--', ...command];
}

/** The command line that runs a command on the host's network alone; signals reach it, because nothing stands between. */
export function onNetworkOf(host: Host, command: readonly string[]): string[] {
  return ['nsenter', '--target', String(host.init.pid), '--net', '--', ...command];
}

/** Runs a command inside a host. */
export const runInside = (host: Host, command: readonly string[], options: RunOptions = {}): Promise<RunResult> =>
  run(inside(host, command), options);

/** Starts a program inside a host under a name; it ends with the host at the latest. Its output goes to `NAME.log`. */
export function startService(host: Host, name: string, command: readonly string[], logs: string): void {
  const record = ['sh', '-c', 'echo $$ >"$0"; exec "$@"', `/run/services/${name}`, ...command];
  startDetached(inside(host, record), join(logs, `${name}.log`));
}

/** Which services that were started in this host still run. */
export async function runningServices(host: Host): Promise<Set<string>> {
  const { stdout } = await runInside(host, ['sh', '-c', LIST_RUNNING, '/run/services']);
  return new Set(stdout.split('\n').filter((line) => line !== ''));
}

/** Prints the names of the files in a folder whose process ids run. A zombie doesn't: who started it may be gone, and the machine's first process slow or unable to take note. */
export const LIST_RUNNING = `cd "$0" && for name in *; do
  case "$(sed 's/.*) \\(.\\).*/\\1/' "/proc/$(cat "$name")/stat" 2>/dev/null)" in ''|Z) ;; *) echo "$name" ;; esac
done`;

/** Ends a service politely and waits until it is gone. */
export async function stopService(host: Host, name: string): Promise<void> {
  const { code } = await runInside(host, ['sh', '-c', 'kill "$(cat "/run/services/$0")"', name], { allowFailure: true });
  if (code === 0) await until(`${name} on ${host.name} ends`, async () => !(await runningServices(host)).has(name), 20_000);
}

/** Has every nsenter into the host go on: one stops with its child, and takes note of the child's end only when it runs. Until then the host can't end. */
export function letEntrancesGoOn(host: Host): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
    if (commandOf(pid).slice(0, 3).join(' ') === `nsenter --target ${host.init.pid}`) letGoOn(Number(pid));
}

// --- internal ---

/** Empty for a process that ended meanwhile. */
function commandOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

function letGoOn(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // It has ended meanwhile.
  }
}

/** Resolves when the host says that it is booted; rejects when it ends before. */
function readiness(child: ReturnType<typeof spawn>, log: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const said = child.stdio[3] as NodeJS.ReadableStream & { destroy(): void };
    child.once('error', reject);
    said.once('data', () => {
      said.destroy();
      resolve();
    });
    said.once('end', () => reject(new Error(`the host ended while it booted; its log: ${log}`)));
  });
}
