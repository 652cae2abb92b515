import type { Service } from '../api/core.ts';
import { locateText } from '../net/range.ts';
import { byText } from '../net/text-order.ts';
import { keyOf } from '../plan/reference.ts';
import { sharingObstacle } from '../plan/sharing/tenants.ts';
import type { AllocationInput } from './input.ts';
import { Book } from './ledger/book.ts';
import { type Infrastructure, infrastructure } from './pool/infrastructure.ts';
import { type Pool, poolsOf } from './pool/pool.ts';
import { type Applicant, applicant, byAge, type Grant } from './service/applicant.ts';
import { type Asked, askedAddresses } from './service/asked.ts';
import { type Seen, see, shownByUs } from './service/seen.ts';
import { applicantsOf } from './service/whose.ts';

/** Everything that one allocation looks at, read once. */
export interface Round {
  readonly input: AllocationInput;
  readonly pools: readonly Pool[];
  readonly poolByName: ReadonlyMap<string, Pool>;
  readonly surroundings: Infrastructure;
  /** By `namespace/name`. */
  readonly services: ReadonlyMap<string, Seen>;
  readonly book: Book;
  readonly asked: readonly Asked[];
  /** The oldest first. */
  readonly applicants: readonly Applicant[];
  /** Addresses that were given and taken back in this round: the search has passed them. */
  readonly returned: string[];
}

/** Reads the input, and enters in the book who has what already: nobody loses it to somebody who comes later. */
export function openRound(input: AllocationInput): Round {
  const pools = poolsOf(input);
  const poolByName = new Map(pools.map((pool) => [pool.name, pool]));
  const book = new Book(input.virtualIPs, input.now);
  const had = claimedAddresses(input);
  const seen = input.services.map((service) => see(service, had));
  const isApplicant = applicantsOf(input);
  const candidates = seen.filter(isApplicant).sort(byAge);
  const entitled = new Set(candidates);
  for (const one of seen) enter(book, one, { isEntitled: entitled.has(one), poolByName });
  const asked = askedAddresses(input, seen);
  for (const { address, service, group } of asked) book.add(address, service, group === undefined ? [] : [groupScope(group)]);
  const applicants = candidates.map((one) => applicant(one, [...shownFirst(one), ...adopted(one, { book, pools, poolByName })]));
  const services = new Map(seen.map((one) => [one.key, one]));
  return { input, pools, poolByName, surroundings: infrastructure(input), services, book, asked, applicants, returned: [] };
}

export const groupScope = (group: string): string => `group ${group}`;
export const poolScope = (pool: string): string => `pool ${pool}`;

/** The pool and the group that count an address. */
export function scopesOf({ pool = '' }: Grant, poolByName: ReadonlyMap<string, Pool>): string[] {
  const known = poolByName.get(pool);
  return known === undefined ? [] : [poolScope(pool), groupScope(known.group)];
}

// --- internal ---

/** By Service what pools gave it, as the ledger says. */
function claimedAddresses({ virtualIPs }: AllocationInput): Map<string, Grant[]> {
  const claimed = new Map<string, Grant[]>();
  for (const { spec } of [...virtualIPs].sort((a, b) => byText(a.metadata.name, b.metadata.name)))
    for (const { namespace, service, source, pool } of spec.claims ?? []) {
      if (source !== 'Pool') continue;
      const key = `${namespace}/${service}`;
      const grant = { address: spec.address, ...(pool !== undefined && { pool }) };
      const before = claimed.get(key);
      if (before === undefined) claimed.set(key, [grant]);
      else before.push(grant);
    }
  return claimed;
}

/** What the Service has of pools: as long as it is entitled to it, or ends, or shows it. */
function enter(
  book: Book,
  one: Seen,
  { isEntitled, poolByName }: { readonly isEntitled: boolean; readonly poolByName: ReadonlyMap<string, Pool> },
): void {
  for (const grant of one.had)
    if (isEntitled || !one.isLive || one.status.includes(grant.address)) book.add(grant.address, one.service, scopesOf(grant, poolByName));
  if (one.isLive) for (const address of shownByUs(one)) book.add(address, one.service, []);
}

/** Of two addresses of one family, as between two writes, clients use the one that the status shows. */
const shownFirst = ({ had, status }: Seen): readonly Grant[] =>
  had.length < 2 ? had : [...had].sort((a, b) => Number(status.includes(b.address)) - Number(status.includes(a.address)));

/** What the ledger has lost: a Service keeps what it shows, and gets back what it was given, if no other has it. */
function adopted(one: Seen, { book, pools, poolByName }: Pick<Round, 'book' | 'pools' | 'poolByName'>): Grant[] {
  const { service, had, written, status } = one;
  const candidates = new Set([...written.addresses, ...status]);
  for (const { address } of had) candidates.delete(address);
  return [...candidates].flatMap((address) => {
    const others = book.tenants(address).filter((tenant) => tenant !== service);
    if (others.some((tenant) => sharingObstacle(tenant, service) !== undefined)) return [];
    const located = locateText(address);
    const pool = pools.find((other) => other.lists(located) && other.admits(service));
    const isShown = status.includes(address) && written.addresses.includes(address);
    if (!isShown && (pool === undefined || !isForIt(book, address, service))) return [];
    const grant = { address, ...(pool && { pool: pool.name }) };
    book.remove(address, service, []);
    book.add(address, service, scopesOf(grant, poolByName));
    return [grant];
  });
}

/** Whether the ledger keeps the address for no other. */
function isForIt(book: Book, address: string, service: Service): boolean {
  const kept = book.keptFor(address);
  return book.reservation(address) === undefined && (kept === undefined || `${kept.namespace}/${kept.service}` === keyOf(service));
}
