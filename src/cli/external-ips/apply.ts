import type { Service } from '../../api/core.ts';
import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import { API_VERSION, MANAGED_LABEL, PLURAL, SERVICE_CONDITION, VIRTUAL_IP_KIND, VIRTUAL_IP_PLURAL } from '../../api/names.ts';
import { virtualIPName } from '../../api/virtual-ip/name.ts';
import type { Reservation, VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import { isConflict, isNotFound } from '../../kube/api-error.ts';
import { type Client, JSON_PATCH, MERGE_PATCH } from '../../kube/client.ts';
import { parseAddress } from '../../net/address.ts';
import { hasAddress } from '../../plan/claims/holding.ts';
import { conversionOf, wayBack } from './conversion.ts';
import type { ExternalIPs } from './external-ips.ts';

/** Time, handed in. */
export interface Clock {
  now(): Date;
  /** Milliseconds that never jump. */
  monotonic(): number;
  sleep(milliseconds: number): Promise<void>;
}

export interface ApplyOptions {
  readonly client: Client;
  readonly clock: Clock;
  /** Tells the user how far it is. */
  readonly say: (line: string) => void;
  /** How long to wait for each Service until its addresses come from the pool. */
  readonly timeoutMs: number;
}

/**
 * Gives the Service the same addresses of its pool and empties its external IPs, in steps that each leave it its addresses: at every moment
 * one of the two fields names them. Each step looks first whether it is done, so after a fault it may run again.
 * @throws Fault that says what was done and how to go back
 */
export async function convertService(one: ExternalIPs, options: ApplyOptions): Promise<void> {
  const { client, say } = options;
  const done: string[] = [];
  const step = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      throw new Fault(sentence(one, done, error), { cause: error });
    }
    done.push(what);
    say(`Service ${keyOf(one)}: ${what}`);
  };
  say(`Service ${keyOf(one)}: ${one.addresses.join(', ')} of pool ${one.pool}`);
  await step('carried now', () => awaited(one, options, 'its KeepalivedGroup carries its addresses', () => whyNotCarried(client, one)));
  await step('addresses reserved for it', () => reserve(one, options));
  const { annotations, spec, emptying } = conversionOf(one);
  await step('type LoadBalancer, with its addresses asked of the pool', async () => {
    await client.request({ method: 'PATCH', path: servicePath(one), body: { metadata: { annotations }, spec }, contentType: MERGE_PATCH });
  });
  await step('addresses in its status, from the pool, and carried', () =>
    awaited(
      one,
      options,
      'the pool gives it the same addresses',
      async () => (await whyNotGiven(client, one)) ?? whyNotCarried(client, one),
    ),
  );
  await step('spec.externalIPs emptied', async () => {
    await client.request({ method: 'PATCH', path: servicePath(one), body: emptying, contentType: JSON_PATCH });
  });
  await step('still carried; the reservation is taken back', async () => {
    await awaited(one, options, 'its addresses stay', async () => (await whyNotGiven(client, one)) ?? whyNotCarried(client, one));
    for (const address of one.addresses) await release(client, one, address);
  });
}

/** Why the conversion of a Service stopped. */
export class Fault extends Error {
  override readonly name = 'Fault';
}

// --- internal ---

/** A reservation that nobody takes back, as when the command is killed, ends by itself. */
const RESERVED_MS = 60 * 60 * 1000;
const POLL_MS = 200;
const EMPTIED = 'spec.externalIPs emptied';

const keyOf = ({ namespace, name }: ExternalIPs): string => `${namespace}/${name}`;
const servicePath = ({ namespace, name }: ExternalIPs): string => `/api/v1/namespaces/${namespace}/services/${name}`;
const virtualIPPath = (address: string): string => `/apis/${API_VERSION}/${VIRTUAL_IP_PLURAL}/${virtualIPName(address)}`;

function sentence(one: ExternalIPs, done: readonly string[], error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  const soFar = done.length === 0 ? 'nothing was changed' : `done so far: ${done.join('; ')}`;
  const state = done.includes(EMPTIED)
    ? 'Its addresses come from the pool. To go back, write them into spec.externalIPs again'
    : `Its external IPs are as they were. To go back: ${wayBack(one)}`;
  return `Service ${keyOf(one)}: ${why.replace(/\.$/, '')} (${soFar}). ${state}. To go on, correct the cause and run the command again`;
}

/** Waits until nothing is in the way any more. */
async function awaited(
  one: ExternalIPs,
  { clock, timeoutMs }: ApplyOptions,
  what: string,
  whyNot: () => Promise<string | undefined>,
): Promise<void> {
  const end = clock.monotonic() + timeoutMs;
  for (;;) {
    const reason = await whyNot();
    if (reason === undefined) return;
    if (clock.monotonic() > end)
      throw new Error(
        `waited ${timeoutMs / 1000} s until ${what}: ${reason}; see kubectl keepalived explain service ${one.name} -n ${one.namespace}`,
      );
    await clock.sleep(POLL_MS);
  }
}

async function whyNotCarried(client: Client, one: ExternalIPs): Promise<string | undefined> {
  const [namespace, name] = (one.group ?? '').split('/');
  const { status } = await client.request<KeepalivedGroup>({
    method: 'GET',
    path: `/apis/${API_VERSION}/namespaces/${namespace}/${PLURAL}/${name}`,
  });
  const missing = one.addresses.filter((address) => !hasAddress(status, address, keyOf(one)));
  return missing.length === 0 ? undefined : `KeepalivedGroup ${one.group} does not carry ${missing.join(', ')} for it`;
}

async function whyNotGiven(client: Client, one: ExternalIPs): Promise<string | undefined> {
  const { status } = await client.request<Service>({ method: 'GET', path: servicePath(one) });
  const shown = new Set((status?.loadBalancer?.ingress ?? []).map(({ ip = '' }) => parseAddress(ip)?.text));
  const missing = one.addresses.filter((address) => !shown.has(address));
  const refusal = status?.conditions?.find((condition) => condition.type === SERVICE_CONDITION && condition.status === 'False')?.message;
  if (missing.length > 0) return `${missing.join(', ')} is not in its status.loadBalancer${refusal === undefined ? '' : ` (${refusal})`}`;
  for (const address of one.addresses) {
    const { spec } = await client.request<VirtualIP>({ method: 'GET', path: virtualIPPath(address) });
    const claim = spec.claims?.find(({ namespace, service }) => namespace === one.namespace && service === one.name);
    if (claim?.source !== 'Pool') return `VirtualIP ${virtualIPName(address)} does not say yet that it has ${address} of a pool`;
  }
  return undefined;
}

async function reserve(one: ExternalIPs, options: ApplyOptions): Promise<void> {
  for (const address of one.addresses)
    await reserveOne(one, address, options).catch((error: unknown) => {
      // The operator wrote meanwhile.
      if (!isConflict(error)) throw error;
      return reserveOne(one, address, options);
    });
}

/** Reserves the address for the Service; a reservation of the user's own that lets the Service have it stays as it is. */
async function reserveOne(one: ExternalIPs, address: string, { client, clock }: ApplyOptions): Promise<void> {
  const until = new Date(clock.now().getTime() + RESERVED_MS).toISOString().replace(/\.\d+Z$/, 'Z');
  const reservation: Reservation = { namespace: one.namespace, service: one.name, until };
  const found = await virtualIPOf(client, address);
  if (found === undefined) {
    const metadata = { name: virtualIPName(address), labels: { [MANAGED_LABEL.key]: MANAGED_LABEL.value } };
    const body = { apiVersion: API_VERSION, kind: VIRTUAL_IP_KIND, metadata, spec: { address, reservation } };
    await client.request({ method: 'POST', path: `/apis/${API_VERSION}/${VIRTUAL_IP_PLURAL}`, body });
    return;
  }
  const theirs = found.spec.reservation;
  const isOver = theirs?.until !== undefined && Date.parse(theirs.until) <= clock.now().getTime();
  const isFor = theirs?.namespace === one.namespace && (theirs.service === undefined || theirs.service === one.name);
  if (theirs !== undefined && !isOver && !isFor)
    throw new Error(`VirtualIP ${found.metadata.name} reserves ${address} for somebody else; remove spec.reservation there`);
  if (theirs !== undefined && !isOver && theirs.until === undefined) return;
  const { resourceVersion } = found.metadata;
  await client.request({
    method: 'PATCH',
    path: virtualIPPath(address),
    body: { metadata: { resourceVersion }, spec: { reservation } },
    contentType: MERGE_PATCH,
  });
}

/** Takes back what {@link reserveOne} wrote. */
async function release(client: Client, one: ExternalIPs, address: string): Promise<void> {
  const reservation = (await virtualIPOf(client, address))?.spec.reservation;
  if (reservation?.until === undefined || reservation.namespace !== one.namespace || reservation.service !== one.name) return;
  await client.request({ method: 'PATCH', path: virtualIPPath(address), body: { spec: { reservation: null } }, contentType: MERGE_PATCH });
}

async function virtualIPOf(client: Client, address: string): Promise<VirtualIP | undefined> {
  try {
    return await client.request<VirtualIP>({ method: 'GET', path: virtualIPPath(address) });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
