import { Command, InvalidArgumentError, Option } from 'commander';
import type { Service } from '../../api/core.ts';
import { API_VERSION, POOL_PLURAL } from '../../api/names.ts';
import type { AddressPool } from '../../api/pool/address-pool.ts';
import { isNotFound } from '../../kube/api-error.ts';
import type { Client } from '../../kube/client.ts';
import { type Answer, failed, told } from '../answer.ts';
import { type ConnectionOptions, withConnection } from '../connection-options.ts';
import { table } from '../table.ts';
import type { ApplyOptions } from './apply.ts';
import { commandsOf } from './conversion.ts';
import { type ExternalIPs, externalIPsIn } from './external-ips.ts';
import { convertAll } from './several.ts';

export interface ExternalIPsOptions extends ConnectionOptions {
  readonly convert?: boolean;
  readonly apply?: boolean;
  /** Seconds. */
  readonly timeout?: number;
}

/** `externalips`; `run` is given the options. */
export function externalIPsCommand(run: (options: ExternalIPsOptions) => Promise<void>): Command {
  return withConnection(new Command('externalips'))
    .summary('lists Services that use spec.externalIPs, and gives them the same addresses from a pool')
    .description(
      `Lists the Services of all namespaces that have addresses in spec.externalIPs, which Kubernetes has deprecated (docs/how-to/external-ips.md), and
the AddressPool that can give each Service the same addresses. Without --apply it changes nothing.

With --apply it changes a few Services at a time, and no Service loses its addresses: it reserves them, makes the Service one of type
LoadBalancer that requests them, waits until the pool gave them and the group carries them, and empties spec.externalIPs. After a failure it
starts with no further Service, and prints what was done and how to undo it; run it again to continue. An AddressPool of the Service's group
must contain the addresses. It needs permission to list and patch Services, list AddressPools, get KeepalivedGroups, and get, create and patch
VirtualIPs.`,
    )
    .option('--convert', 'print the commands that give each Service the same addresses from its pool without interruption')
    .addOption(new Option('--apply', 'give each Service the same addresses from its pool').conflicts('convert'))
    .option('--timeout <seconds>', 'with --apply, the time limit for each Service', secondsOf, 60)
    .addHelpText('after', '\nExamples:\n  kubectl keepalived externalips --convert > convert.sh\n  kubectl keepalived externalips --apply')
    .action((options: ExternalIPsOptions) => run(options));
}

/** The whole command. @throws ApiError when Services or pools can't be read */
export async function answerExternalIPs(client: Client, { convert = false }: ExternalIPsOptions): Promise<Answer> {
  const services = await listOf<Service>(client, '/api/v1/services');
  const found = externalIPsIn(services, await listOf<AddressPool>(client, `/apis/${API_VERSION}/${POOL_PLURAL}`));
  const left = obstaclesOf(found);
  if (!convert) return told(found.length === 0 ? 'No Service uses spec.externalIPs.\n' : table(HEADER, found.map(row)), left);
  const scripts = found
    .filter(({ pool }) => pool !== undefined)
    .map((one) => [`# Service ${one.namespace}/${one.name}`, ...commandsOf(one), '']);
  return told(scripts.length === 0 ? '' : `${['set -e', '', ...scripts.flat()].join('\n')}`, left);
}

/**
 * The whole of `--apply`: Services that can't be converted are left out with the reason, and after a fault of another none begins.
 * @throws ApiError when Services or pools can't be read
 */
export async function applyExternalIPs(options: ApplyOptions): Promise<Answer> {
  const { client, say } = options;
  const services = await listOf<Service>(client, '/api/v1/services');
  const found = externalIPsIn(services, await listOf<AddressPool>(client, `/apis/${API_VERSION}/${POOL_PLURAL}`));
  const left = obstaclesOf(found);
  const ready = found.filter(({ pool }) => pool !== undefined);
  const { count, faults } = await convertAll(ready, options);
  const [first, ...others] = faults.map(({ message }) => message);
  if (first !== undefined)
    return failed(`${first} (${count} of ${ready.length} Services are converted)`, [...left, ...others.map((other) => `error: ${other}`)]);
  say(`${ready.length} of ${found.length} Services with external IPs have the same addresses from a pool now.`);
  const isLeft = found.some(({ group, obstacle }) => group !== undefined && obstacle !== undefined);
  return { stdout: '', notes: left, status: isLeft ? 1 : 0 };
}

// --- internal ---

function secondsOf(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError('write a number of seconds from 1 to 99999');
  return Number(text);
}

const obstaclesOf = (found: readonly ExternalIPs[]): string[] =>
  found.flatMap((one) => (one.obstacle === undefined ? [] : [`Service ${one.namespace}/${one.name}: ${one.obstacle}`]));

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
