import { Command } from 'commander';
import type { Service } from '../../api/core.ts';
import { API_VERSION, POOL_PLURAL } from '../../api/names.ts';
import type { AddressPool } from '../../api/pool/address-pool.ts';
import { isNotFound } from '../../kube/api-error.ts';
import type { Client } from '../../kube/client.ts';
import { type Answer, told } from '../answer.ts';
import { type ConnectionOptions, withConnection } from '../connection-options.ts';
import { table } from '../table.ts';
import { conversionOf, type ExternalIPs, externalIPsIn } from './external-ips.ts';

export interface ExternalIPsOptions extends ConnectionOptions {
  readonly convert?: boolean;
}

/** `externalips`; `run` is given the options. */
export function externalIPsCommand(run: (options: ExternalIPsOptions) => Promise<void>): Command {
  return withConnection(new Command('externalips'))
    .summary('which Services use spec.externalIPs, and how they get the same addresses from a pool')
    .description(
      `Lists the Services of all namespaces that have addresses in spec.externalIPs, which Kubernetes takes away
(docs/how-to/external-ips.md), and the AddressPool that can give each the same addresses. It writes nothing.`,
    )
    .option('--convert', 'print the commands that give each Service the same addresses from its pool, without losing them meanwhile')
    .addHelpText('after', '\nExample:\n  kubectl keepalived externalips --convert > convert.sh')
    .action((options: ExternalIPsOptions) => run(options));
}

/** The whole command. @throws ApiError when Services or pools can't be read */
export async function answerExternalIPs(client: Client, { convert = false }: ExternalIPsOptions): Promise<Answer> {
  const services = await listOf<Service>(client, '/api/v1/services');
  const found = externalIPsIn(services, await listOf<AddressPool>(client, `/apis/${API_VERSION}/${POOL_PLURAL}`));
  const left = found.flatMap((one) => (one.obstacle === undefined ? [] : [`Service ${one.namespace}/${one.name}: ${one.obstacle}`]));
  if (!convert) return told(found.length === 0 ? 'No Service uses spec.externalIPs.\n' : table(HEADER, found.map(row)), left);
  const scripts = found
    .filter(({ pool }) => pool !== undefined)
    .map((one) => [`# Service ${one.namespace}/${one.name}`, ...conversionOf(one), '']);
  return told(scripts.length === 0 ? '' : `${['set -e', '', ...scripts.flat()].join('\n')}`, left);
}

// --- internal ---

const HEADER = ['NAMESPACE', 'NAME', 'TYPE', 'EXTERNAL-IPS', 'GROUP', 'POOL'];

const row = ({ namespace, name, type, addresses, group, pool }: ExternalIPs): string[] => [
  ...[namespace, name, type, addresses.join(',')],
  ...[group ?? '<none>', pool ?? '<none>'],
];

/** A cluster whose installation is older has no pools. */
async function listOf<T>(client: Client, path: string): Promise<readonly T[]> {
  try {
    return (await client.request<{ readonly items: readonly T[] }>({ method: 'GET', path })).items;
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}
