import type { ReservedRouterId } from '../input.ts';

/** A virtual address that an OpenShift cluster on bare metal keeps alive by itself, with keepalived. */
export interface OpenshiftRouterId {
  /** As `runtimecfg vr-ids` calls it. */
  readonly name: 'APIVirtualRouterID' | 'DNSVirtualRouterID' | 'IngressVirtualRouterID';
  readonly id: number;
}

/**
 * The virtual router ids that OpenShift derives from the name of a cluster (`metadata.name` of its install-config), as its installer does
 * (openshift/baremetal-runtimecfg, `vr-ids`). Versions before 4.8 have one for DNS too.
 * @throws RangeError for an empty name
 */
export function openshiftRouterIds(cluster: string, { withDns = false } = {}): OpenshiftRouterId[] {
  if (cluster === '') throw new RangeError('the name of the cluster is empty; expected metadata.name of its install-config');
  const api = idFor(`${cluster}-api`);
  const dns = withDns ? unlike(idFor(`${cluster}-dns`), api) : undefined;
  const ingress = unlike(idFor(`${cluster}-ingress`), ...(dns === undefined ? [api] : [api, dns]));
  return [
    { name: 'APIVirtualRouterID', id: api },
    ...(dns === undefined ? [] : [{ name: 'DNSVirtualRouterID' as const, id: dns }]),
    { name: 'IngressVirtualRouterID', id: ingress },
  ];
}

/** Those ids, for {@link Settings.reservedRouterIds}. */
export function reservedByOpenshift(cluster: string): ReservedRouterId[] {
  return openshiftRouterIds(cluster).map(({ name, id }) => ({ id, user: `the OpenShift cluster ${cluster} itself (${name})` }));
}

// --- internal ---

/** 0 is not a virtual router id. */
const idFor = (text: string): number => fletcher8(new TextEncoder().encode(text)) + 1;

/** Fletcher's checksum over two halves of a byte, wrapping at 256 before it is reduced, as the original does. */
export function fletcher8(bytes: Uint8Array): number {
  let [low, high] = [0, 0];
  for (const byte of bytes) {
    low = ((low + byte) % 256) % 15;
    high = ((high + low) % 256) % 15;
  }
  return high * 16 + low;
}

function unlike(id: number, ...others: readonly number[]): number {
  let unlike = id;
  while (others.includes(unlike)) unlike++;
  return unlike;
}
