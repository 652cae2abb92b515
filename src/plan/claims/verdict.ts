import type { Refusal } from './fence.ts';
import type { Lingering } from './holding.ts';
import type { Reservation } from './reserved-address.ts';

/** Sentences about one address: why a Service doesn't get it, or what is to be said of one that it has. */

export const reservedFor = (address: string, { is, allow }: Reservation): Refusal => ({
  reason: 'AddressReserved',
  message: `${address} is ${is}, which no Service may take; give the Service another address${allow === undefined ? '' : `, ${allow}`}`,
});

/** Of an address that another controller wrote into the Service's status, and nobody asked for. */
export const assignedByOthers = (address: string, { is }: Reservation): Refusal => ({
  reason: 'AssignedAddressReserved',
  message: `status.loadBalancer has ${address}, ${is}: another controller wrote it, as ServiceLB of k3s does, and the group does not carry it; its other addresses are not concerned. To keep that controller off, disable it or set spec.loadBalancerClass`,
});

export const keptThough = (address: string, { is, advice, allow = 'or off that host' }: Reservation): Refusal => ({
  reason: 'AddressAlsoReserved',
  message: `${address} is also ${is}; the Service had it before and keeps it: ${advice ?? `take it out of the Service, ${allow}`}`,
});

/** @param because - why the two can't share it, as a clause */
export const conflictWith = (address: string, owner: string, because: string): Refusal => ({
  reason: 'AddressConflict',
  message: `${address} belongs to Service ${owner}, which had it first; ${because}, or give one of the two another address`,
});

export const stillHeld = (address: string, { holder, nodes, until }: Lingering): Refusal => ({
  reason: 'AddressLingers',
  message: `${address} was the address of Service ${holder}, and ${nodes} may still have it; the Service gets it when ${until}`,
});
