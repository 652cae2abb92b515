/**
 * The lease while a group has very many pods, each of them slow to be told: what a manager writes for its groups must never keep it from what it
 * leads by. `PODS=700` is the size in which it once was lost.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor } from '../../lab/machine/wait.ts';
import { LEADER_LEASE, REVISION_ANNOTATION } from '../../src/api/names.ts';
import { CLOCK_HEADER, type NodeReport } from '../../src/api/node/report.ts';
import { LEASES } from '../../src/kube/lease.ts';
import {
  type Any,
  aNamespace,
  type Cluster,
  CONFIG_MAPS,
  create,
  createGroup,
  createService,
  DAEMON_SETS,
  find,
  get,
  groupOf,
  HOME,
  list,
  NODES,
  PODS as PODS_KIND,
  patchStatus,
  startCluster,
} from './cluster.ts';
import { ApiProxy, type Passed } from './proxy.ts';
import { createPod } from './stand-in-agents.ts';

const PODS = Number(process.env.PODS ?? 200);
const WEB = 'many-pods';
/** Milliseconds that a webhook takes for each write of a pod. */
const SLOW = 1000;
const CHANGES = 6;
/** Milliseconds: of the lease, as in a cluster. A renewal is late when the one before is older than two pauses with their chance. */
const RENEW_DEADLINE = 10_000;
const LATE = 2 * 2000 * 1.2;

interface Renewal {
  readonly at: number;
  readonly passed: Passed;
}

let cluster: Cluster;
let proxy: ApiProxy;
let agents: Server;
let manager: ChildProcess;
const renewals: Renewal[] = [];
let asked = 0;

const names = Array.from({ length: PODS }, (_, index) => `many${String(index).padStart(4, '0')}`);
const addressOf = (index: number): string => `127.1.${index >> 8}.${index & 255}`;
const byAddress = new Map(names.map((name, index) => [addressOf(index), name]));

beforeAll(async () => {
  cluster = await startCluster();
  proxy = await ApiProxy.open(cluster.operator);
  proxy.decide = (passed) => {
    if (passed.method === 'PUT' && passed.url.includes('/leases/')) renewals.push({ at: performance.now(), passed });
    return passed.isWrite && /\/pods\/[^/?]+(\?|$)/.test(passed.url) ? { passAfterMs: SLOW } : 'pass';
  };
  await aNamespace(cluster, WEB);
  await createGroup(cluster, WEB, 'vips', { nodeSelector: { many: 'yes' } });
  await createService(cluster, WEB, 's0', ['192.0.2.1']);
  await atOnce(names, async (name) => {
    await create(cluster, NODES, { metadata: { name, labels: { many: 'yes' } } });
    await patchStatus(cluster, NODES, { name }, { conditions: [{ type: 'Ready', status: 'True', reason: 'Test', message: '' }] });
  });
  agents = createServer((request, response) => {
    asked += 1;
    response.setHeader(CLOCK_HEADER, `${Date.now()} ${Math.round(performance.now())}`);
    response.end(JSON.stringify(reportOf(byAddress.get(request.socket.localAddress ?? '') ?? '')));
  });
  // All of 127.0.0.0/8 is this machine.
  await new Promise<void>((resolve) => agents.listen(0, '0.0.0.0', resolve));
  const { port } = agents.address() as AddressInfo;
  const script = ['test/api/manager-process.ts', proxy.connection.server.href, 'many', HOME, 'patient', `${port}`];
  manager = spawn('setpriv', ['--pdeathsig', 'KILL', '--', process.execPath, ...script], { stdio: ['ignore', 'ignore', 'inherit'] });
  const daemonSet = await waitFor(
    'the DaemonSet is there',
    () => find<Any>(cluster, DAEMON_SETS, { namespace: WEB, name: 'vips' }),
    60_000,
  );
  const uid = daemonSet.metadata.uid ?? '';
  await atOnce([...names.entries()], ([index, node]) =>
    createPod(cluster, { namespace: WEB, group: 'vips', node, uid, address: addressOf(index) }),
  );
}, 300_000);
afterAll(async () => {
  const ended = manager && new Promise((resolve) => manager.once('exit', resolve));
  manager?.kill('SIGTERM');
  await ended;
  agents?.close().closeAllConnections();
  proxy?.close();
  await cluster?.stop();
});

it(`a manager keeps its lease with ${PODS} pods, each write to which takes ${SLOW} ms, while the group changes`, {
  timeout: 600_000,
}, async () => {
  using _ = following();
  await upToDate();
  const begun = { at: performance.now(), cpu: cpuOf(manager.pid ?? 0), asked, writes: proxy.writes.length };
  for (let change = 1; change <= CHANGES; change += 1) {
    await createService(cluster, WEB, `s${change}`, [`192.0.2.${change + 1}`]);
    await waitFor(`a node of many runs change ${change}`, async () => running.addresses.has(`192.0.2.${change + 1}`) || undefined, 30_000);
  }
  await upToDate();
  const milliseconds = performance.now() - begun.at;
  const during = renewals.filter(({ at }) => at >= begun.at);
  const gaps = during.slice(1).map(({ at }, index) => at - (during[index]?.at ?? at));
  const told = proxy.writes.slice(begun.writes).filter(({ url }) => url.includes('/pods/')).length;
  const figures = {
    renewals: during.length,
    late: gaps.filter((gap) => gap > LATE).length,
    missed: during.filter(({ passed }) => passed.status !== 200).length,
    longest: Math.max(...gaps),
  };
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  const cpu = ((cpuOf(manager.pid ?? 0) - begun.cpu) / (milliseconds / 1000)) * 100;
  console.log(
    `${PODS} pods, ${CHANGES} changes in ${seconds(milliseconds)}: ${figures.renewals} renewals of the lease, ${figures.late} late, ${figures.missed} missed, ` +
      `at most ${seconds(figures.longest)} apart; pods told ${told} times, agents asked ${asked - begun.asked} times; ${cpu.toFixed(0)} % of a processor`,
  );
  expect(figures.longest).toBeLessThan(RENEW_DEADLINE);
  expect(figures.missed).toBe(0);
  expect(manager.exitCode).toBeNull();
  const { spec } = await get<Any & { spec: object }>(cluster, LEASES, { namespace: HOME, name: LEADER_LEASE });
  expect(spec).toMatchObject({ holderIdentity: 'many', leaseTransitions: 0 });
});

// --- internal ---

interface Running {
  readonly revision: string | null;
  readonly conf: string;
  readonly addresses: ReadonlySet<string>;
}

/** What every node runs: the newest ConfigMap, as soon as it is there. */
let running: Running = { revision: null, conf: '', addresses: new Set() };

function following(): Disposable {
  const timer = setInterval(() => void look().catch(() => undefined), 100);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

async function look(): Promise<void> {
  const map = await find<{ data?: Record<string, string> }>(cluster, CONFIG_MAPS, { namespace: WEB, name: 'vips' });
  const conf = map?.data?.['keepalived.conf'] ?? '';
  const { revision = null } = JSON.parse(map?.data?.['agent.json'] ?? '{}') as { revision?: string };
  running = { revision, conf, addresses: new Set([...conf.matchAll(/^\s*(192\.0\.2\.\d+)$/gm)].map(([, address = '']) => address)) };
}

/** Of each virtual router the node of the highest priority is master. */
function reportOf(node: string): NodeReport {
  const instances = running.conf
    .split(/^vrrp_instance /m)
    .slice(1)
    .map((text): NodeReport['instances'][number] => {
      const addresses = [...text.matchAll(/^\s*(192\.0\.2\.\d+)$/gm)].map(([, address = '']) => address);
      const isMaster = new RegExp(`^\\s*@${node}\\s+priority 254$`, 'm').test(text);
      return {
        ...{ name: /^(\S+)/.exec(text)?.[1] ?? '', virtualRouterId: Number(/virtual_router_id (\d+)/.exec(text)?.[1]), interface: 'eth0' },
        ...{ state: isMaster ? 'MASTER' : 'BACKUP', since: '2026-01-01T00:00:00Z', priority: 100, addresses },
        held: isMaster ? addresses : [],
      };
    });
  return {
    ...{ version: 1, group: `${WEB}/vips`, node, pod: `vips-${node}`, problems: [], instances },
    config: { revision: running.revision, since: '2026-01-01T00:00:00Z' },
    daemon: { running: true, reloads: 0 },
    link: { name: 'eth0', addresses: [] },
  };
}

const upToDate = (): Promise<true> =>
  waitFor(
    'every node runs the newest configuration, and every pod was told of it',
    async () => {
      const { status } = await groupOf(cluster, WEB);
      const found = status?.conditions?.find(({ type }) => type === 'UpToDate');
      if (found?.status !== 'True' || status?.revision !== running.revision) throw new Error(found?.message ?? 'no condition');
      const untold = (await list(cluster, PODS_KIND, WEB)).filter(
        ({ metadata }) => metadata.annotations?.[REVISION_ANNOTATION] !== running.revision,
      );
      if (untold.length > 0) throw new Error(`${untold.length} pods are still to be told`);
      return true as const;
    },
    300_000,
  );

async function atOnce<T>(all: readonly T[], work: (one: T) => Promise<unknown>): Promise<void> {
  const left = [...all];
  const worker = async (): Promise<void> => {
    for (let one = left.pop(); one !== undefined; one = left.pop()) await work(one);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

/** Seconds of a processor that a process has used, proc(5), of a hundred ticks each. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
