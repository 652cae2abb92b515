import type { Service } from '../../api/core.ts';
import { SERVICE_ANNOTATIONS } from '../../api/names.ts';
import type { Source } from '../../api/virtual-ip/virtual-ip.ts';
import { parseAddress } from '../../net/address.ts';
import { locateText } from '../../net/range.ts';
import { fenceOf } from '../../plan/claims/fence.ts';
import { keyOf } from '../../plan/reference.ts';
import { writtenAddresses } from '../../plan/service-status.ts';
import type { AllocationInput } from '../input.ts';
import { isLive } from './whose.ts';
import { statusAddresses, writtenOn } from './written.ts';

/** An address that a Service has or asks for without a pool. */
export interface Asked {
  readonly address: string;
  readonly service: Service;
  readonly source: Exclude<Source, 'Pool'>;
  /** The group that is to carry it, `namespace/name`; absent where the Service names none. */
  readonly group?: string;
}

/** What external IPs name, as far as the group lets them, and what other controllers wrote into a status. No pool gives these to others. */
export function askedAddresses({ services, groups }: AllocationInput, has: (service: Service) => ReadonlySet<string>): Asked[] {
  const fences = new Map(groups.map((group) => [keyOf(group), fenceOf(group)]));
  return services.filter(isLive).flatMap((service) => {
    const group = service.metadata.annotations?.[SERVICE_ANNOTATIONS.group]?.trim();
    const fence = fences.get(group ?? '');
    const named = group !== undefined && { group };
    const isAllowed = (address: string): boolean =>
      fence !== undefined &&
      fence.refusesNamespace(service.metadata.namespace ?? '') === undefined &&
      fence.refusesAddress(address, locateText(address)) === undefined;
    return [
      ...externalAddresses(service)
        .filter(isAllowed)
        .map((address) => ({ address, service, source: 'ExternalIP' as const, ...named })),
      ...foreignAddresses(service, has).map((address) => ({ address, service, source: 'Status' as const, ...named })),
    ];
  });
}

// --- internal ---

const externalAddresses = ({ spec }: Service): string[] => [
  ...new Set((spec?.externalIPs ?? []).flatMap((text) => parseAddress(text)?.text ?? [])),
];

function foreignAddresses(service: Service, has: (service: Service) => ReadonlySet<string>): string[] {
  if (service.spec?.type !== 'LoadBalancer' || service.status?.loadBalancer?.ingress === undefined) return [];
  const ours = new Set([...has(service), ...writtenOn(service).addresses, ...writtenAddresses(service)]);
  return statusAddresses(service).filter((address) => !ours.has(address));
}
