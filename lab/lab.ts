/** A lab as a library: what `bin/lab`, the end-to-end tests and the benchmarks use. */
import { CLIENT, CONTROL, type HostName, SWITCH } from './address.ts';
import { removeCgroupIfEmpty, removeCgroups } from './cgroup.ts';
import { begin, bootHosts, cutPower, kubectl, startNode, startRuntime } from './cluster.ts';
import {
  CGROUP_ROOT,
  checkName,
  DEFAULT_NAME,
  hostOf,
  kubeconfigOf,
  readState,
  removeState,
  soundNodes,
  stateOf,
} from './cluster-state.ts';
import { startControlPlane } from './control-host.ts';
import { type Failure, failNode, healNode } from './failure.ts';
import { holdersOf } from './holder.ts';
import { onNetworkOf, runInside } from './host.ts';
import { buildImages } from './image.ts';
import { findKubernetes } from './kubernetes/find.ts';
import { installExample, installOperator } from './operator.ts';
import { installPackages } from './packages.ts';
import { type Probe, type ProbeOptions, startProbe } from './probe.ts';
import { kill } from './process.ts';
import type { Progress } from './progress.ts';
import type { RunOptions, RunResult } from './run.ts';
import { readLog } from './service-log.ts';
import { waitFor } from './wait.ts';

export interface UpOptions {
  readonly name?: string;
  /** Worker nodes; a running lab grows, it never shrinks. */
  readonly nodes?: number;
}

/** A running lab. */
export interface Lab {
  readonly name: string;
  readonly nodes: readonly HostName[];
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** Runs kubectl and gives what it printed; throws when it fails. */
  kubectl(parameters: readonly string[], options?: RunOptions): Promise<string>;
  /** Applies a manifest: YAML text or an object. */
  apply(manifest: string | object): Promise<void>;
  exec(host: HostName, command: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** Starts to probe an address from the client host; it is sending when this resolves. */
  probe(address: string, options?: ProbeOptions): Promise<Probe>;
  /** The hosts that have the address on an interface now. */
  holders(address: string): Promise<HostName[]>;
  fail(node: HostName, how: Failure): Promise<void>;
  heal(node: HostName): Promise<void>;
  /** The last lines of a component's log. */
  logs(node: HostName, component: string, options?: { readonly lines?: number }): Promise<string>;
  /** Asks until the answer isn't undefined; the error at the end of the time names what was awaited and the last thing seen. */
  waitFor<T>(what: string, check: () => Promise<T | undefined>, timeoutMs: number): Promise<T>;
}

/** Brings a lab up, or what is missing of one that runs, and installs the operator and the example in it. */
export async function up({ name = DEFAULT_NAME, nodes = 3 }: UpOptions, progress: Progress): Promise<Lab> {
  checkName(name);
  await installPackages(progress);
  const kubernetes = await findKubernetes(progress);
  const images = await buildImages(progress);
  await begin(name, nodes, kubernetes);
  await progress.step('Hosts and switch', async (step) => {
    await bootHosts(name);
    step.say([CONTROL, CLIENT, ...stateOf(name).nodes].join(', '));
  });
  await Promise.all([
    progress.step('Control plane', async (step) => {
      await startControlPlane(stateOf(name));
      step.say(`Kubernetes ${kubernetes.version}`);
    }),
    progress.step('Images on the nodes', async () => {
      await Promise.all(stateOf(name).nodes.map((node) => startRuntime(name, node, images)));
    }),
  ]);
  await progress.step('Nodes', async (step) => {
    await Promise.all(stateOf(name).nodes.map((node) => startNode(name, node)));
    await nodesAreReady(name);
    step.say('all are Ready');
  });
  const lab = await openLab(name);
  await installOperator(lab, images, progress);
  await installExample(lab, progress);
  return lab;
}

/** Takes a lab down; nothing of it is left. Tells whether there was one. */
export async function down(name: string, progress: Progress): Promise<boolean> {
  const known = readState(checkName(name));
  if (known === undefined) return false;
  await progress.step(`Taking down ${name}`, async () => {
    for (const relay of known.relays) await kill(relay);
    const hosts = Object.keys(known.hosts).filter((host) => host !== SWITCH);
    await Promise.all(hosts.map((host) => cutPower(name, host)));
    await cutPower(name, SWITCH);
    removeCgroups(`${CGROUP_ROOT}/${name}`);
    removeCgroupIfEmpty(CGROUP_ROOT); // Another lab may have groups in it.
    removeState(name);
  });
  return true;
}

/** A lab that runs. Throws a sentence when there is none of that name. */
export async function openLab(name: string = DEFAULT_NAME): Promise<Lab> {
  const { nodes, ...state } = stateOf(checkName(name));
  const lab: Lab = {
    name,
    nodes,
    kubeconfig: kubeconfigOf({ nodes, ...state }),
    kubectl: async (parameters, options) => (await kubectl(stateOf(name), parameters, options)).stdout,
    async apply(manifest) {
      const input = typeof manifest === 'string' ? manifest : JSON.stringify(manifest);
      await kubectl(stateOf(name), ['apply', '--server-side', '--force-conflicts', '--filename=-'], { input });
    },
    exec: (host, command, options) => runInside(hostOf(stateOf(name), host), command, options),
    probe: (address, options) => startProbe((command) => onNetworkOf(hostOf(stateOf(name), CLIENT), command), address, options),
    holders: (address) => holdersOf(stateOf(name), address),
    fail: (node, how) => failNode(name, node, how),
    heal: (node) => healNode(name, node),
    logs: (node, component, options) => readLog(lab, node, component, options),
    waitFor,
  };
  return lab;
}

// --- internal ---

/** Nodes that were powered off or cut off are not waited for. */
async function nodesAreReady(name: string): Promise<void> {
  const state = stateOf(name);
  const wait = ['wait', '--for=condition=Ready', '--timeout=10s', ...soundNodes(state).map((node) => `node/${node}`)];
  await waitFor('every node is Ready', async () => ((await kubectl(state, wait)).code === 0 ? true : undefined), READY_MS);
}

const READY_MS = 90_000;
