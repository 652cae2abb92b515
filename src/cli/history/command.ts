import { Command, Option } from 'commander';
import { API_VERSION, VIRTUAL_IP_PLURAL } from '../../api/names.ts';
import type { VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import type { Client } from '../../kube/client.ts';
import { type Answer, failed, told } from '../answer.ts';
import { type ConnectionOptions, withConnection } from '../connection-options.ts';
import { noSubject, subjectOf } from '../status/subject.ts';
import { concerned, historyOf } from './history.ts';
import { HISTORY_FORMATS, type HistoryFormat, historyView } from './view.ts';

export interface HistoryOptions extends ConnectionOptions {
  readonly namespace?: string;
  readonly output: HistoryFormat;
}

/** `history`; `run` is given what it is about and the options. */
export function historyCommand(run: (subject: string | undefined, options: HistoryOptions) => Promise<void>): Command {
  return withConnection(new Command('history'))
    .summary('shows when addresses moved, why, and for how long no node had them')
    .description(
      `Prints the last moves of each address, the latest first: from which node to which, the cause, and for how long no node had the address.
It reads VirtualIPs; each keeps its last 16 moves. Times are by the clock of the node that became the owner.`,
    )
    .argument('[subject]', 'only this subject: an address, service/[NAMESPACE/]NAME or node/NAME')
    .option('-n, --namespace <namespace>', "namespace of the Service; by default the context's")
    .addOption(
      new Option('-o, --output <format>', 'form of the output; wide adds the Service, the group and the cause in words')
        .choices(HISTORY_FORMATS)
        .default('text'),
    )
    .addHelpText('after', EXAMPLES)
    .action((subject: string | undefined, options: HistoryOptions) => run(subject, options));
}

/** What the command prints. @throws ApiError when the API server gives no VirtualIPs */
export async function answerHistory(
  client: Client,
  text: string | undefined,
  options: HistoryOptions,
  contextNamespace = 'default',
): Promise<Answer> {
  const subject = text === undefined ? undefined : subjectOf(text, options.namespace ?? contextNamespace);
  if (subject === null) return failed(noSubject(text));
  const path = `/apis/${API_VERSION}/${VIRTUAL_IP_PLURAL}`;
  const { items } = await client.request<{ readonly items: readonly VirtualIP[] }>({ method: 'GET', path });
  const about = concerned(items, subject);
  if (about.length === 0 && subject !== undefined && subject.kind !== 'node') return failed(`there is no VirtualIP of ${text}`);
  return told(historyView(historyOf(about, subject), options.output));
}

// --- internal ---

const EXAMPLES = `
Examples:
  kubectl keepalived history
  kubectl keepalived history 192.0.2.200
  kubectl keepalived history service/web -n shop -o wide
  kubectl keepalived history node/node1`;
