import { Command, Option } from 'commander';
import type { KubernetesObject } from '../../api/core.ts';
import { byText } from '../../net/text-order.ts';
import { type Answer, failed, statusOf } from '../answer.ts';
import { type ConnectionOptions, withConnection } from '../connection-options.ts';
import { clusterOf, planGroups } from '../plan/plan-groups.ts';
import { type EndpointSlice, endpointNodes } from './endpoints.ts';
import { simulate } from './simulate.ts';
import { hasLost, SIMULATION_FORMATS, type Simulated, type SimulationFormat, simulationView } from './view.ts';

export interface SimulateOptions extends ConnectionOptions {
  readonly without: readonly string[];
  readonly filename?: readonly string[];
  readonly namespace?: string;
  readonly output: SimulationFormat;
}

/** `simulate`; `run` is given the options. */
export function simulateCommand(run: (options: SimulateOptions) => Promise<void>): Command {
  return withConnection(new Command('simulate'))
    .summary('shows where each address goes when nodes are lost; changes nothing')
    .description(
      `Shows for each address which node has it now, and which node has it when the named nodes are lost.
It reads KeepalivedGroups, Services, Nodes and EndpointSlices of the cluster or of files, and changes nothing.
The exit status is 2 when no node answers for an address afterwards.`,
    )
    .requiredOption('--without <node...>', 'names of the nodes that are lost, separated by blanks or commas')
    .option('-f, --filename <file...>', 'files or folders of YAML or JSON instead of the cluster; - for standard input')
    .option('-n, --namespace <namespace>', 'with -f, the namespace of objects that name none')
    .addOption(
      new Option('-o, --output <format>', 'form of the output; wide shows all addresses').choices(SIMULATION_FORMATS).default('text'),
    )
    .addHelpText('after', EXAMPLES)
    .action((options: SimulateOptions) => run(options));
}

/** The whole command but for where objects come from. */
export function answerSimulate(objects: readonly KubernetesObject[], notes: readonly string[], options: SimulateOptions): Answer {
  const simulated = simulatedWithout(objects, options.without);
  if (typeof simulated === 'string') return failed(simulated);
  return { stdout: simulationView(simulated, options.output), notes, status: statusOf(hasLost(simulated.fates)) };
}

/** What becomes of the addresses in the objects when nodes are gone; a sentence where that can't be asked. @param names - of nodes, also by commas */
export function simulatedWithout(objects: readonly KubernetesObject[], names: readonly string[]): Simulated | string {
  const cluster = clusterOf(objects);
  const without = [...new Set(names.flatMap((text) => text.split(',')).filter((name) => name !== ''))].sort(byText);
  const known = cluster.nodes.map(({ metadata }) => metadata.name).sort(byText);
  const unknown = without.filter((name) => !known.includes(name));
  if (unknown.length > 0) return `there is no Node ${unknown.join(', ')}; there are: ${known.join(', ') || 'none'}`;
  if (cluster.groups.length === 0) return 'there is no KeepalivedGroup, so no address to follow';
  const plans = planGroups(cluster, { settings: { agentImage: '' } }).map(({ plan }) => plan);
  const slices = objects.filter(({ kind }) => kind === 'EndpointSlice') as readonly EndpointSlice[];
  const endpoints = slices.length === 0 ? undefined : endpointNodes(slices);
  const fates = simulate({ plans, nodes: cluster.nodes, without: new Set(without), ...(endpoints && { endpoints }) });
  return { without, fates, plans };
}

// --- internal ---

const EXAMPLES = `
Examples:
  kubectl keepalived simulate --without node1
  kubectl keepalived simulate --without node1,node2 -o wide
  kubectl get keepalivedgroups,services,nodes,endpointslices -A -o yaml | kubectl keepalived simulate --without node1 -f -`;
