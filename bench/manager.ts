/** A manager in a process of its own, behind a proxy that counts what it asks a real API server. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '../lab/machine/wait.ts';
import { type Cluster, HOME, startCluster } from '../test/api/cluster.ts';
import { ApiProxy, type Passed } from '../test/api/proxy.ts';
import type { Sample } from './measurement.ts';

export interface MeasuredManager {
  readonly cluster: Cluster;
  readonly proxy: ApiProxy;
  readonly pid: number;
}

/** Needs etcd and kube-apiserver (`./bin/lab prepare --packages --kubernetes`). Agents, where there are any, are asked on the port. */
export async function withManager<T>(measure: (manager: MeasuredManager) => Promise<T>, agentPort?: number): Promise<T> {
  const cluster = await startCluster();
  const proxy = await ApiProxy.open(cluster.operator);
  const script = [
    ...HEAP,
    'test/api/manager-process.ts',
    proxy.connection.server.href,
    'bench',
    HOME,
    'patient',
    ...(agentPort === undefined ? [] : [`${agentPort}`]),
  ];
  const manager = spawn('setpriv', ['--pdeathsig', 'KILL', '--', process.execPath, ...script], { stdio: ['ignore', 'ignore', 'inherit'] });
  const gone = new Promise<never>((_, reject) => {
    manager.once('exit', (code) => reject(new Error(`the manager ended with ${code} while it was measured`)));
  });
  gone.catch(() => {});
  try {
    return await Promise.race([measure({ cluster, proxy, pid: manager.pid ?? 0 }), gone]);
  } finally {
    if (manager.exitCode === null) {
      manager.kill('SIGTERM');
      await gone.catch(() => {});
    }
    proxy.close();
    await cluster.stop();
  }
}

/** Waits until nothing was written for two seconds. */
export async function quiet(proxy: ApiProxy, timeoutMs = 120_000): Promise<void> {
  const count = (): number => own(proxy.writes).length;
  let [last, since] = [count(), performance.now()];
  await waitFor(
    'nothing is written',
    async () => {
      if (count() !== last) [last, since] = [count(), performance.now()];
      return performance.now() - since > 2000 || undefined;
    },
    timeoutMs,
  );
}

/** What the manager asked of the API server since a request, how much memory it took, and what it writes in some seconds now that all is done. */
export async function costOf({ proxy, pid }: MeasuredManager, since: number, { services, steadySeconds }: Cost): Promise<Sample[]> {
  const asked = own(proxy.passed.slice(since)).filter(({ isWatch }) => !isWatch);
  const calm = proxy.passed.length;
  await pause(steadySeconds * 1000);
  const writes = asked.filter(({ isWrite }) => isWrite);
  return [
    { of: 'requests per Service', unit: 'requests', value: asked.length / services },
    { of: 'writes per Service', unit: 'requests', value: writes.length / services },
    ...byKind(writes),
    { of: 'largest memory of the manager', unit: 'MiB', value: peak(pid) },
    {
      of: `writes in ${steadySeconds} steady seconds`,
      unit: 'requests',
      value: own(proxy.passed.slice(calm)).filter(({ isWrite }) => isWrite).length,
    },
  ];
}

export interface Cost {
  readonly services: number;
  readonly steadySeconds: number;
}

/** Does it for 0 to `count`, so many at once. */
export async function atOnce(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** VmHWM in MiB, proc(5): of the process, not of what started it. */
export function peak(pid: number): number {
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024);
}

/** User and system time of a process so far, in seconds of a core; the clock of /proc ticks a hundred times a second. */
export function coreSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

// --- internal ---

/** V8's settings of the manager's program, in its first line. */
const HEAP = /^#!\S+ -S node (.*)$/m.exec(readFileSync('src/main/manager.ts', 'utf8'))?.[1]?.split(' ') ?? [];

/** What is asked for the objects' sake, not for leadership. */
function own(passed: readonly Passed[]): Passed[] {
  return passed.filter(({ url }) => !url.includes('/leases/'));
}

/** How many writes there were of each kind, the plural of what they are about. */
function byKind(passed: readonly Passed[]): Sample[] {
  return [...Map.groupBy(passed, kindOf)].map(([kind, some]) => ({ of: `writes of ${kind}`, unit: 'requests', value: some.length }));
}

const AT_ONCE = 32;

function kindOf({ url }: Passed): string {
  const path = url.split('?')[0] ?? '';
  const [, kind, isStatus] =
    /\/(events|keepalivedgroups|configmaps|daemonsets|pods|services|virtualips|addresspools)(?:\/[^/]+(\/status)?)?$/.exec(path) ?? [];
  return kind === undefined ? path : `${kind}${isStatus ?? ''}`;
}
