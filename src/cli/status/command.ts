import { Command, Option } from 'commander';
import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import { API_VERSION, KIND, PLURAL } from '../../api/names.ts';
import type { Client } from '../../kube/client.ts';
import { type Answer, failed, statusOf, told } from '../answer.ts';
import { type ConnectionOptions, withConnection } from '../connection-options.ts';
import { yamlOf } from '../plan/view.ts';
import { isAmiss, type Read } from './amiss.ts';
import { linesAbout } from './lines.ts';
import { readBeside } from './read-beside.ts';
import { about, noSubject, type Subject, subjectOf } from './subject.ts';
import { STATUS_FORMATS, type StatusFormat, statusView } from './view.ts';

export interface StatusOptions extends ConnectionOptions {
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
  readonly output: StatusFormat;
}

/** `status`; `run` is given the options. */
export function statusCommand(run: (subject: string | undefined, options: StatusOptions) => Promise<void>): Command {
  return withConnection(new Command('status'))
    .summary('shows which node has each address, and what is wrong')
    .description(
      `Prints the status of KeepalivedGroups: the node of each address, nodes that do not run the newest configuration, and refusals.
For an address, a Service or a node it also prints since when each address is on its node, which nodes can take over, the last move, and what is
wrong. It reads KeepalivedGroups; with a subject also VirtualIPs, and for a node the Node, if you have permission. The exit status is 2 when
something is wrong.`,
    )
    .argument(
      '[subject]',
      'only this subject: an address, service/[NAMESPACE/]NAME or node/NAME; an address or a node is looked up in the groups of every namespace, unless -n names one',
    )
    .option('-n, --namespace <namespace>', "namespace of the groups, or of a Service that names none; by default the context's")
    .option('-A, --all-namespaces', 'groups of every namespace')
    .addOption(
      new Option('-o, --output <format>', 'form of the output; wide shows what each node runs').choices(STATUS_FORMATS).default('text'),
    )
    .addHelpText('after', EXAMPLES)
    .action((subject: string | undefined, options: StatusOptions) => run(subject, options));
}

/** What the command prints. @throws ApiError when the API server gives no groups */
export async function answerStatus(
  client: Client,
  text: string | undefined,
  options: StatusOptions,
  contextNamespace = 'default',
): Promise<Answer> {
  const subject = text === undefined ? undefined : subjectOf(text, options.namespace ?? contextNamespace);
  if (subject === null) return failed(noSubject(text));
  const everywhere =
    options.allNamespaces === true || (subject !== undefined && (options.namespace === undefined || subject.kind === 'service'));
  const namespace = options.namespace ?? contextNamespace;
  const path = `/apis/${API_VERSION}${everywhere ? '' : `/namespaces/${namespace}`}/${PLURAL}`;
  const { items } = await client.request<{ readonly items: readonly KeepalivedGroup[] }>({ method: 'GET', path });
  if (items.length === 0 && subject === undefined && isForPeople(options.output)) return told(noGroup(everywhere, namespace));
  const groups = about(items, subject);
  if (groups.length === 0 && subject !== undefined)
    return failed(`no group ${everywhere ? '' : `of namespace ${namespace} `}lists ${text} in its status`);
  const { notes, ...found } = await readBeside(client, subject);
  const read = { ...found, groups };
  return {
    stdout: isForPeople(options.output) ? textOf(read, options.output, subject) : dataOf(read, options.output),
    notes,
    status: statusOf(isAmiss(subject, read)),
  };
}

// --- internal ---

const noGroup = (everywhere: boolean, namespace: string): string =>
  everywhere ? 'there is no KeepalivedGroup\n' : `there is no KeepalivedGroup in namespace ${namespace}; -A shows all\n`;

const isForPeople = (format: StatusFormat): format is 'text' | 'wide' => format === 'text' || format === 'wide';

const textOf = (read: Read, format: 'text' | 'wide', subject: Subject | undefined): string =>
  statusView(read.groups, format, subject !== undefined) + (subject === undefined ? '' : linesAbout(subject, read));

/** A List as `kubectl get` prints it; in YAML one document. */
function dataOf({ groups, virtualIPs }: Read, format: StatusFormat): string {
  const items = [...groups.map((group) => ({ ...group, apiVersion: API_VERSION, kind: KIND })), ...virtualIPs];
  const list = { apiVersion: 'v1', kind: 'List', items };
  return format === 'json' ? `${JSON.stringify(list, null, 2)}\n` : yamlOf([list]);
}

const EXAMPLES = `
Examples:
  kubectl keepalived status -A
  kubectl keepalived status -n web -o wide
  kubectl keepalived status 192.0.2.200
  kubectl keepalived status node/node1`;
