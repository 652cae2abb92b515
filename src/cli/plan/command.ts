import { Command, Option } from 'commander';
import type { Node } from '../../api/core.ts';
import { worstFirst } from '../../api/problem.ts';
import { RELEASED_IMAGE } from '../../api/release.ts';
import { strayProblems } from '../../plan/claims/stray.ts';
import { reservedByOpenshift } from '../../plan/ids/openshift-router-ids.ts';
import type { Settings } from '../../plan/input.ts';
import { DEFAULT_POD_PRIORITY } from '../../plan/pod-priority.ts';
import { parseTemplate } from '../../template/syntax/parser.ts';
import type { Template } from '../../template/syntax/tree.ts';
import { TemplateError } from '../../template/template-error.ts';
import { type Answer, failed, told } from '../answer.ts';
import { nodeFile } from './node-file.ts';
import { type Cluster, clusterOf, type PlannedGroup, planGroups } from './plan-groups.ts';
import { podRefusals } from './pod-refusals.ts';
import { readObjects, type Source, UnreadableInput } from './read-objects.ts';
import { FORMATS, type Format, problemLine, VIEWS } from './view.ts';

export interface PlanOptions {
  readonly namespace: string;
  readonly output: Format;
  readonly node?: string;
  readonly group?: string;
  readonly interface?: string;
  readonly operatorImage: string;
  readonly keepalivedImage?: string;
  /** Name of the OpenShift cluster on the same network. */
  readonly openshiftCluster?: string;
  /** Name of a file with a custom template. */
  readonly template?: string;
}

/** `plan`; `run` is given the names of files and the options. */
export function planCommand(run: (files: readonly string[], options: PlanOptions) => Promise<void>): Command {
  return new Command('plan')
    .summary('shows what the operator would do with objects in files; reads files only')
    .description(
      `Plans the KeepalivedGroups in files as the operator would, without a cluster, and prints the objects that it would write.
It reads KeepalivedGroups, AddressPools, VirtualIPs, Services (with their status), Nodes, Pods, Secrets, Namespaces and ResourceQuotas,
and ignores other kinds.
Refusals, and what the files do not show, are listed on standard error. The exit status is 0 unless the input can not be read.
Files do not hold the networks of the nodes' interfaces, so only a running group reports an address outside of them (AddressOffNetwork).`,
    )
    .requiredOption('-f, --filename <file...>', 'files or folders of YAML or JSON; - for standard input')
    .option('-n, --namespace <namespace>', 'namespace of objects that name none', 'default')
    .addOption(new Option('-o, --output <format>', 'form of the output').choices(FORMATS).default('yaml'))
    .option('--node <name>', 'print keepalived.conf of this node instead, as its agent would write it; passwords are hidden')
    .option('--group <namespace/name>', 'plan only this group')
    .option('--interface <name>', "with --node, the interface that the group's interfaceFromIP leads to; eth0 by default")
    .option('--operator-image <image>', 'image of the operator', RELEASED_IMAGE)
    .option('--keepalived-image <image>', "image of keepalived for groups whose spec.image names none; by default the operator's image")
    .option(
      '--openshift-cluster <name>',
      'do not use the virtual router ids that the OpenShift cluster of this name uses for its own addresses',
    )
    .option('--template <file>', 'custom template, such as the file that KEEPALIVEDGROUP_TEMPLATE_FILE_NAME of the manager names')
    .addHelpText('after', EXAMPLES)
    .action((options: PlanOptions & { readonly filename: readonly string[] }) => run(options.filename, options));
}

/** The whole command but for files and streams. */
export function answerPlan(sources: readonly Source[], options: PlanOptions, template?: Source): Answer {
  try {
    const { objects, leftOut } = readObjects(sources, options.namespace);
    const cluster = clusterOf(objects);
    const planned = planGroups(cluster, { settings: settingsOf(options), template: template && templateOf(template) });
    const shown = planned.filter(({ key }) => options.group === undefined || key === options.group);
    const questions = [...leftOut, ...openQuestions(cluster, planned, options)];
    const notes = [...questions, ...shown.flatMap(({ problems }) => worstFirst(problems).map(problemLine))];
    if (options.node !== undefined) return answerNode(shown, options.node, cluster, { options, notes });
    return told(VIEWS[options.output](shown), options.output === 'wide' ? questions : notes);
  } catch (error) {
    if (error instanceof UnreadableInput) return failed(error.message);
    throw error;
  }
}

// --- internal ---

const EXAMPLES = `
Examples:
  kubectl keepalived plan -f examples/
  kubectl keepalived plan -f group.yaml -f services.yaml --node node1
  kubectl get keepalivedgroups,services,nodes -A -o yaml | kubectl keepalived plan -f - -o wide`;

const settingsOf = ({ operatorImage, keepalivedImage, openshiftCluster }: PlanOptions): Settings => ({
  agentImage: operatorImage,
  operandImage: keepalivedImage ?? operatorImage,
  podPriorityClass: DEFAULT_POD_PRIORITY,
  ...(openshiftCluster && { reservedRouterIds: reservedByOpenshift(openshiftCluster) }),
});

function templateOf({ name, text }: Source): Template {
  try {
    return parseTemplate(text);
  } catch (error) {
    if (error instanceof TemplateError) throw new UnreadableInput(`${name}: ${error.message}`);
    throw error;
  }
}

/** What a reader may have forgotten to give, and Services that no group answers for. */
function openQuestions(cluster: Cluster, planned: readonly PlannedGroup[], { group }: PlanOptions): string[] {
  const { nodes, services, unallocated, questions, admitting } = cluster;
  const keys = planned.map(({ key }) => key);
  return [
    ...(keys.length === 0 ? ['the input holds no KeepalivedGroup, so there is nothing to plan'] : []),
    ...(group !== undefined && !keys.includes(group)
      ? [`the input holds no KeepalivedGroup ${group}; it holds: ${keys.join(', ') || 'none'}`]
      : []),
    ...(keys.length > 0 && nodes.length === 0
      ? ['the input holds no Node, so no address has an owner; add the output of kubectl get nodes -o yaml']
      : []),
    ...planned.filter(({ key }) => group === undefined || key === group).flatMap((one) => podRefusals(admitting, one)),
    ...questions,
    ...unallocated.map(problemLine),
    ...services.flatMap((service) => strayProblems(service, keys, 'is not in the input').map(problemLine)),
  ];
}

interface NodeRequest {
  readonly options: PlanOptions;
  readonly notes: readonly string[];
}

function answerNode(planned: readonly PlannedGroup[], name: string, cluster: Cluster, { options, notes }: NodeRequest): Answer {
  const node = cluster.nodes.find(({ metadata }) => metadata.name === name);
  const on = planned.filter(({ plan }) => plan.nodes.includes(name));
  if (node === undefined || on.length === 0) return failed(nobody(node, name, cluster), notes);
  const files = on.map((group) => ({ key: group.key, ...nodeFile(group, node, cluster, { interface: options.interface }) }));
  const texts = files.flatMap(({ key, text }) => (text === undefined ? [] : [`# ${key} on ${name}\n${text}`]));
  return told(texts.join('\n'), [...notes, ...files.flatMap((file) => file.notes)]);
}

function nobody(node: Node | undefined, name: string, { nodes }: Cluster): string {
  if (node !== undefined) return `no group of the input runs on node ${name}: it lacks the labels of their spec.nodeSelector`;
  const known = nodes.map(({ metadata }) => metadata.name).join(', ');
  return `the input holds no Node ${name}; it holds: ${known || 'none'}`;
}
