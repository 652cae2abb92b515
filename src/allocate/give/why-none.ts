import { ALLOCATION_ANNOTATIONS } from '../../api/names.ts';
import type { Family } from '../../net/address.ts';
import type { Refusal } from '../../plan/claims/fence.ts';
import type { Pool } from '../pool/pool.ts';
import type { Round } from '../round.ts';
import type { Applicant } from '../service/applicant.ts';
import { poolObstacle } from './obstacle.ts';

/** Why no pool can give the Service an address of the family, in one sentence. */
export function whyNone(round: Round, one: Applicant, family: Family): Refusal {
  const { pools } = round;
  const wanted = one.wish?.pool;
  if (pools.length === 0) return { reason: 'NoPool', message: 'there is no AddressPool; make one, and the Service gets an address of it' };
  if (wanted !== undefined && !round.poolByName.has(wanted))
    return {
      reason: 'PoolMissing',
      message: `annotation ${ALLOCATION_ANNOTATIONS.pool} names AddressPool ${wanted}, which does not exist; correct the name or make the pool`,
    };
  const reasons = pools
    .filter(({ name }) => wanted === undefined || name === wanted)
    .map((pool) => whyNot(round, one, pool, family))
    .sort((a, b) => RANK.indexOf(a.reason) - RANK.indexOf(b.reason));
  const more = reasons.length > SHOWN ? `; and ${reasons.length - SHOWN} more pools` : '';
  return {
    reason: reasons[0]?.reason ?? 'NoPool',
    message: `no AddressPool can give the Service an ${family} address: ${reasons
      .slice(0, SHOWN)
      .map(({ message }) => message)
      .join('; ')}${more}`,
  };
}

// --- internal ---

const SHOWN = 3;
/** Of several pools, the one that comes closest speaks for all. */
const RANK: readonly string[] = ['PoolExhausted', 'TooManyAddresses', 'NamespaceNotAllowed', 'GroupMissing', 'NoPool'];

function whyNot(round: Round, one: Applicant, pool: Pool, family: Family): Refusal {
  if (pool.listed[family].length === 0) return { reason: 'NoPool', message: `pool ${pool.name} has no ${family} addresses` };
  if (!pool.isAutomatic && one.wish?.pool !== pool.name)
    return { reason: 'NoPool', message: `pool ${pool.name} gives addresses only to Services that ask for it` };
  return (
    poolObstacle(round, one, pool) ?? {
      reason: 'PoolExhausted',
      message: `every ${family} address of pool ${pool.name} is taken; add addresses to the pool, or delete Services that are not needed`,
    }
  );
}
