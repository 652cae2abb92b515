import type { Service } from '../../api/core.ts';
import type { Claim } from '../../api/virtual-ip/virtual-ip.ts';
import { type Family, familyOf } from '../../net/address.ts';
import { byText } from '../../net/text-order.ts';
import type { Refusal } from '../../plan/claims/fence.ts';
import type { Seen } from './seen.ts';
import { isRefusal, type Wish, wishOf } from './wish.ts';

/** An address that a Service has, and the pool that gave it. */
export interface Grant {
  readonly address: string;
  readonly pool?: string;
}

/** A Service that gets addresses of pools, while it is decided which. */
export interface Applicant {
  readonly seen: Seen;
  readonly service: Service;
  readonly key: string;
  /** Absent when what it asks for can't be met together: then it keeps what it has. */
  readonly wish?: Wish;
  /** The group that the user names. */
  readonly group?: string;
  /** What it has had; of each family the one that serves the wish best. */
  readonly held: readonly Grant[];
  readonly grants: Partial<Record<Family, Grant>>;
  refusals: Refusal[];
}

export function applicant(seen: Seen, held: readonly Grant[]): Applicant {
  const { service, key, group } = seen;
  const found = wishOf(service);
  const named = group !== undefined && { group };
  return isRefusal(found)
    ? { seen, service, key, held, grants: {}, ...named, refusals: [found] }
    : { seen, service, key, held, grants: {}, ...named, wish: found, refusals: [] };
}

/** The oldest first, by name among equals. */
export const byAge = (a: Seen, b: Seen): number =>
  byText(a.service.metadata.creationTimestamp ?? '', b.service.metadata.creationTimestamp ?? '') || byText(a.key, b.key);

/** Families that the Service wants and has no address of. */
export const missing = ({ wish, grants }: Applicant): Family[] => (wish?.families ?? []).filter((family) => grants[family] === undefined);

/** Whether it wants an address that it hasn't. */
export const isWanting = ({ wish, grants }: Applicant): boolean => wish?.families.some((family) => grants[family] === undefined) === true;

/** An address that the Service has, of a family. */
export const heldOf = ({ held }: Applicant, family: Family): Grant | undefined => held.find(({ address }) => familyOf(address) === family);

/** In the order of the Service's families. */
export function grantsOf({ grants, wish }: Applicant): Grant[] {
  const found: Grant[] = [];
  for (const family of wish?.families ?? BOTH) {
    const grant = grants[family];
    if (grant !== undefined) found.push(grant);
  }
  return found;
}

export const claimOf = ({ metadata }: Service, { pool }: Grant): Claim => ({
  namespace: metadata.namespace ?? '',
  service: metadata.name,
  source: 'Pool',
  ...(pool !== undefined && { pool }),
});

// --- internal ---

const BOTH: readonly Family[] = ['IPv4', 'IPv6'];
