/** Brings a cluster up, piece by piece; every piece that is there already is left as it is. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CLIENT, CONTROL, type HostName, nodeNames, REGISTRY, SWITCH } from '../hosts/address.ts';
import { makeCgroups, removeCgroups } from '../hosts/cgroup.ts';
import { boot, inside, powerOff, runInside, runningServices, startService, stopService } from '../hosts/host.ts';
import { makeSwitch, plug, routeToPods, setCable } from '../hosts/network.ts';
import { type LabImage, taggedName } from '../images/image-tag.ts';
import type { Kubernetes } from '../kubernetes/kubernetes.ts';
import { freePorts } from '../machine/port.ts';
import { until } from '../machine/process.ts';
import { type RunOptions, type RunResult, run } from '../machine/run.ts';
import { CONTAINERD_SOCKET, containerdCommand, kubernetesPrograms } from './node.ts';
import { DEFAULT_PROXY, type ProxySettings } from './proxy.ts';
import {
  cgroupOf,
  changeState,
  diskOf,
  hostIsUp,
  hostOf,
  kubeconfigOf,
  type LabState,
  logsOf,
  readState,
  stateOf,
  writeState,
} from './state.ts';

export interface Beginning {
  readonly nodes: number;
  readonly kubernetes: Kubernetes;
  /** What isn't named stays as it is. */
  readonly proxy: Partial<ProxySettings>;
}

/** The state that a lab begins with, or that of the one that is there; it may grow, it never shrinks. */
export async function begin(name: string, { nodes, kubernetes, ...given }: Beginning): Promise<LabState> {
  const known = readState(name);
  const proxy = { ...DEFAULT_PROXY, ...known?.proxy, ...given.proxy };
  if (known !== undefined) return writeState({ ...known, nodes: nodeNames(Math.max(nodes, known.nodes.length)), kubernetes, proxy });
  const [apiPort = 0] = await freePorts(1);
  return writeState({ name, nodes: nodeNames(nodes), kubernetes, proxy, apiPort, hosts: {}, cables: {}, relays: [] });
}

/** Boots every host that isn't up and plugs it in. */
export async function bootHosts(name: string): Promise<void> {
  await bootHost(name, SWITCH);
  await makeSwitch(hostOf(stateOf(name), SWITCH));
  const hosts = [CONTROL, CLIENT, ...stateOf(name).nodes];
  await Promise.all(hosts.map((host) => bootAndPlug(name, host)));
  await Promise.all(hosts.filter((host) => host !== CLIENT).map((host) => routeTo(name, host)));
}

/** Boots one more host and plugs it in, where it isn't up. */
export async function addHost(name: string, host: HostName): Promise<void> {
  await bootAndPlug(name, host);
  await routeTo(name, host);
}

/** Starts containerd where it doesn't run and gives it the images that it lacks. */
export async function startRuntime(name: string, node: HostName, images: readonly LabImage[]): Promise<void> {
  const state = stateOf(name);
  const host = hostOf(state, node);
  const running = await runningServices(host);
  if (!running.has('containerd')) startService(host, 'containerd', await containerdCommand(state, node), logsOf(state, node));
  const answers = async (): Promise<boolean> => (await runInside(host, [...CTR, 'version'], { allowFailure: true })).code === 0;
  await until(`containerd of ${node} answers`, answers, 30_000, join(logsOf(state, node), 'containerd.log'));
  for (const image of images) await importImage(state, node, image);
}

/** Starts kubelet and kube-proxy where they don't run, or run with other settings. */
export async function startNode(name: string, node: HostName): Promise<void> {
  const state = stateOf(name);
  const host = hostOf(state, node);
  const running = await runningServices(host);
  for (const { name: service, command, isChanged } of await kubernetesPrograms(state, node)) {
    if (running.has(service) && !isChanged) continue;
    if (running.has(service)) await stopService(host, service);
    startService(host, service, command, logsOf(state, node));
  }
}

/** Has every kube-proxy start again with other settings; what isn't named stays. A node without power gets them when it has. */
export async function setProxy(name: string, settings: Partial<ProxySettings>): Promise<void> {
  const { nodes, ...state } = changeState(name, (now) => ({ ...now, proxy: { ...now.proxy, ...settings } }));
  await Promise.all(nodes.filter((node) => hostIsUp({ nodes, ...state }, node)).map((node) => startNode(name, node)));
}

/** Brings a node back after it lost power: it boots, is plugged in and starts its programs from what is on its disk. */
export async function powerOn(name: string, node: HostName): Promise<void> {
  await addHost(name, node);
  await startRuntime(name, node, []);
  await startNode(name, node);
}

/** Takes a host's power: it falls silent in mid-sentence. */
export async function cutPower(name: string, hostName: HostName): Promise<void> {
  const state = stateOf(name);
  const host = state.hosts[hostName];
  if (host === undefined) return;
  if (hostName !== SWITCH && hostIsUp(state, SWITCH)) await setCable(hostName, hostOf(state, SWITCH), 'down').catch(() => {}); // It is unplugged already.
  await powerOff(host);
  await until(`the control groups of ${hostName} are gone`, () => removeCgroups(cgroupOf(state, hostName)), 10_000);
  changeState(name, (now) => ({ ...now, hosts: without(now.hosts, hostName), cables: without(now.cables, hostName) }));
}

/** A copy of a record that lacks one key. */
export function without<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  const { [key]: _, ...rest } = record;
  return rest;
}

/** Runs kubectl as the lab's administrator. */
export function kubectl(state: LabState, parameters: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return run([join(state.kubernetes.dir, 'kubectl'), '--kubeconfig', kubeconfigOf(state), ...parameters], options);
}

// --- internal ---

const CTR = ['ctr', '--address', CONTAINERD_SOCKET, '--namespace', 'k8s.io'];

async function bootHost(name: string, host: HostName): Promise<void> {
  const state = stateOf(name);
  if (hostIsUp(state, host)) return;
  removeCgroups(cgroupOf(state, host));
  if (state.nodes.includes(host)) makeCgroups(cgroupOf(state, host));
  const keepsDisk = host === CONTROL || host === REGISTRY || state.nodes.includes(host);
  const booted = await boot({ name: host, logs: logsOf(state, host), ...(keepsDisk ? { disk: diskOf(state, host) } : {}) });
  changeState(name, (now) => ({ ...now, hosts: { ...now.hosts, [host]: booted } }));
}

async function bootAndPlug(name: string, host: HostName): Promise<void> {
  if (hostIsUp(stateOf(name), host)) return;
  await bootHost(name, host);
  const state = stateOf(name);
  await plug(hostOf(state, host), hostOf(state, SWITCH));
}

async function routeTo(name: string, host: HostName): Promise<void> {
  const state = stateOf(name);
  await routeToPods(hostOf(state, host), state.nodes);
}

/** An archive's path tells its content, so what was imported last under a name needs no second look. */
async function importImage(state: LabState, node: HostName, image: LabImage): Promise<void> {
  const { name, archive } = image;
  const mark = join(diskOf(state, node), 'images', encodeURIComponent(name));
  if (existsSync(mark) && readFileSync(mark, 'utf8') === archive) return;
  await run(inside(hostOf(state, node), [...CTR, 'images', 'import', archive]));
  await run(inside(hostOf(state, node), [...CTR, 'images', 'tag', '--force', name, taggedName(image)]));
  mkdirSync(dirname(mark), { recursive: true });
  writeFileSync(mark, archive);
}
