import type { Service } from '../../api/core.ts';
import { ALLOCATION_ANNOTATIONS, SERVICE_ANNOTATIONS } from '../../api/names.ts';
import type { Family } from '../../net/address.ts';
import { locateText } from '../../net/range.ts';
import type { Refusal } from '../../plan/claims/fence.ts';
import { keyOf } from '../../plan/reference.ts';
import type { Pool } from '../pool/pool.ts';
import type { Round } from '../round.ts';
import { type Applicant, grantsOf } from '../service/applicant.ts';

/** Why the Service can't have one more address of a pool, whichever; undefined when it can. */
export function poolObstacle(round: Round, one: Applicant, pool: Pool): Refusal | undefined {
  const { service, wish } = one;
  const namespace = service.metadata.namespace ?? '';
  const group = groupOf(round, one);
  if (wish?.pool !== undefined && wish.pool !== pool.name)
    return no('NoPool', `annotation ${ALLOCATION_ANNOTATIONS.pool} names pool ${wish.pool}, and not ${pool.name}`);
  if (!pool.admits(service)) return no('NoPool', `pool ${pool.name} does not admit the Service (see its namespaces and selectors)`);
  if (group !== undefined && group !== pool.group)
    return no('NoPool', `pool ${pool.name} is for KeepalivedGroup ${pool.group}, and the Service is for ${group}`);
  if (pool.fence === undefined) return no('GroupMissing', `pool ${pool.name} is for KeepalivedGroup ${pool.group}, which does not exist`);
  const had = {
    ofService: round.book.countOfService(pool.scopes[1], service),
    ofNamespace: round.book.countOfNamespace(pool.scopes[1], namespace),
    namespace,
  };
  return (
    pool.fence.refusesNamespace(namespace) ?? pool.fence.refusesOneMore('one more address', had) ?? quotaObstacle(round, pool, namespace)
  );
}

/** Why the Service can't have this address; undefined when it can. */
export function addressObstacle(round: Round, one: Applicant, address: string, pool: Pool): Refusal | undefined {
  return (
    reservationObstacle(round, one, address) ??
    poolObstacle(round, one, pool) ??
    pool.fence?.refusesAddress(address, locateText(address)) ??
    tenantObstacle(round, one, address, pool)
  );
}

/** The group whose pools the Service can get addresses of: the one that its user names, or that of the address that it has. */
export function groupOf({ poolByName }: Round, one: Applicant): string | undefined {
  return one.group ?? grantsOf(one).flatMap(({ pool = '' }) => poolByName.get(pool)?.group ?? [])[0];
}

/** Pools that can give the Service an address of a family without being asked for it by address. */
export const isOffered = ({ wish }: Applicant, pool: Pool, family: Family): boolean =>
  (pool.isAutomatic || wish?.pool === pool.name) && pool.gives[family].length > 0;

// --- internal ---

const no = (reason: Refusal['reason'], message: string): Refusal => ({ reason, message });

function quotaObstacle({ book }: Round, pool: Pool, namespace: string): Refusal | undefined {
  const had = book.countOfNamespace(pool.scopes[0], namespace);
  if (had < pool.mostPerNamespace) return undefined;
  return no(
    'TooManyAddresses',
    `namespace ${namespace} has ${had} addresses of pool ${pool.name}, and may have ${pool.mostPerNamespace}; to allow more, set "addressesPerNamespace: ${had + 1}" in the pool`,
  );
}

function reservationObstacle({ book }: Round, { service, key }: Applicant, address: string): Refusal | undefined {
  const { namespace, name } = service.metadata;
  const reservation = book.reservation(address);
  if (reservation !== undefined) {
    const isFor = reservation.namespace === namespace && (reservation.service === undefined || reservation.service === name);
    return isFor
      ? undefined
      : no('AddressReserved', `VirtualIP ${address} reserves the address for ${whom(reservation)}; choose another address`);
  }
  const kept = book.keptFor(address);
  if (kept === undefined || kept.namespace === namespace) return undefined;
  const end = book.isReserved(address) ? '' : ` until ${kept.until}`;
  return `${kept.namespace}/${kept.service}` === key
    ? undefined
    : no('AddressReserved', `${address} is kept for Service ${kept.namespace}/${kept.service}${end}; choose another address`);
}

function whom({ namespace, service }: { readonly namespace?: string; readonly service?: string }): string {
  if (namespace === undefined) return 'nobody';
  return service === undefined ? `namespace ${namespace}` : `Service ${namespace}/${service}`;
}

function tenantObstacle({ book }: Round, { service }: Applicant, address: string, pool: Pool): Refusal | undefined {
  const tenants = book.tenants(address);
  const elsewhere = tenants?.ofOtherGroup(service, pool.group);
  if (elsewhere !== undefined) {
    const group = elsewhere.metadata.annotations?.[SERVICE_ANNOTATIONS.group]?.trim();
    return conflict(address, elsewhere, `it is carried by KeepalivedGroup ${group}, and the pool is for ${pool.group}`);
  }
  const obstacle = tenants?.obstacle(service);
  return obstacle && conflict(address, obstacle.tenant, obstacle.because);
}

const conflict = (address: string, tenant: Service, because: string): Refusal =>
  no('AddressConflict', `${address} belongs to Service ${keyOf(tenant)}; ${because}`);
