import type { Service } from '../../api/core.ts';
import { LOAD_BALANCER_CLASS } from '../../api/names.ts';
import { writtenAddresses } from '../../plan/service-status.ts';
import type { AllocationInput } from '../input.ts';
import { askedGroup, statusAddresses, writtenOn } from './written.ts';

/** Whether the Service's object is to stay. */
export const isLive = ({ metadata }: Service): boolean => metadata.deletionTimestamp === undefined;

/**
 * Tells which Services get addresses of pools: those of our class; of those without a class those that name a group that has a pool and,
 * where the installation says so, all others, unless they have an address from elsewhere. Every other is somebody else's.
 */
export function applicantsOf({ pools, settings }: AllocationInput): (service: Service, has: ReadonlySet<string>) => boolean {
  const served = new Set(pools.map(({ spec }) => spec?.group));
  return (service, has) => {
    const { type, loadBalancerClass, externalIPs = [] } = service.spec ?? {};
    if (type !== 'LoadBalancer' || !isLive(service)) return false;
    if (loadBalancerClass !== undefined) return loadBalancerClass === LOAD_BALANCER_CLASS;
    const group = askedGroup(service);
    const isServed = group === undefined ? settings.servesWithoutClass === true || has.size > 0 : served.has(group);
    return isServed && externalIPs.length === 0 && !hasForeignAddress(service, has);
  };
}

// --- internal ---

/** Whether another controller wrote an address into the Service's status. */
function hasForeignAddress(service: Service, has: ReadonlySet<string>): boolean {
  const ours = new Set([...has, ...writtenOn(service).addresses, ...writtenAddresses(service)]);
  return statusAddresses(service).some((address) => !ours.has(address));
}
