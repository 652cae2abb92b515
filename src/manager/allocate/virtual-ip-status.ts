import type { Service } from '../../api/core.ts';
import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import { SERVICE_ANNOTATIONS } from '../../api/names.ts';
import type { VirtualIP, VirtualIPStatus } from '../../api/virtual-ip/virtual-ip.ts';
import { portsOf } from '../../plan/sharing/tenants.ts';

export interface Seen {
  readonly serviceOf: (key: string) => Service | undefined;
  readonly groupOf: (key: string) => KeepalivedGroup | undefined;
  /** Name of the virtual router of a group that carries an address. */
  readonly routerOf: (group: string, address: string) => string | undefined;
}

/** The status that a VirtualIP is to have; undefined when it has it. @param time - RFC 3339 */
export function virtualIPStatus(one: VirtualIP, seen: Seen, time: string): VirtualIPStatus | undefined {
  const { claims = [], address } = one.spec;
  const services = claims.flatMap(({ namespace, service }) => seen.serviceOf(`${namespace}/${service}`) ?? []);
  const group = services.flatMap(({ metadata }) => metadata.annotations?.[SERVICE_ANNOTATIONS.group]?.trim() ?? [])[0];
  const [first] = claims;
  const more = claims.length > 1 ? ` +${claims.length - 1}` : '';
  const ports = [...new Set(services.flatMap(portsOf))].sort();
  const place = group === undefined ? {} : placeOf(seen, group, address);
  const { since: _, observedGeneration: __, ...before } = one.status ?? {};
  const wanted: VirtualIPStatus = {
    ...(first && { service: `${first.namespace}/${first.service}${more}` }),
    ...(ports.length > 0 && { ports }),
    source: first?.source ?? 'Reservation',
    ...(first?.pool !== undefined && { pool: first.pool }),
    ...(group !== undefined && { group }),
    ...place,
  };
  if (sorted(before) === sorted(wanted)) return undefined;
  const isMoved = before.node !== place.node || before.state !== place.state;
  const since = isMoved ? time : one.status?.since;
  return { ...wanted, ...(since !== undefined && { since }) };
}

// --- internal ---

type Place = Pick<VirtualIPStatus, 'virtualRouter' | 'virtualRouterID' | 'node' | 'state'>;

/** Where the group's status says that the address is. */
function placeOf({ groupOf, routerOf }: Seen, groupKey: string, address: string): Place {
  const group = groupOf(groupKey);
  const name = routerOf(groupKey, address);
  if (group === undefined || name === undefined) return {};
  const router = group.status?.virtualRouters?.find((one) => one.name === name);
  const id = group.status?.routerIDs?.[name];
  return {
    virtualRouter: name,
    ...(id !== undefined && { virtualRouterID: id }),
    ...(router?.node !== undefined && { node: router.node }),
    ...(router !== undefined && { state: router.state }),
  };
}

const sorted = (status: VirtualIPStatus): string => JSON.stringify(Object.entries(status).sort(([a], [b]) => (a < b ? -1 : 1)));
