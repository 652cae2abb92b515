import { MANAGED_LABEL } from '../../api/names.ts';
import { KEEP_SECONDS } from '../../api/pool/address-pool.ts';
import { virtualIPName } from '../../api/virtual-ip/name.ts';
import type { Claim, KeptFor, VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import { familyOf } from '../../net/address.ts';
import { byText } from '../../net/text-order.ts';
import { hasAddress } from '../../plan/claims/holding.ts';
import { keyOf } from '../../plan/reference.ts';
import type { AllocationInput } from '../input.ts';
import type { Round } from '../round.ts';
import { claimOf, grantsOf } from '../service/applicant.ts';
import type { Seen } from '../service/seen.ts';
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
  const changes: LedgerChange[] = [];
  const add = (change: LedgerChange | undefined): void => void (change && changes.push(change));
  for (const [address, record] of round.book.records()) add(changeOf(round, record, { address, claims: claims.get(address) ?? NONE }));
  for (const [address, known] of claims)
    if (round.book.record(address) === undefined) add(changeOf(round, undefined, { address, claims: known }));
  return changes.sort((a, b) => byText(a.address, b.address));
}

/** When the next of what the ledger keeps is free for all. */
export function nextChange({ virtualIPs, now }: AllocationInput, changes: readonly LedgerChange[]): number | undefined {
  let next = Number.POSITIVE_INFINITY;
  const consider = (until: string | undefined): void => {
    const time = until === undefined ? Number.NaN : Date.parse(until);
    if (time > now && time < next) next = time;
  };
  for (const { spec } of virtualIPs) {
    if (!spec.retain) consider(spec.keptFor?.until);
    consider(spec.reservation?.until);
  }
  for (const { keptFor } of changes) consider(keptFor?.until);
  return next === Number.POSITIVE_INFINITY ? undefined : next;
}

// --- internal ---

const NONE: readonly Claim[] = [];

/** By address, who has it; sorted by namespace and name. */
function claimsNow(round: Round): Map<string, readonly Claim[]> {
  const claims = new Map<string, Claim[]>();
  const add = (address: string, claim: Claim): void => {
    const known = claims.get(address);
    if (known === undefined) claims.set(address, [claim]);
    else known.push(claim);
  };
  for (const one of round.applicants) for (const grant of grantsOf(one)) add(grant.address, claimOf(one.service, grant));
  for (const { address, claim, seen } of round.claims)
    if (seen.applicant?.grants[familyOf(address)]?.address !== address && isStillShown(seen, address)) add(address, claim);
  for (const { address, service, source } of carried(round))
    add(address, { namespace: service.metadata.namespace ?? '', service: service.metadata.name, source });
  for (const known of claims.values()) if (known.length > 1) known.splice(0, known.length, ...onceEach(known));
  return claims;
}

/** One claim of each Service, the first of them; by namespace and name. */
const onceEach = (claims: Claim[]): Claim[] =>
  claims
    .sort((a, b) => byText(a.namespace, b.namespace) || byText(a.service, b.service))
    .filter((one, index) => !isSameService(one, claims[index - 1]));

const isSameService = (a: Claim, b: Claim | undefined): boolean => a.namespace === b?.namespace && a.service === b.service;

/** A Service that isn't to have the address any more has it until its status says so too, and one that ends until it is gone. */
const isStillShown = ({ isLive, status }: Seen, address: string): boolean => !isLive || status.includes(address);

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
  if (record === undefined) return { kind: 'create', name: virtualIPName(address), address, claims };
  if (claims.length > 0 && isSame(record, claims, undefined)) return undefined;
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
  if (last === undefined) return spec.retain || !isOver(spec.keptFor?.until, now) ? notTooLong(spec, poolByName, now) : undefined;
  const seconds = poolByName.get(last.pool ?? '')?.keepSeconds ?? KEEP_SECONDS;
  if (seconds === 0 && spec.retain !== true) return undefined;
  return {
    namespace: last.namespace,
    service: last.service,
    ...(last.pool !== undefined && { pool: last.pool }),
    until: after(now, seconds),
  };
}

/** From now on never longer than the pool says: a clock that was ahead for a while may have written a time that is years away. */
function notTooLong({ keptFor }: VirtualIP['spec'], pools: Round['poolByName'], now: number): KeptFor | undefined {
  const seconds = pools.get(keptFor?.pool ?? '')?.keepSeconds;
  if (keptFor === undefined || seconds === undefined || !(Date.parse(keptFor.until) > now + seconds * 1000)) return keptFor;
  return { ...keptFor, until: after(now, seconds) };
}

/** RFC 3339. */
const after = (now: number, seconds: number): string => new Date(now + seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');

const isSame = ({ spec: { claims = [], keptFor } }: VirtualIP, wanted: readonly Claim[], kept: KeptFor | undefined): boolean =>
  claims.length === wanted.length &&
  claims.every((claim, index) => isSameClaim(claim, wanted[index])) &&
  keptFor?.namespace === kept?.namespace &&
  keptFor?.service === kept?.service &&
  keptFor?.pool === kept?.pool &&
  keptFor?.until === kept?.until;

const isSameClaim = (a: Claim, b: Claim | undefined): boolean =>
  a.namespace === b?.namespace && a.service === b.service && a.source === b.source && a.pool === b.pool;
