/**
 * How fast and how quietly the manager carries 1,000 Services across 10 groups, created as fast as a real API server takes them.
 * Needs etcd and kube-apiserver (`./bin/lab prepare --packages --kubernetes`).
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { waitFor } from '../lab/machine/wait.ts';
import { aNamespace, type Cluster, carries, confOf, createGroup, createService, HOME, startCluster } from '../test/api/cluster.ts';
import { ApiProxy, type Passed } from '../test/api/proxy.ts';

/** Each on a network of its own: on one network there are 255 virtual router ids for all of them together. */
const GROUPS = 10;
const SERVICES = 1000;
const AT_ONCE = 32;
const STEADY_SECONDS = 60;

const names = Array.from({ length: GROUPS }, (_, index) => `group-${index}`);

/** Takes some two minutes. */
export async function benchController(): Promise<readonly string[]> {
  const cluster = await startCluster();
  const proxy = await ApiProxy.open(cluster.operator);
  const script = ['test/api/manager-process.ts', proxy.connection.server.href, 'bench', HOME];
  const manager = spawn('setpriv', ['--pdeathsig', 'KILL', '--', process.execPath, ...script], { stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    return await measure(cluster, proxy, manager.pid ?? 0);
  } finally {
    manager.kill('SIGTERM');
    await new Promise((resolve) => manager.once('exit', resolve));
    proxy.close();
    await cluster.stop();
  }
}

// --- internal ---

async function measure(cluster: Cluster, proxy: ApiProxy, pid: number): Promise<string[]> {
  for (const name of names) await createGroup(cluster, await aNamespace(cluster, name), 'vips', { segment: name });
  const isBegun = async (name: string): Promise<boolean> => (await confOf(cluster, name)) !== undefined;
  await waitFor('every group has a configuration', async () => (await all(isBegun)) || undefined, 60_000);
  await quiet(proxy);
  const before = proxy.passed.length;
  const started = performance.now();
  await createServices(cluster);
  const created = performance.now() - started;
  await waitFor('every address is in a ConfigMap', async () => (await all((name) => isComplete(cluster, name))) || undefined, 120_000);
  const delivered = performance.now() - started;
  await quiet(proxy);
  const asked = own(proxy.passed.slice(before)).filter(({ isWatch }) => !isWatch);
  const calm = proxy.passed.length;
  await pause(STEADY_SECONDS * 1000);
  const writes = asked.filter(({ isWrite }) => isWrite);
  const kinds = [...Map.groupBy(writes, kindOf)].map(([kind, some]) => `${kind} ${some.length}`);
  return [
    line('Services created after', `${seconds(created)} s (${Math.round(SERVICES / (created / 1000))} each second)`),
    line('all in ConfigMaps after', `${seconds(delivered)} s, ${seconds(delivered - created)} s after the last was created`),
    line('requests per Service', `${(asked.length / SERVICES).toFixed(2)}, of these writes ${(writes.length / SERVICES).toFixed(2)}`),
    line('writes by kind', kinds.join(', ')),
    line('largest memory of the manager', `${Math.round(peak(pid) / 1024)} MiB`),
    line(`writes in ${STEADY_SECONDS} steady seconds`, String(own(proxy.passed.slice(calm)).filter(({ isWrite }) => isWrite).length)),
  ];
}

const line = (what: string, value: string): string => `${what.padEnd(32)} ${value}`;

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(2);
}

/** What is asked for the groups' sake, not for leadership. */
function own(passed: readonly Passed[]): Passed[] {
  return passed.filter(({ url }) => !url.includes('/leases/'));
}

function kindOf({ url }: Passed): string {
  const path = url.split('?')[0] ?? '';
  return path.includes('/events') ? 'events' : (/\/(keepalivedgroups|configmaps|daemonsets|pods|services)\//.exec(path)?.[1] ?? path);
}

async function all(check: (name: string) => Promise<boolean>): Promise<boolean> {
  for (const name of names) if (!(await check(name))) return false;
  return true;
}

function addressOf(index: number): string {
  return `10.${index % GROUPS}.${Math.floor(index / 2500)}.${1 + (Math.floor(index / GROUPS) % 250)}`;
}

async function createServices(target: Cluster): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < SERVICES; index = next++)
      await createService(target, `group-${index % GROUPS}`, `service-${index}`, [addressOf(index)]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function isComplete(cluster: Cluster, name: string): Promise<boolean> {
  const conf = (await confOf(cluster, name)) ?? '';
  const group = names.indexOf(name);
  const addresses = Array.from({ length: SERVICES }, (_, index) => index).filter((index) => index % GROUPS === group);
  return addresses.every((index) => carries(conf, addressOf(index)));
}

/** Waits until nothing was written for two seconds. */
async function quiet(proxy: ApiProxy): Promise<void> {
  const count = (): number => own(proxy.writes).length;
  let [last, since] = [count(), performance.now()];
  await waitFor(
    'nothing is written',
    async () => {
      if (count() !== last) [last, since] = [count(), performance.now()];
      return performance.now() - since > 2000 || undefined;
    },
    120_000,
  );
}

/** VmHWM in KiB, proc(5): of the process, not of what started it. */
function peak(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log((await benchController()).join('\n'));
