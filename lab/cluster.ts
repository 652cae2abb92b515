/** Brings a cluster up, piece by piece; every piece that is there already is left as it is. */
import { existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { addressesOf, CLIENT, CONTROL, type HostName, nodeNames, SWITCH } from './address.ts';
import { labDir, type LabState, readState, writeState } from './cluster-state.ts';
import {
  apiServerCommand,
  type ControlPlane,
  controllerManagerCommand,
  etcdCommand,
  kubeconfig,
  schedulerCommand,
  writeCredentials,
} from './control-plane.ts';
import { boot, type Host, isUp, powerOff, runInside, runningServices, startService, stopService } from './host.ts';
import type { LabImage } from './image.ts';
import type { Kubernetes } from './kubernetes/kubernetes.ts';
import { makeSwitch, plug, routeToPods, setCable } from './network.ts';
import { CONTAINERD_SOCKET, nodeServices } from './node.ts';
import { inside } from './host.ts';
import { isAlive, type ProcessId, startDetached, until } from './process.ts';
import { run } from './run.ts';

/** Image of the pods' sandboxes. */
export const SANDBOX_IMAGE = 'localhost/pause:lab';

/** The state that a new lab begins with. */
export async function begin(name: string, nodes: number, kubernetes: Kubernetes): Promise<LabState> {
  const known = readState(name);
  const apiPort = known?.apiPort ?? (await freePort());
  const fresh: LabState = { name, nodes: nodeNames(nodes), kubernetes, apiPort, hosts: {}, cables: {}, relays: [] };
  return writeState(known === undefined ? fresh : { ...known, nodes: nodeNames(Math.max(nodes, known.nodes.length)), kubernetes });
}

/** Boots every host that isn't up and plugs it in. */
export async function bootHosts(state: LabState): Promise<LabState> {
  const fabric = await bootHost(state, SWITCH);
  await makeSwitch(fabric);
  let now = remember(state, fabric);
  const hosts = [CONTROL, CLIENT, ...state.nodes].filter((name) => !hostIsUp(state, name));
  for (const host of await Promise.all(hosts.map((name) => bootHost(state, name)))) {
    await plug(host, fabric);
    now = remember(now, host);
  }
  const routed = [CONTROL, CLIENT, ...state.nodes].filter((name) => name !== CLIENT);
  await Promise.all(routed.map((name) => routeToPods(hostOf(now, name), state.nodes)));
  return now;
}

/** Starts what doesn't run of the control plane, and the way to it from the machine; resolves when the API server is ready. */
export async function startControlPlane(state: LabState): Promise<LabState> {
  const host = hostOf(state, CONTROL);
  const plane = controlPlaneOf(state);
  const logs = logsOf(state, CONTROL);
  // The API server reads its tokens at its start only.
  if (writeCredentials(plane.dir, state.nodes)) await stopService(host, 'kube-apiserver');
  const user = (name: string): string => {
    const file = join(plane.dir, `${name}.kubeconfig`);
    writeFileSync(file, kubeconfig(plane.dir, name, `https://127.0.0.1:${plane.listen.apiPort}`), { mode: 0o600 });
    return file;
  };
  const now = ensureRelays(state);
  const running = await runningServices(host);
  const start = (name: string, command: readonly string[]): void => {
    if (!running.has(name)) startService(host, name, command, logs);
  };
  start('etcd', etcdCommand(plane));
  start('kube-apiserver', apiServerCommand(plane));
  const adminFile = join(labDir(state.name), 'kubeconfig');
  writeFileSync(adminFile, kubeconfig(plane.dir, 'admin', `https://127.0.0.1:${state.apiPort}`), { mode: 0o600 });
  await until('the API server is ready', () => apiIsReady(now), 60_000);
  start('kube-controller-manager', controllerManagerCommand(plane, user('kube-controller-manager')));
  start('kube-scheduler', schedulerCommand(plane, user('kube-scheduler')));
  return now;
}

/** Starts containerd where it doesn't run and gives it the images it lacks. */
export async function startRuntime(state: LabState, node: HostName, images: readonly LabImage[]): Promise<void> {
  const host = hostOf(state, node);
  const running = await runningServices(host);
  if (!running.has('containerd')) startService(host, 'containerd', servicesOf(state, node).containerd, logsOf(state, node));
  const ctr = ['ctr', '--address', CONTAINERD_SOCKET, '--namespace', 'k8s.io'];
  await until(`containerd of ${node} answers`, async () => (await runInside(host, [...ctr, 'version'], { allowFailure: true })).code === 0, 30_000);
  for (const { archive } of images) await importImage(state, node, archive, ctr);
}

/** Starts kubelet and kube-proxy where they don't run. */
export async function startNode(state: LabState, node: HostName): Promise<void> {
  const host = hostOf(state, node);
  const running = await runningServices(host);
  const services = servicesOf(state, node);
  for (const name of ['kubelet', 'kube-proxy'] as const) {
    if (!running.has(name)) startService(host, name, services[name], logsOf(state, node));
  }
}

/** Brings a node back after it lost power: it boots, is plugged in and starts its programs from what is on its disk. */
export async function powerOn(state: LabState, node: HostName): Promise<LabState> {
  const fabric = hostOf(state, SWITCH);
  const host = await bootHost(state, node);
  const now = remember(state, host);
  await plug(host, fabric);
  await routeToPods(host, state.nodes);
  await startRuntime(now, node, []);
  await startNode(now, node);
  return now;
}

/** Takes a host's power: it falls silent in mid-sentence. */
export async function cutPower(state: LabState, name: HostName): Promise<LabState> {
  const host = state.hosts[name];
  if (host !== undefined) {
    const fabric = state.hosts[SWITCH];
    if (fabric !== undefined && isUp(fabric) && name !== SWITCH) await setCable(name, fabric, 'down').catch(() => {}); // It was unplugged already.
    await powerOff(host);
    removeCgroups(cgroupOf(state, name));
  }
  const { [name]: _gone, ...hosts } = state.hosts;
  const { [name]: _mended, ...cables } = state.cables;
  return writeState({ ...state, hosts, cables });
}

/** Whether the API server answers that it is ready. */
export async function apiIsReady(state: LabState): Promise<boolean> {
  const { code } = await kubectl(state, ['get', '--raw', '/readyz'], { allowFailure: true, timeoutMs: 5000 });
  return code === 0;
}

export const kubeconfigOf = (state: LabState): string => join(labDir(state.name), 'kubeconfig');
export const logsOf = (state: LabState, host: HostName): string => join(labDir(state.name), 'logs', host);
export const cgroupOf = ({ name }: LabState, host: HostName): string => `/keepalived-operator/${name}/${host}`;

/** Runs kubectl as the lab's administrator. */
export function kubectl(state: LabState, parameters: readonly string[], options: Parameters<typeof run>[1] = {}): ReturnType<typeof run> {
  return run([join(state.kubernetes.dir, 'kubectl'), '--kubeconfig', kubeconfigOf(state), ...parameters], options);
}

/** A host that is up. Throws a sentence for one that isn't. */
export function hostOf(state: LabState, name: HostName): Host {
  const host = state.hosts[name];
  if (host !== undefined && isUp(host)) return host;
  const known = Object.keys(state.hosts).sort().join(', ');
  throw new Error(`${name} isn't up in lab "${state.name}"; up are: ${known || 'none'}`);
}

export const hostIsUp = (state: LabState, name: HostName): boolean => {
  const host = state.hosts[name];
  return host !== undefined && isUp(host);
};

/** Removes the control groups below a path that no process is in any more. */
export function removeCgroups(path: string): void {
  const root = '/sys/fs/cgroup';
  const hierarchies = existsSync(join(root, 'cgroup.controllers')) ? [root] : readdirSync(root).map((controller) => join(root, controller));
  for (const hierarchy of hierarchies) removeEmpty(join(hierarchy, path));
}

// --- internal ---

function removeEmpty(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) if (entry.isDirectory()) removeEmpty(join(folder, entry.name));
  try {
    rmdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EBUSY') throw error; // Somebody is in it still: the next call takes it away.
  }
}

const remember = (state: LabState, host: Host): LabState => writeState({ ...state, hosts: { ...state.hosts, [host.name]: host } });

async function bootHost(state: LabState, name: HostName): Promise<Host> {
  const known = state.hosts[name];
  if (known !== undefined && isUp(known)) return known;
  removeCgroups(cgroupOf(state, name));
  const keepsDisk = name === CONTROL || state.nodes.includes(name);
  return boot({ name, logs: logsOf(state, name), ...(keepsDisk ? { disk: join(labDir(state.name), 'disks', name) } : {}) });
}

const controlPlaneOf = (state: LabState): ControlPlane => ({
  kubernetes: state.kubernetes,
  dir: join(labDir(state.name), 'credentials'),
  etcdDir: '/var/lib/etcd',
  listen: { address: addressesOf(CONTROL).v4, etcdPort: 2379, etcdPeerPort: 2380, apiPort: 6443 },
});

const servicesOf = (state: LabState, node: HostName): ReturnType<typeof nodeServices> =>
  nodeServices({
    name: node,
    kubernetes: state.kubernetes,
    dir: join(labDir(state.name), 'nodes', node),
    credentials: controlPlaneOf(state).dir,
    cgroup: cgroupOf(state, node),
    sandboxImage: SANDBOX_IMAGE,
  });

/** Socket files cross network namespaces: one relay leads from the machine's loopback to the file, one from the file to the API server. */
function ensureRelays(state: LabState): LabState {
  if (state.relays.length === 2 && state.relays.every(isAlive)) return state;
  mkdirSync(labDir(state.name), { recursive: true });
  const socket = join(labDir(state.name), 'api.sock');
  const log = join(labDir(state.name), 'logs', 'relay.log');
  const within = ['socat', `UNIX-LISTEN:${socket},fork,unlink-early`, 'TCP:127.0.0.1:6443,retry=3,interval=0.1'];
  const outside = ['socat', `TCP-LISTEN:${state.apiPort},bind=127.0.0.1,fork,reuseaddr`, `UNIX-CONNECT:${socket}`];
  const relays: ProcessId[] = [startDetached(['nsenter', '--target', String(hostOf(state, CONTROL).init.pid), '--net', ...within], log), startDetached(outside, log)];
  return writeState({ ...state, relays });
}

async function importImage(state: LabState, node: HostName, archive: string, ctr: readonly string[]): Promise<void> {
  const mark = join(labDir(state.name), 'disks', node, 'images', archive.replaceAll('/', '_'));
  if (existsSync(mark)) return;
  await run(inside(hostOf(state, node), [...ctr, 'images', 'import', '--no-unpack', archive]));
  mkdirSync(join(mark, '..'), { recursive: true });
  writeFileSync(mark, '');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
