import type { Service } from '../api/core.ts';
import { virtualIPName } from '../api/virtual-ip/name.ts';
import type { Claim } from '../api/virtual-ip/virtual-ip.ts';
import { locateText } from '../net/range.ts';
import { byText } from '../net/text-order.ts';
import { keyOf } from '../plan/reference.ts';
import type { AllocationInput } from './input.ts';
import { Book } from './ledger/book.ts';
import { type Infrastructure, infrastructure } from './pool/infrastructure.ts';
import { groupScope, type Pool, poolsOf } from './pool/pool.ts';
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
  /** What the ledger says that Services have of pools, of those that are there. */
  readonly claims: readonly Claimed[];
  readonly book: Book;
  readonly asked: readonly Asked[];
  /** The oldest first. */
  readonly applicants: readonly Applicant[];
  /** Services that get nothing of pools; they may still have something. */
  readonly others: readonly Seen[];
  /** Addresses that were given and taken back in this round: the search has passed them. */
  readonly returned: string[];
}

/** A claim of the ledger, and the Service that it is of. */
export interface Claimed {
  readonly address: string;
  readonly claim: Claim;
  readonly seen: Seen;
}

/** Reads the input, and enters in the book who has what already: nobody loses it to somebody who comes later. */
export function openRound(input: AllocationInput): Round {
  const surroundings = infrastructure(input);
  const pools = poolsOf(input, surroundings);
  const poolByName = new Map(pools.map((pool) => [pool.name, pool]));
  const book = new Book(input.virtualIPs, input.now);
  const all = input.services.map(see).sort(byAge);
  const services = new Map(all.map((one) => [one.key, one]));
  const claims = readClaims(input, services);
  const isApplicant = applicantsOf(input);
  const candidates: Seen[] = [];
  const others: Seen[] = [];
  for (const one of all) {
    const isEntitled = isApplicant(one);
    (isEntitled ? candidates : others).push(one);
    enter(book, one, { isEntitled, poolByName });
  }
  const asked = askedAddresses(input, all);
  for (const { address, service, group } of asked) book.add(address, service, group === undefined ? [] : [groupScope(group)]);
  const applicants = candidates.map((one) => applicant(one, together(shownFirst(one), adopted(one, { book, pools, poolByName }))));
  for (const one of applicants) one.seen.applicant = one;
  return { input, pools, poolByName, surroundings, claims, book, asked, applicants, others, returned: [] };
}

/** The pool and the group that count an address. */
export const scopesOf = ({ pool = '' }: Grant, poolByName: ReadonlyMap<string, Pool>): readonly string[] =>
  poolByName.get(pool)?.scopes ?? NO_SCOPES;

// --- internal ---

const NONE: readonly Grant[] = [];
const NO_SCOPES: readonly string[] = [];

/** Tells each Service what pools gave it, as the ledger says, and gives back what it says of Services that are there. */
function readClaims({ virtualIPs }: AllocationInput, services: ReadonlyMap<string, Seen>): Claimed[] {
  const claims: Claimed[] = [];
  for (const { spec } of virtualIPs)
    for (const claim of spec.claims ?? []) {
      const seen = claim.source === 'Pool' ? services.get(`${claim.namespace}/${claim.service}`) : undefined;
      if (seen === undefined) continue;
      claims.push({ address: spec.address, claim, seen });
      seen.had.push({ address: spec.address, ...(claim.pool !== undefined && { pool: claim.pool }) });
    }
  for (const {
    seen: { had },
  } of claims)
    if (had.length > 1) had.sort((a, b) => byText(virtualIPName(a.address), virtualIPName(b.address)));
  return claims;
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

const together = (had: readonly Grant[], more: readonly Grant[]): readonly Grant[] => (more.length === 0 ? had : [...had, ...more]);

/** Of two addresses of one family, as between two writes, clients use the one that the status shows. */
const shownFirst = ({ had, status }: Seen): readonly Grant[] =>
  had.length < 2 ? had : [...had].sort((a, b) => Number(status.includes(b.address)) - Number(status.includes(a.address)));

/** What the ledger has lost: a Service keeps what it shows, and gets back what it was given, if no other has it. */
function adopted(one: Seen, { book, pools, poolByName }: Pick<Round, 'book' | 'pools' | 'poolByName'>): readonly Grant[] {
  const { service, had, written, status } = one;
  const isHad = (address: string): boolean => had.some((grant) => grant.address === address);
  if (written.addresses.every(isHad) && status.every(isHad)) return NONE;
  const candidates = new Set([...written.addresses, ...status]);
  for (const { address } of had) candidates.delete(address);
  return [...candidates].flatMap((address) => {
    if (book.tenants(address)?.obstacle(service) !== undefined) return [];
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
