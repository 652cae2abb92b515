import { MANAGED_LABEL } from '../../api/names.ts';
import { KEEP_SECONDS } from '../../api/pool/address-pool.ts';
import { virtualIPName } from '../../api/virtual-ip/name.ts';
import type { Claim, KeptFor, VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import { byText } from '../../net/text-order.ts';
import { hasAddress } from '../../plan/claims/holding.ts';
import { keyOf } from '../../plan/reference.ts';
import type { AllocationInput } from '../input.ts';
import type { Round } from '../round.ts';
import { claimOf } from '../service/applicant.ts';
import { isOver } from './book.ts';

/** A VirtualIP that is to be made, changed, or removed. */
export interface LedgerChange {
  readonly kind: 'create' | 'update' | 'delete';
  readonly name: string;
  readonly address: string;
  /** The part of `spec` that is the manager's, whole. */
  readonly claims: readonly Claim[];
  readonly keptFor?: KeptFor;
}

/** What the ledger lacks of what Services have, and what it holds too long; by address. */
export function ledgerChanges(round: Round): LedgerChange[] {
  const claims = claimsNow(round);
  const records = new Map(round.input.virtualIPs.map((one) => [one.spec.address, one]));
  return [...new Set([...records.keys(), ...claims.keys()])]
    .sort(byText)
    .flatMap((address) => changeOf(round, records.get(address), { address, claims: claims.get(address) ?? [] }) ?? []);
}

/** When the next of what the ledger keeps is free for all. */
export function nextChange({ virtualIPs, now }: AllocationInput, changes: readonly LedgerChange[]): number | undefined {
  const times = [
    ...virtualIPs.flatMap(({ spec }) => [...(spec.retain ? [] : [spec.keptFor?.until]), spec.reservation?.until]),
    ...changes.map(({ keptFor }) => keptFor?.until),
  ].map((until) => Date.parse(until ?? ''));
  const next = times.reduce((least, time) => (time > now && time < least ? time : least), Number.POSITIVE_INFINITY);
  return next === Number.POSITIVE_INFINITY ? undefined : next;
}

// --- internal ---

/** By address, who has it; sorted by namespace and name. */
function claimsNow(round: Round): Map<string, Claim[]> {
  const claims = new Map<string, Claim[]>();
  const add = (address: string, claim: Claim): void => {
    const known = claims.get(address);
    if (known === undefined) claims.set(address, [claim]);
    else if (!known.some((one) => one.namespace === claim.namespace && one.service === claim.service)) known.push(claim);
  };
  for (const one of round.applicants) for (const grant of one.grants.values()) add(grant.address, claimOf(one.service, grant));
  for (const { spec } of round.input.virtualIPs)
    for (const claim of spec.claims ?? []) if (isStillShown(round, spec.address, claim)) add(spec.address, claim);
  for (const { address, service, source } of carried(round))
    add(address, { namespace: service.metadata.namespace ?? '', service: service.metadata.name, source });
  for (const known of claims.values())
    if (known.length > 1) known.sort((a, b) => byText(a.namespace, b.namespace) || byText(a.service, b.service));
  return claims;
}

/** A Service that isn't to have the address any more has it until its status says so too, and one that ends until it is gone. */
function isStillShown({ services }: Round, address: string, { namespace, service, source }: Claim): boolean {
  const found = source === 'Pool' ? services.get(`${namespace}/${service}`) : undefined;
  return found !== undefined && (!found.isLive || found.status.includes(address));
}

/** Addresses of no pool that a group carries. */
function carried({ asked, input }: Round): Round['asked'] {
  const statuses = new Map(input.groups.map((group) => [keyOf(group), group.status]));
  return asked.filter(({ address, service, group = '' }) => hasAddress(statuses.get(group), address, keyOf(service)));
}

function changeOf(
  round: Round,
  record: VirtualIP | undefined,
  { address, claims }: { readonly address: string; readonly claims: readonly Claim[] },
): LedgerChange | undefined {
  const name = virtualIPName(address);
  if (record === undefined) return { kind: 'create', name, address, claims };
  const keptFor = claims.length > 0 ? undefined : keptNow(round, record);
  const { now } = round.input;
  const { reservation, retain } = record.spec;
  const isManaged = record.metadata.labels?.[MANAGED_LABEL.key] === MANAGED_LABEL.value;
  const isReserved = retain === true || (reservation !== undefined && !isOver(reservation.until, now));
  if (claims.length === 0 && keptFor === undefined && isManaged && !isReserved)
    return { kind: 'delete', name: record.metadata.name, address, claims };
  if (isSame(record, claims, keptFor)) return undefined;
  return { kind: 'update', name: record.metadata.name, address, claims, ...(keptFor && { keptFor }) };
}

/** For whom an address that nobody has is kept: what the record says, or the Service that has just gone. */
function keptNow({ input: { now }, poolByName }: Round, { spec }: VirtualIP): KeptFor | undefined {
  const last = spec.claims?.find(({ source }) => source === 'Pool');
  if (last === undefined) return spec.retain || !isOver(spec.keptFor?.until, now) ? spec.keptFor : undefined;
  const seconds = poolByName.get(last.pool ?? '')?.keepSeconds ?? KEEP_SECONDS;
  if (seconds === 0 && spec.retain !== true) return undefined;
  return {
    namespace: last.namespace,
    service: last.service,
    ...(last.pool !== undefined && { pool: last.pool }),
    until: new Date(now + seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z'),
  };
}

const isSame = ({ spec: { claims = [], keptFor } }: VirtualIP, wanted: readonly Claim[], kept: KeptFor | undefined): boolean =>
  claims.length === wanted.length &&
  claims.every((claim, index) => isSameClaim(claim, wanted[index])) &&
  keptFor?.namespace === kept?.namespace &&
  keptFor?.service === kept?.service &&
  keptFor?.pool === kept?.pool &&
  keptFor?.until === kept?.until;

const isSameClaim = (a: Claim, b: Claim | undefined): boolean =>
  a.namespace === b?.namespace && a.service === b.service && a.source === b.source && a.pool === b.pool;
