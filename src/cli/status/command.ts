import { Command, Option } from 'commander';
import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import { API_VERSION, PLURAL, VIRTUAL_IP_PLURAL } from '../../api/names.ts';
import { virtualIPName } from '../../api/virtual-ip/name.ts';
import type { VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import { isNotFound, isStatus } from '../../kube/api-error.ts';
import type { Client } from '../../kube/client.ts';
import { type Answer, failed, told } from '../answer.ts';
import { type ConnectionOptions, withConnection } from '../connection-options.ts';
import { moveInWords } from '../history/view.ts';
import { subjectOf } from './subject.ts';
import { STATUS_FORMATS, type StatusFormat, statusView } from './view.ts';
import { wireLines } from './wire.ts';

export interface StatusOptions extends ConnectionOptions {
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
  readonly output: StatusFormat;
}

/** `status`; `run` is given the options. */
export function statusCommand(run: (subject: string | undefined, options: StatusOptions) => Promise<void>): Command {
  return withConnection(new Command('status'))
    .summary('who has which address, and what is amiss')
    .description(
      'Prints what the status of KeepalivedGroups in the cluster says: addresses with their node, nodes that are behind, refusals.',
    )
    .argument(
      '[subject]',
      'only this: an address, service/NAME or node/NAME; groups of every namespace are looked through, unless -n names one',
    )
    .option('-n, --namespace <namespace>', "namespace of the groups; without it the context's")
    .option('-A, --all-namespaces', 'groups of every namespace')
    .addOption(
      new Option('-o, --output <format>', 'form of the output; wide tells what each node runs').choices(STATUS_FORMATS).default('text'),
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
  if (subject === null) return failed(`${JSON.stringify(text)} is no address; write an address, service/NAME or node/NAME`);
  const everywhere = options.allNamespaces === true || (subject !== undefined && options.namespace === undefined);
  const namespace = options.namespace ?? contextNamespace;
  const path = `/apis/${API_VERSION}${everywhere ? '' : `/namespaces/${namespace}`}/${PLURAL}`;
  const since = subject?.kind === 'address' && isForPeople(options.output) ? await sinceOf(client, subject.text) : '';
  const { items } = await client.request<{ readonly items: readonly KeepalivedGroup[] }>({ method: 'GET', path });
  if (items.length === 0)
    return told(everywhere ? 'there is no KeepalivedGroup\n' : `there is no KeepalivedGroup in namespace ${namespace}; -A shows all\n`);
  const stdout = statusView(items, options.output, subject);
  return stdout === ''
    ? failed(`no group ${everywhere ? '' : `of namespace ${namespace} `}lists ${text} in its status`)
    : told(stdout + since);
}

// --- internal ---

const isForPeople = (format: StatusFormat): boolean => format === 'text' || format === 'wide';

/** Since when the address is where it is, its last move, and who answers for it; nothing where its VirtualIP can't be read. */
async function sinceOf(client: Client, address: string): Promise<string> {
  const path = `/apis/${API_VERSION}/${VIRTUAL_IP_PLURAL}/${virtualIPName(address)}`;
  try {
    const { status = {} } = await client.request<VirtualIP>({ method: 'GET', path });
    const { node, state, since, moves: [last] = [], conditions = [] } = status;
    const place = since === undefined ? [] : [`${node === undefined ? (state ?? 'Unknown') : `on ${node}`} since ${since}`];
    const parts = [...place, ...(last === undefined ? [] : [moveInWords(last)])];
    const lines = [...(parts.length === 0 ? [] : [`${address}: ${parts.join('; ')}`]), ...wireLines(conditions)];
    return lines.map((line) => `${line}\n`).join('');
  } catch (error) {
    if (isNotFound(error) || isStatus(error, 403)) return '';
    throw error;
  }
}

const EXAMPLES = `
Examples:
  kubectl keepalived status -A
  kubectl keepalived status -n web -o wide
  kubectl keepalived status 192.0.2.200
  kubectl keepalived status node/node1`;
