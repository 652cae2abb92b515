/** What runs of a lab. */
import { apiIsReady } from '../api/api-server.ts';
import { addressesOf, CLIENT, CONTROL, type HostName, REGISTRY } from '../hosts/address.ts';
import { onNetworkOf, runningServices } from '../hosts/host.ts';
import type { Cable } from '../hosts/network.ts';
import type { Kubernetes } from '../kubernetes/kubernetes.ts';
import { run } from '../machine/run.ts';
import { addressesIn } from './holder.ts';
import type { ProxySettings } from './proxy.ts';
import { DEFAULT_NAME, hostIsUp, hostOf, kubeconfigOf, type LabState, pkiOf } from './state.ts';

export interface LabStatus {
  readonly name: string;
  readonly kubernetes: Kubernetes;
  readonly proxy: ProxySettings;
  readonly kubeconfig: string;
  readonly apiIsReady: boolean;
  readonly hosts: readonly HostStatus[];
}

export interface HostStatus {
  readonly name: HostName;
  readonly isUp: boolean;
  readonly cable: Cable;
  /** Programs that belong on it, and whether they run. */
  readonly services: Readonly<Record<string, boolean>>;
  /** Addresses on its interfaces that were not given to it as a host: VIPs. */
  readonly vips: readonly string[];
}

/** Looks at every host. */
export async function statusOf(state: LabState): Promise<LabStatus> {
  const hosts = await Promise.all(
    [CONTROL, CLIENT, ...(REGISTRY in state.hosts ? [REGISTRY] : []), ...state.nodes].map((host) => hostStatus(state, host)),
  );
  const url = `https://127.0.0.1:${state.apiPort}`;
  const ready = hostIsUp(state, CONTROL) && (await apiIsReady(url, pkiOf(state)));
  return { name: state.name, kubernetes: state.kubernetes, proxy: state.proxy, kubeconfig: kubeconfigOf(state), apiIsReady: ready, hosts };
}

/** Whether all that belongs to the lab runs. */
export const isWhole = ({ apiIsReady: ready, hosts }: LabStatus): boolean => ready && hosts.every(isSound);

/** The status for people. */
export function describedStatus(status: LabStatus): string {
  const { kubernetes, proxy } = status;
  const lines = status.hosts.map((host) => `  ${host.name.padEnd(8)} ${addressesOf(host.name).v4.padEnd(12)} ${describedHost(host)}`);
  return [
    `Lab "${status.name}": ${isWhole(status) ? 'all of it runs' : `not all of it runs; ${mending(status)}`}`,
    `  Kubernetes ${kubernetes.version} (${kubernetes.source}); the API server is ${status.apiIsReady ? 'ready' : 'not ready'}`,
    `  kube-proxy in ${proxy.mode} mode${proxy.nodePortAddresses.length === 0 ? '' : `, node ports on ${proxy.nodePortAddresses.join(', ')}`}`,
    ...kubernetes.passedOver.map(({ source, why }) => `    not from ${source}: ${why}`),
    `  KUBECONFIG=${status.kubeconfig}`,
    '',
    ...lines,
  ].join('\n');
}

// --- internal ---

const CONTROL_SERVICES = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];
const NODE_SERVICES = ['containerd', 'kubelet', 'kube-proxy'];
const SERVICES: Readonly<Record<HostName, readonly string[]>> = {
  [CONTROL]: CONTROL_SERVICES,
  [CLIENT]: [],
  [REGISTRY]: ['docker-registry'],
};

/** The commands that bring back what doesn't run: a node that was made to fail is healed, what ended by itself is started by `up`. */
function mending({ name, hosts, apiIsReady: ready }: LabStatus): string {
  const lab = (verb: string, ...words: string[]) =>
    `\`./bin/lab ${[verb, ...(name === DEFAULT_NAME ? [] : ['--name', name]), ...words].join(' ')}\``;
  const failed = hosts.filter(({ name: host, isUp, cable }) => !(host in SERVICES) && (!isUp || cable !== 'good'));
  const others = hosts.filter((host) => !isSound(host) && !failed.includes(host));
  const commands = failed.map((host) => lab('heal', host.name));
  return `${[...commands, ...(ready && others.length === 0 ? [] : [lab('up')])].join(', ')} mends it`;
}

const isSound = ({ isUp, cable, services }: HostStatus): boolean => isUp && cable === 'good' && Object.values(services).every(Boolean);

async function hostStatus(state: LabState, name: HostName): Promise<HostStatus> {
  const expected = SERVICES[name] ?? NODE_SERVICES;
  const cable = state.cables[name] ?? 'good';
  if (!hostIsUp(state, name))
    return { name, isUp: false, cable, services: Object.fromEntries(expected.map((each) => [each, false])), vips: [] };
  const host = hostOf(state, name);
  const running = await runningServices(host);
  const { stdout } = await run(onNetworkOf(host, ['ip', '-json', 'address', 'show', 'dev', 'eth0', 'scope', 'global']));
  const { v4, v6 } = addressesOf(name);
  const vips = [...addressesIn(stdout)].filter((address) => address !== v4 && address !== v6);
  return { name, isUp: true, cable, services: Object.fromEntries(expected.map((each) => [each, running.has(each)])), vips };
}

function describedHost({ isUp, cable, services, vips }: HostStatus): string {
  if (!isUp) return 'off';
  const missing = Object.keys(services).filter((service) => !services[service]);
  const facts = [
    ...(cable === 'down' ? ['link down'] : cable === 'cut' ? ['cut off the switch'] : []),
    ...(missing.length === 0 ? [] : [`not running: ${missing.join(', ')}`]),
    ...(vips.length === 0 ? [] : [`holds ${vips.join(', ')}`]),
  ];
  return ['up', ...facts].join('; ');
}
