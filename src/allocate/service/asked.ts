import type { Service } from '../../api/core.ts';
import { SERVICE_ANNOTATIONS } from '../../api/names.ts';
import type { Source } from '../../api/virtual-ip/virtual-ip.ts';
import { parseAddress } from '../../net/address.ts';
import { locateText } from '../../net/range.ts';
import { type Fence, fenceOf } from '../../plan/claims/fence.ts';
import { keyOf } from '../../plan/reference.ts';
import { writtenAddresses } from '../../plan/service-status.ts';
import type { AllocationInput } from '../input.ts';
import { isOurs, type Seen } from './seen.ts';

/** An address that a Service has or asks for without a pool. */
export interface Asked {
  readonly address: string;
  readonly service: Service;
  readonly source: Exclude<Source, 'Pool'>;
  /** The group that is to carry it, `namespace/name`; absent where the Service names none. */
  readonly group?: string;
}

/** What external IPs name, as far as the group lets them, and what other controllers wrote into a status. No pool gives these to others. */
export function askedAddresses({ groups }: AllocationInput, services: readonly Seen[]): Asked[] {
  const fences = new Map(groups.map((group) => [keyOf(group), fenceOf(group)]));
  const found: Asked[] = [];
  for (const seen of services) {
    const { service, isLive } = seen;
    const foreign = foreignAddresses(seen);
    if (!isLive || (foreign.length === 0 && service.spec?.externalIPs === undefined)) continue;
    const group = service.metadata.annotations?.[SERVICE_ANNOTATIONS.group]?.trim();
    const named = group !== undefined && { group };
    for (const address of externalAddresses(seen, fences.get(group ?? '')))
      found.push({ address, service, source: 'ExternalIP', ...named });
    for (const address of foreign) found.push({ address, service, source: 'Status', ...named });
  }
  return found;
}

// --- internal ---

/** Those that the fences of the group let the Service have; none without a group, for then nobody carries them. */
function externalAddresses({ service, namespace }: Seen, fence: Fence | undefined): string[] {
  if (fence === undefined || fence.refusesNamespace(namespace) !== undefined) return [];
  const all = new Set((service.spec?.externalIPs ?? []).flatMap((text) => parseAddress(text)?.text ?? []));
  return [...all].filter((address) => fence.refusesAddress(address, locateText(address)) === undefined);
}

const NONE: readonly string[] = [];

function foreignAddresses(seen: Seen): readonly string[] {
  if (seen.service.spec?.type !== 'LoadBalancer' || seen.status.every((address) => isOurs(seen, address))) return NONE;
  const written = writtenAddresses(seen.service);
  return seen.status.filter((address) => !isOurs(seen, address) && !written.has(address));
}
