import { API_VERSION, POOL_KIND } from '../../api/names.ts';
import { type AddressCounts, MOST_COUNTED } from '../../api/pool/address-pool.ts';
import type { Problem, Reason } from '../../api/problem.ts';
import type { Family } from '../../net/address.ts';
import { type AddressRange, addressAt, containsAny, type Located, locateText } from '../../net/range.ts';
import { common, type RangeSet, sizeOf } from '../../net/range-set.ts';
import { byText } from '../../net/text-order.ts';
import type { Round } from '../round.ts';
import { grantsOf } from '../service/applicant.ts';
import { malformedEntries, type Pool } from './pool.ts';

/** What the status of a pool has to say. */
export interface PoolState {
  readonly name: string;
  readonly ipv4: AddressCounts;
  readonly ipv6: AddressCounts;
  /** The first says why the pool gives nothing, if {@link isReady} is false. */
  readonly problems: readonly Problem[];
  readonly isReady: boolean;
  /** Services that have an address of the pool which isn't in it any more, `namespace/name`. */
  readonly outside: readonly string[];
}

export function poolStates(round: Round): PoolState[] {
  const inUse = addressesInUse(round);
  const outside = outsidePools(round);
  return round.pools
    .map((pool) => stateOf(round, pool, { inUse, outside: outside.get(pool.name) ?? [] }))
    .sort((a, b) => byText(a.name, b.name));
}

// --- internal ---

interface InUse {
  readonly had: readonly Located[];
  readonly reserved: readonly Located[];
}

/** Addresses that a Service has, and those that the ledger keeps although none has them. */
function addressesInUse({ book, input, asked, applicants }: Round): InUse {
  const unrecorded = new Set<string>();
  const add = ({ address }: { readonly address: string }): void => {
    if (book.record(address) === undefined) unrecorded.add(address);
  };
  asked.forEach(add);
  for (const one of applicants) grantsOf(one).forEach(add);
  const had: Located[] = [];
  const reserved: Located[] = [];
  for (const address of [...input.virtualIPs.map(({ spec }) => spec.address), ...unrecorded])
    if (book.isTaken(address)) had.push(locateText(address));
    else if (!book.isFree(address)) reserved.push(locateText(address));
  return { had, reserved };
}

function stateOf(round: Round, pool: Pool, { inUse, outside }: { readonly inUse: InUse; readonly outside: readonly string[] }): PoolState {
  const problems = problemsOf(round, pool);
  return {
    name: pool.name,
    ipv4: countsOf(pool, 'IPv4', inUse),
    ipv6: countsOf(pool, 'IPv6', inUse),
    problems,
    isReady: pool.fence !== undefined && [...pool.gives.IPv4, ...pool.gives.IPv6].length > 0,
    outside,
  };
}

function countsOf({ gives }: Pool, family: Family, { had, reserved }: InUse): AddressCounts {
  const total = sizeOf(gives[family]);
  const isIn = containsAny(gives[family]);
  const count = (addresses: readonly Located[]): bigint => BigInt(addresses.filter(isIn).length);
  const [used, kept] = [count(had), count(reserved)];
  return { total: bounded(total), used: bounded(used), reserved: bounded(kept), free: bounded(total - used - kept) };
}

const bounded = (count: bigint): number => Number(count > BigInt(MOST_COUNTED) ? BigInt(MOST_COUNTED) : count);

/** By name of the pool. */
function outsidePools({ applicants, poolByName }: Round): ReadonlyMap<string, readonly string[]> {
  const outside = new Map<string, string[]>();
  for (const one of applicants)
    for (const { address, pool = '' } of grantsOf(one)) {
      if (poolByName.get(pool)?.lists(locateText(address)) !== false) continue;
      const known = outside.get(pool);
      if (known === undefined) outside.set(pool, [one.key]);
      else if (known.at(-1) !== one.key) known.push(one.key);
    }
  for (const known of outside.values()) known.sort(byText);
  return outside;
}

function problemsOf(round: Round, pool: Pool): Problem[] {
  const object = { apiVersion: API_VERSION, kind: POOL_KIND, name: pool.name };
  const problem = (reason: Reason, message: string): Problem => ({ object, reason, message });
  const malformed = malformedEntries(pool.object).map((text) =>
    problem(
      'PoolMalformed',
      `${JSON.stringify(text)} is ignored: write a prefix such as 192.0.2.0/24, a range such as 192.0.2.10-192.0.2.20, or one address`,
    ),
  );
  const missing = pool.fence
    ? []
    : [
        problem(
          'GroupMissing',
          `KeepalivedGroup ${pool.group} does not exist, so the pool gives no address; correct spec.group or make the group`,
        ),
      ];
  return [...missing, ...malformed, ...overlaps(round, pool).map((message) => problem('PoolOverlap', message))];
}

function overlaps({ pools, surroundings, book }: Round, pool: Pool): string[] {
  return (['IPv4', 'IPv6'] as const).flatMap((family) => {
    const others = pools.flatMap((other) => {
      const shared = other === pool ? [] : common(pool.listed[family], other.listed[family]);
      return shared.length === 0 ? [] : [`${shown(shared)} is also in pool ${other.name}; remove it from one of the two`];
    });
    const own = common(pool.listed[family], surroundings.ranges[family]).filter(
      ({ first, last }) => first !== last || !book.isTaken(addressAt({ family, number: first })),
    );
    const what = own[0] && surroundings.describe({ family, number: own[0].first });
    return own.length === 0
      ? others
      : [...others, `${shown(own)} is never given out, because it is ${what}; list it in spec.excludedAddresses`];
  });
}

function shown(ranges: RangeSet): string {
  const [one] = ranges as readonly [AddressRange];
  const { family, first, last } = one;
  const text =
    first === last
      ? addressAt({ family, number: first })
      : `${addressAt({ family, number: first })}-${addressAt({ family, number: last })}`;
  return ranges.length > 1 ? `${text} (and ${ranges.length - 1} more)` : text;
}
