import type { Service } from '../../api/core.ts';
import { keyOf } from '../../plan/reference.ts';
import type { Applicant, Grant } from './applicant.ts';
import { askedGroup, statusAddresses, type Written, writtenOn } from './written.ts';

/** A Service as it is found, read once. */
export interface Seen {
  readonly service: Service;
  /** `namespace/name`. */
  readonly key: string;
  readonly namespace: string;
  readonly isLive: boolean;
  /** What the manager wrote on it. */
  readonly written: Written;
  /** The group that its user names. */
  readonly group: string | undefined;
  /** Addresses in its status; canonical. */
  readonly status: readonly string[];
  /** What pools gave it, as the ledger says. */
  readonly had: Grant[];
  /** Set when it turns out to be one that gets addresses of pools. */
  applicant: Applicant | undefined;
}

/** The Service, before the ledger was read. */
export function see(service: Service): Seen {
  const written = writtenOn(service);
  return {
    service,
    key: keyOf(service),
    namespace: service.metadata.namespace ?? '',
    isLive: service.metadata.deletionTimestamp === undefined,
    written,
    group: askedGroup(service, written),
    status: statusAddresses(service),
    had: [],
    applicant: undefined,
  };
}

/** Whether the manager wrote the address, or may have. */
export const isOurs = ({ had, written }: Seen, address: string): boolean =>
  written.addresses.includes(address) || had.some((grant) => grant.address === address);

/** What the manager wrote into the status. Whatever the ledger says, clients use it until it is out of there. */
export const shownByUs = ({ status, written }: Seen): string[] => status.filter((address) => written.addresses.includes(address));
