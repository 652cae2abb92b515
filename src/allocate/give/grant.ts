import { ALLOCATION_ANNOTATIONS } from '../../api/names.ts';
import { type Family, familyOf } from '../../net/address.ts';
import { locateText } from '../../net/range.ts';
import type { Refusal } from '../../plan/claims/fence.ts';
import type { Pool } from '../pool/pool.ts';
import { type Round, scopesOf } from '../round.ts';
import { type Applicant, type Grant, grantsOf, heldOf, missing } from '../service/applicant.ts';
import { addressObstacle, isOffered, poolObstacle } from './obstacle.ts';
import { whyNone } from './why-none.ts';

/** Leaves every Service what it has and still wants. */
export function keepHeld({ poolByName, pools }: Round, one: Applicant): void {
  for (const grant of one.held) {
    const family = familyOf(grant.address);
    const isWanted = one.wish === undefined || one.wish.families.includes(family);
    if (isWanted && one.grants[family] === undefined && serves(one, grant, family)) one.grants[family] = grant;
  }

  /** Whether the address is what the Service asks for; one that asks for a group without pools keeps what it has. */
  function serves({ wish, group }: Applicant, { address, pool = '' }: Grant, family: Family): boolean {
    const wanted = wish?.addresses[family];
    if (wanted !== undefined) return wanted.text === address;
    if (wish?.pool !== undefined && wish.pool !== pool && poolByName.has(wish.pool)) return false;
    return group === undefined || group === poolByName.get(pool)?.group || !pools.some((other) => other.group === group);
  }
}

/** Gives the addresses that a Service names. */
export function giveNamed(round: Round, one: Applicant): void {
  for (const family of missing(one)) {
    const address = one.wish?.addresses[family]?.text;
    if (address === undefined) continue;
    const found = judgeNamed(round, one, address);
    if ('reason' in found) one.refusals.push(found);
    else grant(round, one, family, { address, pool: found.name });
  }
}

/** Gives what is reserved or kept for the Service. */
export function giveOwn(round: Round, own: ReadonlyMap<string, readonly string[]>, one: Applicant): void {
  const [forIt, forNamespace] = [own.get(one.key) ?? NONE, own.get(`${one.seen.namespace}/`) ?? NONE];
  if (forIt.length === 0 && forNamespace.length === 0) return;
  for (const family of unnamed(one)) {
    const candidates = [...forIt, ...forNamespace];
    for (const address of candidates.filter((text) => familyOf(text) === family)) {
      const pool = poolWith(round, one, address);
      if (pool === undefined || round.book.isTaken(address) || addressObstacle(round, one, address, pool)) continue;
      grant(round, one, family, { address, pool: pool.name });
      break;
    }
  }
}

/** Gives the first free address of the first pool that has one; where none has, one that is kept for a Service that went. */
export function giveFree(round: Round, kept: readonly string[], one: Applicant): void {
  for (const family of unnamed(one)) {
    const isOpen = (pool: Pool): boolean => isOffered(one, pool, family) && poolObstacle(round, one, pool) === undefined;
    const found = firstFree(round, isOpen, family) ?? firstKept(round, isOpen, family, kept);
    if (found !== undefined) grant(round, one, family, found);
    else one.refusals.push(whyNone(round, one, family));
  }
}

/** Leaves a Service that didn't get what it asks for what it had, and takes from one that wants two addresses or none what came new. */
export function settle(round: Round, one: Applicant): void {
  for (const family of missing(one)) {
    const before = heldOf(one, family);
    if (before !== undefined) one.grants[family] = before;
  }
  if (one.wish?.needsAll === false && grantsOf(one).length > 0) one.refusals = one.refusals.filter(({ reason }) => !NO_ADDRESS.has(reason));
  if (one.wish?.needsAll !== true || missing(one).length === 0) return;
  for (const given of grantsOf(one))
    if (!one.held.includes(given)) {
      delete one.grants[familyOf(given.address)];
      round.book.remove(given.address, one.service, scopesOf(given, round.poolByName));
      round.returned.push(given.address);
    }
}

// --- internal ---

const NONE: readonly string[] = [];

/** Missing families of which the Service names no address. */
const unnamed = (one: Applicant): Family[] => missing(one).filter((family) => one.wish?.addresses[family] === undefined);

/** Why a Service with an address of one family has none of the other: nothing to tell where it wants the other only if there is one. */
const NO_ADDRESS: ReadonlySet<string> = new Set<Refusal['reason']>(['NoPool', 'PoolExhausted']);

function grant({ book, poolByName }: Round, one: Applicant, family: Family, given: Grant): void {
  one.grants[family] = given;
  book.add(given.address, one.service, scopesOf(given, poolByName));
}

function judgeNamed(round: Round, one: Applicant, address: string): Pool | Refusal {
  const is = round.surroundings.describe(locateText(address));
  if (is !== undefined)
    return { reason: 'AddressReserved', message: `${address} is ${is}, which no Service may have; choose another address` };
  const named = round.poolByName.get(one.wish?.pool ?? '');
  if (named !== undefined && !named.lists(locateText(address)))
    return {
      reason: 'AddressNotInPool',
      message: `${address} is not among the addresses of pool ${named.name}, which annotation ${ALLOCATION_ANNOTATIONS.pool} names; choose one of its addresses, or another pool`,
    };
  const pool = poolWith(round, one, address);
  if (pool === undefined)
    return {
      reason: 'AddressNotInPool',
      message: `no AddressPool holds ${address}; choose an address of a pool, or have an administrator add it to one`,
    };
  return addressObstacle(round, one, address, pool) ?? pool;
}

/** The pool that holds the address and can give it to the Service, or else any that holds it. */
function poolWith(round: Round, one: Applicant, address: string): Pool | undefined {
  const located = locateText(address);
  const holding = round.pools.filter((pool) => pool.lists(located));
  return holding.find((pool) => poolObstacle(round, one, pool) === undefined) ?? holding[0];
}

function firstFree({ book, returned, pools }: Round, isOpen: (pool: Pool) => boolean, family: Family): Grant | undefined {
  for (const pool of pools) {
    if (!isOpen(pool)) continue;
    const again = returned.find((address) => familyOf(address) === family && pool.lists(locateText(address)) && book.isFree(address));
    const address = again ?? pool.next(family, (candidate) => !book.isFree(candidate));
    if (address !== undefined) return { address, pool: pool.name };
  }
  return undefined;
}

function firstKept(
  { book, surroundings, pools }: Round,
  isOpen: (pool: Pool) => boolean,
  family: Family,
  kept: readonly string[],
): Grant | undefined {
  const open = kept.length === 0 ? [] : pools.filter(isOpen);
  for (const address of open.length === 0 ? [] : kept) {
    if (familyOf(address) !== family || book.isTaken(address)) continue;
    const located = locateText(address);
    if (surroundings.describe(located) !== undefined) continue;
    const pool = open.find((one) => one.lists(located) && one.fence?.refusesAddress(address, located) === undefined);
    if (pool !== undefined) return { address, pool: pool.name };
  }
  return undefined;
}
