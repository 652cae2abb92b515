/** What strangers hold of the manager's ports, on which it serves no webhook: its health and its metrics, plain and by HTTPS. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePorts } from '../../lab/machine/port.ts';
import { LEADER_LEASE } from '../../src/api/names.ts';
import { LEASES } from '../../src/kube/lease.ts';
import { HOLD_SECONDS, HOLDS, holdConnections, memoryOf } from '../net/holder.ts';
import { throughout } from '../net/until.ts';
import { type Any, aNamespace, type Cluster, carried, createGroup, createService, get, HOME, startCluster } from './cluster.ts';

const WEB = 'held-connections';
/** On three ports, 16 connections of one remote address, and those that are refused and not closed yet. */
const SOCKETS = 3 * 16 + 16;
/** Of connections that come and go, most with TLS, until they are collected. */
const MEBIBYTES = 256;

let cluster: Cluster;
let manager: ChildProcess;
const ports = { health: 0, metrics: 0, secure: 0 };
beforeAll(async () => {
  cluster = await startCluster();
  [ports.health = 0, ports.metrics = 0, ports.secure = 0] = await freePorts(3);
  await aNamespace(cluster, WEB);
  await createGroup(cluster, WEB, 'vips');
  for (let index = 0; index < 200; index++) await createService(cluster, WEB, `web-${index}`, [`192.0.2.${index + 1}`]);
  const binds = [`--health-probe-bind-address=:${ports.health}`, `--metrics-bind-address=:${ports.metrics}`];
  const flags = ['--leader-elect', ...binds, `--metrics-secure-bind-address=:${ports.secure}`, '--kubeconfig', cluster.api.kubeconfig];
  manager = spawn('setpriv', ['--pdeathsig', 'KILL', '--', process.execPath, 'src/main/manager.ts', ...flags], {
    ...{ stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, POD_NAMESPACE: HOME } },
  });
  await carried(cluster, WEB, ['192.0.2.200']);
});
afterAll(async () => {
  const ended = manager && new Promise((resolve) => manager.once('exit', resolve));
  manager?.kill('SIGTERM');
  await ended;
  await cluster?.stop();
});

const STRANGER = '127.0.0.5';

/** The status that another one is answered. */
const asked = (url: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const options = { localAddress: '127.0.0.9', agent: false, timeout: 10_000, rejectUnauthorized: false };
    const request = (url.startsWith('https') ? httpsGet : httpGet)(url, options, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    request.on('error', reject).on('timeout', () => request.destroy(new Error(`${url} is silent for 10 s`)));
  });

/** In /proc/net/tcp, whose addresses are words of the machine's byte order, as are those at the end of an IPv6 one (proc_net_tcp of the kernel). */
const STRANGER_IN_HEX = '0500007F';

/** Connections of the stranger at our ports that the process has taken: what waits for it in the kernel has no inode, and costs nobody anything. */
function socketsTaken(): number {
  const doors = new Set(Object.values(ports));
  const lines = ['tcp', 'tcp6'].flatMap((name) => readFileSync(`/proc/net/${name}`, 'utf8').trim().split('\n').slice(1));
  return lines.filter((line) => {
    const [, local = '', remote = '', , , , , , , inode] = line.trim().split(/\s+/);
    const port = Number.parseInt(local.split(':')[1] ?? '', 16);
    return doors.has(port) && remote.split(':')[0]?.endsWith(STRANGER_IN_HEX) && inode !== '0';
  }).length;
}

const DOORS = [
  { port: 'health', url: 'http://127.0.0.1:PORT/healthz', status: 200, unread: 'unread /healthz' },
  { port: 'metrics', url: 'http://127.0.0.1:PORT/metrics', status: 200, unread: 'unread /metrics' },
  { port: 'secure', url: 'https://127.0.0.1:PORT/metrics', status: 401, unread: 'tls unread /metrics' },
] as const;

it.each(HOLDS)(
  'a stranger with $count connections to each port ($how) keeps nobody out and costs little memory',
  { timeout: HOLD_SECONDS * 1000 + 60_000 },
  async ({ count, how }) => {
    const [pid, lease] = [manager.pid ?? 0, await renewed()];
    const before = memoryOf(pid);
    const most = { sockets: 0, memory: 0 };
    await using held = new AsyncDisposableStack();
    for (const { port, unread } of DOORS) {
      const ways = how === 'unread' ? unread : how;
      held.use(await holdConnections({ address: '127.0.0.1', port: ports[port], count, how: ways, from: STRANGER }));
    }
    await throughout(HOLD_SECONDS, async () => {
      for (const { port, url, status } of DOORS) {
        expect(await asked(url.replace('PORT', `${ports[port]}`))).toBe(status);
        most.sockets = Math.max(most.sockets, socketsTaken());
      }
      most.memory = Math.max(most.memory, memoryOf(pid) - before);
    });
    console.log(`${count} ${how}: ${most.sockets} sockets at most, ${Math.round(most.memory)} MiB more`);
    expect(most.sockets).toBeLessThanOrEqual(SOCKETS);
    expect(most.memory).toBeLessThan(MEBIBYTES);
    expect(await renewed()).not.toBe(lease);
  },
);

async function renewed(): Promise<string> {
  const lease = await get<Any & { spec: { renewTime: string } }>(cluster, LEASES, { namespace: HOME, name: LEADER_LEASE });
  return lease.spec.renewTime;
}
