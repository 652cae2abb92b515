/** Processes that outlive the command that started them, known by process id and start time, so that a recycled id is never hit. */
import { spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

export interface ProcessId {
  readonly pid: number;
  /** Start time in clock ticks since boot, field 22 of /proc/PID/stat (proc(5)). */
  readonly since: number;
}

/** Whether exactly that process still runs; a zombie doesn't. */
export function isAlive(id: ProcessId): boolean {
  const found = statOf(id.pid);
  return found !== undefined && found.since === id.since && found.state !== 'Z';
}

/** The identity of a running process. Throws when there is none of that id. */
export function identify(pid: number): ProcessId {
  const found = statOf(pid);
  if (found === undefined) throw new Error(`process ${pid} ended at once`);
  return { pid, since: found.since };
}

/** The first child of a process; undefined while there is none. */
export function childOf(id: ProcessId): number | undefined {
  const children = read(`/proc/${id.pid}/task/${id.pid}/children`);
  const first = Number.parseInt(children ?? '', 10);
  return Number.isNaN(first) ? undefined : first;
}

/** Starts a program in a session of its own, its output appended to a log. */
export function startDetached(command: readonly string[], log: string): ProcessId {
  const [program = '', ...parameters] = command;
  const out = openSync(log, 'a');
  const child = spawn(program, parameters, { detached: true, stdio: ['ignore', out, out] });
  child.on('error', () => {}); // Without a process there is no pid, which identify tells.
  child.unref();
  return identify(child.pid ?? -1);
}

/** Kills a process and waits until it is gone. */
export async function kill(id: ProcessId): Promise<void> {
  if (isAlive(id)) process.kill(id.pid, 'SIGKILL');
  await until(`process ${id.pid} is gone`, () => !isAlive(id), 10_000);
}

/** Asks again and again, at short intervals, until the answer is yes; throws when the time is over, and names the log that tells why. */
export async function until(what: string, check: () => boolean | Promise<boolean>, timeoutMs: number, log?: string): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await check())) {
    if (performance.now() > deadline)
      throw new Error(`not within ${timeoutMs / 1000} s: ${what}${log === undefined ? '' : `; its log: ${log}`}`);
    await pause(POLL_MS);
  }
}

// --- internal ---

const POLL_MS = 20;

function statOf(pid: number): { state: string; since: number } | undefined {
  const stat = read(`/proc/${pid}/stat`);
  // The program's name, in parentheses, may hold blanks; what follows the last one is counted from field 3.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields === undefined ? undefined : { state: fields[0] ?? '', since: Number(fields[19]) };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
