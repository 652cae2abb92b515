/**
 * How fast and how quietly the manager carries 1,000 Services across 10 groups, created as fast as a real API server takes them:
 * `node bench/controller.ts`. Needs etcd and kube-apiserver (`./bin/lab prepare --packages --kubernetes`).
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '../lab/wait.ts';
import { aNamespace, type Cluster, carries, confOf, createGroup, createService, HOME, startCluster } from '../test/api/cluster.ts';
import { ApiProxy, type Passed } from '../test/api/proxy.ts';

/** Each on a network of its own: on one network there are 255 virtual router ids for all of them together. */
const GROUPS = 10;
const SERVICES = 1000;
const AT_ONCE = 32;
const STEADY_SECONDS = 60;

const cluster = await startCluster();
const proxy = await ApiProxy.open(cluster.operator);
const manager = spawn(
  'setpriv',
  ['--pdeathsig', 'KILL', '--', process.execPath, 'test/api/manager-process.ts', proxy.connection.server.href, 'bench', HOME],
  { stdio: ['ignore', 'ignore', 'inherit'] },
);
const names = Array.from({ length: GROUPS }, (_, index) => `group-${index}`);
try {
  for (const name of names) await createGroup(cluster, await aNamespace(cluster, name), 'vips', { segment: name });
  await waitFor(
    'every group has a configuration',
    async () => (await all(async (name) => (await confOf(cluster, name)) !== undefined)) || undefined,
    60_000,
  );
  await quiet();
  const before = proxy.passed.length;
  const started = performance.now();
  const created = createServices(cluster).then(() => performance.now());
  await waitFor('every address is in a ConfigMap', async () => (await all(isComplete)) || undefined, 600_000);
  const delivered = performance.now();
  await quiet();
  const asked = own(proxy.passed.slice(before)).filter(({ isWatch }) => !isWatch);
  const writes = asked.filter(({ isWrite }) => isWrite);
  const calm = proxy.passed.length;
  await pause(STEADY_SECONDS * 1000);
  const steady = own(proxy.passed.slice(calm));
  const createdAfter = (await created) - started;
  print('Services created after', `${seconds(createdAfter)} s (${Math.round(SERVICES / (createdAfter / 1000))} each second)`);
  print(
    'all in ConfigMaps after',
    `${seconds(delivered - started)} s, ${seconds(delivered - started - createdAfter)} s after the last was created`,
  );
  print('requests per Service', `${(asked.length / SERVICES).toFixed(2)}, of these writes ${(writes.length / SERVICES).toFixed(2)}`);
  print('writes by kind', [...Map.groupBy(writes, kindOf)].map(([kind, some]) => `${kind} ${some.length}`).join(', '));
  print('largest memory of the manager', `${Math.round(peak(manager.pid ?? 0) / 1024)} MiB`);
  print(`writes in ${STEADY_SECONDS} steady seconds`, String(steady.filter(({ isWrite }) => isWrite).length));
} finally {
  manager.kill('SIGTERM');
  await new Promise((resolve) => manager.once('exit', resolve));
  proxy.close();
  await cluster.stop();
}

// --- internal ---

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(2);
}

function print(what: string, value: string): void {
  console.log(`${what.padEnd(32)} ${value}`);
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

async function isComplete(name: string): Promise<boolean> {
  const conf = (await confOf(cluster, name)) ?? '';
  const group = names.indexOf(name);
  const addresses = Array.from({ length: SERVICES }, (_, index) => index).filter((index) => index % GROUPS === group);
  return addresses.every((index) => carries(conf, addressOf(index)));
}

/** Waits until nothing was written for two seconds. */
async function quiet(): Promise<void> {
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
