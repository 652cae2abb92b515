/** A lab as a library: what `bin/lab`, the end-to-end tests and the benchmarks use. */
import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { type HostName, SWITCH } from './address.ts';
import {
  begin,
  bootHosts,
  cgroupOf,
  cutPower,
  hostIsUp,
  hostOf,
  kubeconfigOf,
  kubectl,
  powerOn,
  removeCgroups,
  startControlPlane,
  startNode,
  startRuntime,
} from './cluster.ts';
import { checkName, labDir, type LabState, readState, writeState } from './cluster-state.ts';
import { addressesIn } from './held.ts';
import { inside, onNetworkOf, runInside } from './host.ts';
import { buildImages } from './image.ts';
import { findKubernetes } from './kubernetes/find.ts';
import { setCable } from './network.ts';
import { installOperator } from './operator.ts';
import { installPackages } from './packages.ts';
import { type Probe, type ProbeOptions, startProbe } from './probe.ts';
import { kill } from './process.ts';
import type { Progress } from './progress.ts';
import { type RunOptions, type RunResult, run } from './run.ts';
import { readLog } from './service-log.ts';

export const DEFAULT_NAME = 'lab';

/** How a node fails. */
export const FAILURES = {
  'power-off': 'everything on it stops at once, as when the plug is pulled',
  kill: "keepalived's processes on it are killed (SIGKILL)",
  'link-down': 'its network card loses the carrier',
  cut: 'the switch passes nothing to or from it any more, the carrier stays',
} as const;
export type Failure = keyof typeof FAILURES;

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
  /** Asks until the answer isn't undefined; the error at the end of the time names what was awaited and why it wasn't there. */
  waitFor<T>(what: string, check: () => Promise<T | undefined>, timeoutMs: number): Promise<T>;
}

/** Brings a lab up, or what is missing of one that runs, and installs the operator and the example in it. */
export async function up({ name = DEFAULT_NAME, nodes = 3 }: UpOptions, progress: Progress): Promise<Lab> {
  checkName(name);
  await installPackages(progress);
  const kubernetes = await findKubernetes(progress);
  const images = await buildImages(progress);
  let state = await begin(name, nodes, kubernetes);
  await progress.step('Hosts and switch', async (step) => {
    state = await bootHosts(state);
    step.say(`${state.nodes.length} nodes, control, client`);
  });
  await Promise.all([
    progress.step('Control plane', async (step) => {
      state = await startControlPlane(state);
      step.say(`Kubernetes ${kubernetes.version}`);
    }),
    progress.step('Images on the nodes', async (step) => {
      await Promise.all(state.nodes.map((node) => startRuntime(state, node, images)));
      step.say(images.map((image) => image.name).join(', '));
    }),
  ]);
  await progress.step('Nodes', async (step) => {
    await Promise.all(state.nodes.map((node) => startNode(state, node)));
    await nodesAreReady(state);
    step.say(state.nodes.join(', '));
  });
  const lab = await openLab(name);
  await installOperator(lab, images, progress);
  return lab;
}

/** Takes a lab down; nothing of it is left. Tells whether there was one. */
export async function down(name: string, progress: Progress): Promise<boolean> {
  const known = readState(checkName(name));
  if (known === undefined) return false;
  await progress.step(`Taking down ${name}`, async () => {
    let state = known;
    for (const relay of state.relays) await kill(relay);
    for (const host of Object.keys(state.hosts).filter((each) => each !== SWITCH)) state = await cutPower(state, host);
    await cutPower(state, SWITCH);
    removeCgroups(cgroupOf(state, '.'));
    rmSync(labDir(name), { recursive: true, force: true });
  });
  return true;
}

/** A lab that runs. Throws a sentence when there is none of that name. */
export async function openLab(name: string = DEFAULT_NAME): Promise<Lab> {
  const current = (): LabState => {
    const state = readState(name);
    if (state === undefined) throw new Error(`no lab "${name}" runs; \`bin/lab up --name ${name}\` starts one`);
    return state;
  };
  const { nodes } = current();
  const lab: Lab = {
    name,
    nodes,
    kubeconfig: kubeconfigOf(current()),
    kubectl: async (parameters, options) => (await kubectl(current(), parameters, options)).stdout,
    async apply(manifest) {
      const input = typeof manifest === 'string' ? manifest : JSON.stringify(manifest);
      await kubectl(current(), ['apply', '--server-side', '--force-conflicts', '--filename=-'], { input });
    },
    exec: (host, command, options) => runInside(hostOf(current(), host), command, options),
    probe: (address, options) => startProbe((command) => onNetworkOf(hostOf(current(), 'client'), command), address, options),
    async holders(address) {
      const state = current();
      const hosts = Object.keys(state.hosts).filter((host) => hostIsUp(state, host));
      const held = await Promise.all(hosts.map(async (host) => addressesIn((await run(onNetworkOf(hostOf(state, host), ['ip', '-json', 'address', 'show']))).stdout)));
      return hosts.filter((_, index) => held[index]?.has(address));
    },
    fail: (node, how) => fail(current(), node, how),
    heal: (node) => heal(current(), node),
    logs: (node, component, options) => readLog(lab, node, component, options),
    waitFor,
  };
  return lab;
}

// --- internal ---

async function fail(state: LabState, node: HostName, how: Failure): Promise<void> {
  checkNode(state, node);
  if (how === 'power-off') await cutPower(state, node);
  else if (how === 'kill') await killKeepalived(state, node);
  else {
    const cable = how === 'cut' ? 'cut' : 'down';
    await setCable(node, hostOf(state, SWITCH), cable);
    writeState({ ...state, cables: { ...state.cables, [node]: cable } });
  }
}

async function heal(state: LabState, node: HostName): Promise<void> {
  checkNode(state, node);
  if (!hostIsUp(state, node)) await powerOn(state, node);
  else if (state.cables[node] !== undefined) {
    await setCable(node, hostOf(state, SWITCH), 'good');
    const { [node]: _mended, ...cables } = state.cables;
    writeState({ ...state, cables });
  }
}

function checkNode(state: LabState, node: HostName): void {
  if (!state.nodes.includes(node)) throw new Error(`${node} is no node of lab "${state.name}": ${state.nodes.join(', ')}`);
}

/** The host has a process table of its own, so a name finds no keepalived but its own. */
async function killKeepalived(state: LabState, node: HostName): Promise<void> {
  const list = 'for file in /proc/[0-9]*/comm; do read -r name <"$file" && [ "$name" = keepalived ] && pid=${file#/proc/} && kill -KILL "${pid%/comm}"; done 2>/dev/null; true';
  await runInside(hostOf(state, node), ['sh', '-c', list]);
}

async function nodesAreReady(state: LabState): Promise<void> {
  await waitFor(
    'every node is Ready',
    async () => {
      const { code } = await kubectl(state, ['wait', '--for=condition=Ready', '--timeout=5s', ...state.nodes.map((node) => `node/${node}`)], { allowFailure: true });
      return code === 0 ? true : undefined;
    },
    90_000,
  );
}

async function waitFor<T>(what: string, check: () => Promise<T | undefined>, timeoutMs: number): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let reason: unknown;
  for (;;) {
    try {
      const answer = await check();
      if (answer !== undefined) return answer;
      reason = undefined;
    } catch (error) {
      reason = error;
    }
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs / 1000} s: ${what}`, { cause: reason });
    await pause(20);
  }
}

export { inside };
