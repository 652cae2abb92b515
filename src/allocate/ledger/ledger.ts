import { MANAGED_LABEL } from '../../api/names.ts';
import { KEEP_SECONDS } from '../../api/pool/address-pool.ts';
import { virtualIPName } from '../../api/virtual-ip/name.ts';
import type { Claim, KeptFor, VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import { byText } from '../../net/text-order.ts';
import { keyOf } from '../../plan/reference.ts';
import type { AllocationInput } from '../input.ts';
import type { Round } from '../round.ts';
import { claimOf, grantsOf } from '../service/applicant.ts';
import { isLive } from '../service/whose.ts';
import { statusAddresses } from '../service/written.ts';
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
  const claims = new Map<string, Map<string, Claim>>();
  const add = (address: string, claim: Claim): void => {
    const known = claims.get(address) ?? new Map<string, Claim>();
    const key = `${claim.namespace}/${claim.service}`;
    if (!known.has(key)) claims.set(address, known.set(key, claim));
  };
  for (const one of round.applicants) for (const grant of grantsOf(one)) add(grant.address, claimOf(one.service, grant));
  for (const { spec } of round.input.virtualIPs)
    for (const claim of spec.claims ?? []) if (isStillShown(round, spec.address, claim)) add(spec.address, claim);
  for (const { address, service, source } of carried(round))
    add(address, { namespace: service.metadata.namespace ?? '', service: service.metadata.name, source });
  return new Map([...claims].map(([address, known]) => [address, [...known].sort(([a], [b]) => byText(a, b)).map(([, claim]) => claim)]));
}

/** A Service that isn't to have the address any more has it until its status says so too, and one that ends until it is gone. */
function isStillShown({ services }: Round, address: string, { namespace, service, source }: Claim): boolean {
  const found = source === 'Pool' ? services.get(`${namespace}/${service}`) : undefined;
  return found !== undefined && (!isLive(found) || statusAddresses(found).includes(address));
}

/** Addresses of no pool that a group carries. */
function carried({ asked, input }: Round): Round['asked'] {
  const holders = new Map(input.groups.map((group) => [keyOf(group), group.status?.holders ?? {}]));
  return asked.filter(({ address, service, group = '' }) => holders.get(group)?.[address] === keyOf(service));
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

function isSame({ spec }: VirtualIP, claims: readonly Claim[], keptFor: KeptFor | undefined): boolean {
  return (
    JSON.stringify([(spec.claims ?? []).map(claimText), keptText(spec.keptFor)]) ===
    JSON.stringify([claims.map(claimText), keptText(keptFor)])
  );
}

const claimText = ({ namespace, service, source, pool = '' }: Claim): string => [namespace, service, source, pool].join('/');
const keptText = (kept: KeptFor | undefined): string =>
  kept === undefined ? '' : [kept.namespace, kept.service, kept.pool ?? '', Date.parse(kept.until)].join('/');
