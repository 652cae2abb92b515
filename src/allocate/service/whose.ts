import { ALLOCATION_ANNOTATIONS, LOAD_BALANCER_CLASS } from '../../api/names.ts';
import { writtenAddresses } from '../../plan/service-status.ts';
import type { AllocationInput } from '../input.ts';
import { isOurs, type Seen } from './seen.ts';

/**
 * Tells which Services get addresses of pools: those of our class; of those without a class those that name a group that has a pool and,
 * where the installation says so, all others, unless they have an address from elsewhere; one with external IPs if it also names the
 * address that it is to have. Every other is somebody else's.
 */
export function applicantsOf({ pools, settings }: AllocationInput): (seen: Seen) => boolean {
  const served = new Set(pools.map(({ spec }) => spec?.group));
  return (seen) => {
    const { type, loadBalancerClass, externalIPs = [] } = seen.service.spec ?? {};
    if (type !== 'LoadBalancer' || !seen.isLive) return false;
    if (loadBalancerClass !== undefined) return loadBalancerClass === LOAD_BALANCER_CLASS;
    const isServed = seen.group === undefined ? settings.servesWithoutClass === true || seen.had.length > 0 : served.has(seen.group);
    const asksForIt = seen.service.metadata.annotations?.[ALLOCATION_ANNOTATIONS.addresses] !== undefined;
    return isServed && (externalIPs.length === 0 || asksForIt) && !hasForeignAddress(seen);
  };
}

// --- internal ---

/** Whether another controller wrote an address into the Service's status. */
function hasForeignAddress(seen: Seen): boolean {
  if (seen.status.every((address) => isOurs(seen, address))) return false;
  const written = writtenAddresses(seen.service);
  return seen.status.some((address) => !isOurs(seen, address) && !written.has(address));
}
