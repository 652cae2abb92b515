/** A lab as a library: what `bin/lab`, the end-to-end tests and the benchmarks use. */
import { kubectl, setProxy, startNode } from './cluster/cluster.ts';
import { startControlPlane } from './cluster/control-host.ts';
import { type Failure, failNode, healNode } from './cluster/failure.ts';
import { heldIn, holdersOf } from './cluster/holder.ts';
import type { ProxySettings } from './cluster/proxy.ts';
import { readLog } from './cluster/service-log.ts';
import { type Program, type Signal, signalProgram } from './cluster/signal.ts';
import { checkName, DEFAULT_NAME, hostOf, kubeconfigOf, stateOf } from './cluster/state.ts';
import { CLIENT, CONTROL, type HostName, SWITCH } from './hosts/address.ts';
import { onNetworkOf, runInside } from './hosts/host.ts';
import { type Impediment, impede } from './hosts/path.ts';
import type { RunOptions, RunResult } from './machine/run.ts';
import { waitFor } from './machine/wait.ts';
import { type Probe, type ProbeOptions, type Probes, startProbe, startProbes } from './probe/probe.ts';
import { type Registry, startRegistry } from './registry/registry.ts';

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
  /** Probes several addresses at once, by one process, so that what keeps it from the processor keeps all of them; ICMP echo alone. */
  probes(addresses: readonly string[], everyMs: number): Promise<Probes>;
  /** The addresses, in their canonical form, that each host with power has on its interfaces now. */
  held(): Promise<ReadonlyMap<HostName, ReadonlySet<string>>>;
  /** The hosts that have the address on an interface now. */
  holders(address: string): Promise<HostName[]>;
  fail(node: HostName, how: Failure): Promise<void>;
  heal(node: HostName): Promise<void>;
  /** Sends a signal to all processes of a program on a host. */
  signal(host: HostName, program: Program, signal: Signal): Promise<void>;
  /** Has the switch pass on all but this. */
  impede(impediment: Impediment): Promise<void>;
  /** Starts what ended of the programs that a host has beside its pods; resolves when the API server of the control host is ready. */
  restart(host: HostName): Promise<void>;
  /** The lab's registry, which the nodes pull from and every host can reach; started when it doesn't run. */
  registry(): Promise<Registry>;
  /** Has every kube-proxy start again with these settings. */
  setProxy(settings: Partial<ProxySettings>): Promise<void>;
  /** The last lines of a component's log. */
  logs(node: HostName, component: string, options?: { readonly lines?: number }): Promise<string>;
  /** Asks until the answer isn't undefined; the error at the end of the time names what was awaited and the last thing seen. */
  waitFor<T>(what: string, check: () => Promise<T | undefined>, timeoutMs: number): Promise<T>;
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
    probes: (addresses, everyMs) => startProbes((command) => onNetworkOf(hostOf(stateOf(name), CLIENT), command), addresses, everyMs),
    held: () => heldIn(stateOf(name)),
    holders: (address) => holdersOf(stateOf(name), address),
    fail: (node, how) => failNode(name, node, how),
    heal: (node) => healNode(name, node),
    signal: (host, program, signal) => signalProgram(stateOf(name), host, program, signal),
    impede: (impediment) => impede(hostOf(stateOf(name), SWITCH), impediment),
    restart: (host) => (host === CONTROL ? startControlPlane(stateOf(name)) : startNode(name, host)),
    registry: () => startRegistry(name),
    setProxy: (settings) => setProxy(name, settings),
    logs: (node, component, options) => readLog(stateOf(name), node, component, options),
    waitFor,
  };
  return lab;
}
