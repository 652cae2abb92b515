import type { Service } from '../../api/core.ts';
import type { SharedAddress } from '../../api/group/keepalived-group.ts';
import { type Address, compareAddresses, parseAddress } from '../../net/address.ts';
import type { Located } from '../../net/range.ts';
import { writtenAddresses } from '../service-status.ts';
import type { Budget } from './budget.ts';
import type { Fence } from './fence.ts';
import type { Reservation } from './reserved-address.ts';

/** What a group lets its Services have, and what was saved of it. */
export interface Limits {
  /** `namespace/name` of the group. */
  readonly group: string;
  /** By address that Services share or shared. */
  readonly shared: Readonly<Record<string, SharedAddress>>;
  readonly fence: Fence;
  readonly gateway: (address: string, located: Located) => Reservation | undefined;
  readonly budget: Budget;
}

export interface Fenced extends Limits {
  readonly service: Service;
  /** Addresses in the Service's status that we wrote, as far as a group's status remembers. */
  readonly written: ReadonlySet<string>;
}

/** One address that a Service asks for. */
export interface Request extends Fenced {
  readonly address: Address;
  /** Whether only `status.loadBalancer` has the address, where another controller wrote it. */
  readonly isAssigned: boolean;
}

/** One for each address that is one; none from a namespace that may not use the group. */
export function requestsOf(fenced: Fenced): Request[] {
  const { service, fence, written } = fenced;
  if (fence.refusesNamespace(service.metadata.namespace ?? '')) return [];
  const external = new Set(service.spec?.externalIPs);
  const addresses = new Map<string, Address>();
  const asked = new Set<string>();
  for (const text of addressTexts(service, written)) {
    const address = parseAddress(text);
    if (address === undefined) continue;
    addresses.set(address.text, address);
    if (external.has(text)) asked.add(address.text);
  }
  return [...addresses.values()].sort(compareAddresses).map((address) => ({ ...fenced, address, isAssigned: !asked.has(address.text) }));
}

/**
 * Texts where a Service's addresses are expected: assigned ones and external ones, as they are written.
 * @param saved - what of its status we wrote, beside what its annotation says
 */
export function addressTexts(service: Service, saved: ReadonlySet<string> = new Set()): string[] {
  const { spec, status } = service;
  const written = writtenAddresses(service);
  const assigned = spec?.type === 'LoadBalancer' ? (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? []) : [];
  return [...new Set([...assigned.filter((ip) => !written.has(ip) && !saved.has(ip)), ...(spec?.externalIPs ?? [])])];
}
