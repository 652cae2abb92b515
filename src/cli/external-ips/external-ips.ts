import type { Service } from '../../api/core.ts';
import { LOAD_BALANCER_CLASS, SERVICE_ANNOTATIONS } from '../../api/names.ts';
import type { AddressPool, AddressPoolSpec } from '../../api/pool/address-pool.ts';
import { familyOf, parseAddress } from '../../net/address.ts';
import { containsAny, locateText, parseRange } from '../../net/range.ts';
import { byText } from '../../net/text-order.ts';
import { keyOf } from '../../plan/reference.ts';

/** A Service that has its addresses from `spec.externalIPs`. */
export interface ExternalIPs {
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  /** The KeepalivedGroup that carries them; absent where they are somebody else's. */
  readonly group?: string;
  /** Canonical where they can be read. */
  readonly addresses: readonly string[];
  /** The field as it stands. */
  readonly written: readonly string[];
  /** The pool that can give it the same addresses; absent where {@link obstacle} says why there is none. */
  readonly pool?: string;
  /** Why it can't have the same addresses of a pool yet, and what to do. */
  readonly obstacle?: string;
}

/** The Services with external IPs, and what is in the way of having the same addresses from a pool; by namespace and name. */
export function externalIPsIn(services: readonly Service[], pools: readonly AddressPool[]): ExternalIPs[] {
  return services
    .filter(({ spec }) => (spec?.externalIPs ?? []).length > 0)
    .sort((a, b) => byText(keyOf(a), keyOf(b)))
    .map((service) => {
      const { metadata, spec } = service;
      const group = metadata.annotations?.[SERVICE_ANNOTATIONS.group]?.trim();
      const written = spec?.externalIPs ?? [];
      const addresses = [...new Set(written.map((text) => parseAddress(text)?.text ?? text))];
      const { namespace = '', name } = metadata;
      const found = group === undefined ? { obstacle: 'it names no KeepalivedGroup' } : way(service, { group, addresses, pools });
      return { namespace, name, type: spec?.type ?? 'ClusterIP', ...(group !== undefined && { group }), addresses, written, ...found };
    });
}

// --- internal ---

interface Wanted {
  readonly group: string;
  readonly addresses: readonly string[];
  readonly pools: readonly AddressPool[];
}

function way(service: Service, { group, addresses, pools }: Wanted): { readonly pool: string } | { readonly obstacle: string } {
  const { type, loadBalancerClass, clusterIP } = service.spec ?? {};
  const unreadable = addresses.find((text) => parseAddress(text) === undefined);
  if (unreadable !== undefined) return { obstacle: `${JSON.stringify(unreadable)} is not an IP address; correct it` };
  if (type === 'ExternalName' || clusterIP === 'None')
    return { obstacle: 'a Service without a cluster IP can not be of type LoadBalancer' };
  if (loadBalancerClass !== undefined && loadBalancerClass !== LOAD_BALANCER_CLASS)
    return { obstacle: `its class ${loadBalancerClass} is another's` };
  if (new Set(addresses.map(familyOf)).size < addresses.length)
    return { obstacle: 'it has several addresses of one family, and a pool gives one of each; make a Service for each of the others' };
  const holding = pools.filter(({ spec }) => spec?.group === group && holds(spec, addresses));
  const [pool] = holding.map(({ metadata }) => metadata.name).sort(byText);
  if (pool !== undefined) return { pool };
  return {
    obstacle: `no AddressPool of group ${group} holds ${addresses.join(' and ')}; add ${addresses.length > 1 ? 'them' : 'it'} to one`,
  };
}

function holds({ addresses = [], excludedAddresses = [] }: AddressPoolSpec, wanted: readonly string[]): boolean {
  const [isIn, isOut] = [addresses, excludedAddresses].map((texts) => containsAny(texts.flatMap((text) => parseRange(text) ?? [])));
  return wanted.map(locateText).every((located) => isIn?.(located) === true && isOut?.(located) !== true);
}
