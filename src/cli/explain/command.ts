import { Command, Option } from 'commander';
import type { Service } from '../../api/core.ts';
import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import { API_VERSION, PLURAL } from '../../api/names.ts';
import { isNotFound } from '../../kube/api-error.ts';
import type { Client } from '../../kube/client.ts';
import { keyOf } from '../../plan/reference.ts';
import { type Answer, failed, statusOf } from '../answer.ts';
import { type ConnectionOptions, withConnection } from '../connection-options.ts';
import { yamlOf } from '../plan/view.ts';
import { readBeside } from '../status/read-beside.ts';
import { table } from '../table.ts';
import { type ExplainedAddress, type Explanation, explain, isServed } from './explain.ts';

const FORMATS = ['text', 'wide', 'json', 'yaml'] as const;

export interface ExplainOptions extends ConnectionOptions {
  readonly namespace?: string;
  readonly output: (typeof FORMATS)[number];
}

/** `explain`; `run` is given the name of the Service and the options. */
export function explainCommand(run: (service: string, options: ExplainOptions) => Promise<void>): Command {
  return withConnection(new Command('explain'))
    .summary('shows why a Service has its addresses, or has none')
    .description(
      `Shows which addresses a Service requests, which node has each one, which node takes over, and why the others do not work.
It reads the Service, and the KeepalivedGroups and VirtualIPs of the cluster. The exit status is 2 when an address of the Service is not served.`,
    )
    .argument('<service>', 'the Service: service/NAME, service/NAMESPACE/NAME or NAME')
    .option('-n, --namespace <namespace>', "namespace of the Service; by default the context's")
    .addOption(
      new Option('-o, --output <format>', 'form of the output; wide adds the planned node of each address')
        .choices(FORMATS)
        .default('text'),
    )
    .addHelpText('after', '\nExample:\n  kubectl keepalived explain service/web -n shop')
    .action((service: string, options: ExplainOptions) => run(service, options));
}

/** The whole command. @throws ApiError when the API server gives no groups, or the Service can't be read */
export async function answerExplain(
  client: Client,
  argument: string,
  options: ExplainOptions,
  contextNamespace: string | undefined,
): Promise<Answer> {
  const [, named, name] = /^(?:(?:service|services|svc)\/(?:([^/]+)\/)?)?([^/]+)$/.exec(argument) ?? [];
  if (name === undefined) return failed(`${JSON.stringify(argument)} names no Service; write service/NAME or service/NAMESPACE/NAME`);
  const namespace = named ?? options.namespace ?? contextNamespace ?? 'default';
  const groups = await client.request<{ readonly items: readonly KeepalivedGroup[] }>({
    method: 'GET',
    path: `/apis/${API_VERSION}/${PLURAL}`,
  });
  const service = await serviceCalled(client, namespace, name);
  if (service === undefined) return failed(`there is no Service ${name} in namespace ${namespace}; -n names another namespace`);
  const { virtualIPs, notes } = await readBeside(client, { kind: 'service', key: keyOf(service) });
  const explanation = explain(service, groups.items, virtualIPs);
  return { stdout: VIEWS[options.output](explanation), notes, status: statusOf(!isServed(explanation)) };
}

// --- internal ---

async function serviceCalled(client: Client, namespace: string, name: string): Promise<Service | undefined> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/services/${encodeURIComponent(name)}`;
  try {
    return await client.request<Service>({ method: 'GET', path });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

const VIEWS: Readonly<Record<ExplainOptions['output'], (explanation: Explanation) => string>> = {
  text: (explanation) => text(explanation, false),
  wide: (explanation) => text(explanation, true),
  json: (explanation) => `${JSON.stringify(explanation, null, 2)}\n`,
  yaml: (explanation) => yamlOf([explanation]),
};

function text(explanation: Explanation, isWide: boolean): string {
  const { service, group, addresses, sentences } = explanation;
  const by = group === undefined ? '' : ` of KeepalivedGroup ${group}`;
  const served = isServed(explanation) ? 'is served' : 'is NOT served';
  return [
    `Service ${service}${by} ${served}\n`,
    ...(addresses.length > 0 ? [table([...COLUMNS, ...(isWide ? ['PLANNED'] : [])], addresses.map(isWide ? wideRow : row))] : []),
    ...sentences.map((sentence) => `${sentence}\n`),
  ].join('');
}

const COLUMNS = ['ADDRESS', 'STATE', 'NODE', 'NEXT', 'ROUTER', 'ID'];

const row = ({ address, state, node, next, virtualRouter, virtualRouterID }: ExplainedAddress): string[] => [
  ...[address, state, node ?? '<none>', next ?? '<none>'],
  ...[virtualRouter ?? '<none>', virtualRouterID === undefined ? '<none>' : String(virtualRouterID)],
];

const wideRow = (address: ExplainedAddress): string[] => [...row(address), address.plannedNode ?? '<none>'];
