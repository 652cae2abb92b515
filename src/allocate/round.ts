import type { Service } from '../api/core.ts';
import { locateText } from '../net/range.ts';
import { byText } from '../net/text-order.ts';
import { sharingObstacle } from '../plan/claims/sharing.ts';
import { keyOf } from '../plan/reference.ts';
import type { AllocationInput } from './input.ts';
import { Book } from './ledger/book.ts';
import { type Infrastructure, infrastructure } from './pool/infrastructure.ts';
import { type Pool, poolsOf } from './pool/pool.ts';
import { type Applicant, applicant, byAge, type Grant } from './service/applicant.ts';
import { type Asked, askedAddresses } from './service/asked.ts';
import { applicantsOf, isLive } from './service/whose.ts';
import { statusAddresses, writtenOn } from './service/written.ts';

/** Everything that one allocation looks at, read once. */
export interface Round {
  readonly input: AllocationInput;
  readonly pools: readonly Pool[];
  readonly poolByName: ReadonlyMap<string, Pool>;
  readonly surroundings: Infrastructure;
  readonly services: ReadonlyMap<string, Service>;
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
  const services = new Map(input.services.map((service) => [keyOf(service), service]));
  const book = new Book(input.virtualIPs, input.now);
  const had = claimedAddresses(input);
  const isApplicant = applicantsOf(input);
  const has = (service: Service): ReadonlySet<string> => new Set((had.get(keyOf(service)) ?? []).map(({ address }) => address));
  const candidates = input.services.filter((service) => isApplicant(service, has(service))).sort(byAge);
  const entitled = new Set(candidates.map(keyOf));
  for (const [key, grants] of had) {
    const service = services.get(key);
    if (service === undefined) continue;
    const shown = new Set(statusAddresses(service));
    for (const grant of grants)
      if (entitled.has(key) || !isLive(service) || shown.has(grant.address)) book.add(grant.address, service, scopesOf(grant, poolByName));
  }
  for (const service of input.services.filter(isLive)) for (const address of shownByUs(service)) book.add(address, service, []);
  const asked = askedAddresses(input, has);
  for (const { address, service, group } of asked) book.add(address, service, group === undefined ? [] : [groupScope(group)]);
  const applicants = candidates.map((service) => {
    const grants = had.get(keyOf(service)) ?? [];
    return applicant(service, [...grants, ...adopted(service, grants, { book, pools, poolByName })]);
  });
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

/** What the manager wrote into the Service's status. Whatever the ledger says, clients use it until it is out of there. */
function shownByUs(service: Service): string[] {
  const listed = new Set(writtenOn(service).addresses);
  return listed.size === 0 ? [] : statusAddresses(service).filter((address) => listed.has(address));
}

/** What the ledger has lost: a Service keeps what it shows, and gets back what it was given, if no other has it. */
function adopted(
  service: Service,
  had: readonly Grant[],
  { book, pools, poolByName }: Pick<Round, 'book' | 'pools' | 'poolByName'>,
): Grant[] {
  const known = new Set(had.map(({ address }) => address));
  const shown = new Set(shownByUs(service));
  const candidates = new Set([...writtenOn(service).addresses, ...statusAddresses(service)]);
  return [...candidates].flatMap((address) => {
    const others = book.tenants(address).filter((tenant) => keyOf(tenant) !== keyOf(service));
    if (known.has(address) || others.some((tenant) => sharingObstacle(tenant, service) !== undefined)) return [];
    const located = locateText(address);
    const pool = pools.find((one) => one.lists(located) && one.admits(service));
    if (!shown.has(address) && (pool === undefined || !isForIt(book, address, service))) return [];
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
