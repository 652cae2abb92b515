import { Command, Option } from 'commander';
import type { KeepalivedGroup } from '../api/group/keepalived-group.ts';
import { API_VERSION, PLURAL } from '../api/names.ts';
import type { Client } from '../kube/client.ts';
import { type ConnectionOptions, withConnection } from './connection-options.ts';
import { STATUS_FORMATS, type StatusFormat, statusView } from './status-view.ts';

export interface StatusOptions extends ConnectionOptions {
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
  readonly output: StatusFormat;
}

/** `status`; `run` is given the options. */
export function statusCommand(run: (options: StatusOptions) => Promise<void>): Command {
  return withConnection(new Command('status'))
    .summary('who has which address, and what is amiss')
    .description(
      'Prints what the status of KeepalivedGroups in the cluster says: addresses with their node, nodes that are behind, refusals.',
    )
    .option('-n, --namespace <namespace>', "namespace of the groups; without it the context's")
    .option('-A, --all-namespaces', 'groups of every namespace')
    .addOption(
      new Option('-o, --output <format>', 'form of the output; wide tells what each node runs').choices(STATUS_FORMATS).default('text'),
    )
    .addHelpText('after', '\nExamples:\n  kubectl keepalived status -A\n  kubectl keepalived status -n web -o wide')
    .action((options: StatusOptions) => run(options));
}

/** What the command prints. @throws ApiError when the API server gives no groups */
export async function answerStatus(client: Client, options: StatusOptions, contextNamespace: string | undefined): Promise<string> {
  const namespace = options.namespace ?? contextNamespace ?? 'default';
  const folder = options.allNamespaces ? '' : `/namespaces/${namespace}`;
  const path = `/apis/${API_VERSION}${folder}/${PLURAL}`;
  const { items } = await client.request<{ readonly items: readonly KeepalivedGroup[] }>({ method: 'GET', path });
  if (items.length > 0) return statusView(items, options.output);
  return options.allNamespaces ? 'there is no KeepalivedGroup\n' : `there is no KeepalivedGroup in namespace ${namespace}; -A shows all\n`;
}
