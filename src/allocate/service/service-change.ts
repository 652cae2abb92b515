import type { LoadBalancerIngress, ObjectReference } from '../../api/core.ts';
import { ALLOCATED_GROUP_ANNOTATION, ALLOCATION_ANNOTATION, SERVICE_ANNOTATIONS } from '../../api/names.ts';
import { parseAddress } from '../../net/address.ts';
import { byText } from '../../net/text-order.ts';
import { serviceReference } from '../../plan/reference.ts';
import type { Round } from '../round.ts';
import { grantsOf } from './applicant.ts';
import { isOurs, type Seen } from './seen.ts';

/** A Service whose status or annotations aren't what its allocation says; all of it in one write. */
export interface ServiceChange {
  readonly object: ObjectReference;
  readonly ingress: readonly LoadBalancerIngress[];
  /** Null removes one. */
  readonly annotations: Readonly<Record<string, string | null>>;
  /** Addresses that have to be in the ledger before this is written. */
  readonly needs: readonly string[];
}

export function serviceChanges(round: Round): ServiceChange[] {
  const applicants = new Map(round.applicants.map((one) => [one.key, one]));
  const changes: ServiceChange[] = [];
  for (const seen of round.services.values()) {
    const one = applicants.get(seen.key);
    const grants = one === undefined ? [] : grantsOf(one);
    if (!seen.isLive || (grants.length === 0 && seen.had.length === 0 && seen.written.addresses.length === 0)) continue;
    const groups = grants.flatMap(({ pool = '' }) => round.poolByName.get(pool)?.group ?? []);
    const group = groups[0] ?? (grants.length > 0 ? seen.written.group : undefined);
    const change = changeOf(
      seen,
      grants.map(({ address }) => address),
      group,
    );
    if (change !== undefined) changes.push(change);
  }
  return changes.sort((a, b) => byText(keyIn(a), keyIn(b)));
}

// --- internal ---

const keyIn = ({ object }: ServiceChange): string => `${object.namespace}/${object.name}`;

function changeOf(seen: Seen, addresses: readonly string[], group: string | undefined): ServiceChange | undefined {
  const { service, status } = seen;
  const found = service.status?.loadBalancer?.ingress ?? [];
  const others = found.filter(({ ip }) => {
    const address = parseAddress(ip ?? '')?.text;
    return address === undefined || (!addresses.includes(address) && !isOurs(seen, address));
  });
  const annotations = annotationsFor(seen, addresses, group);
  const isShown = found.length === addresses.length + others.length && addresses.every((address, index) => status[index] === address);
  if (isShown && Object.keys(annotations).length === 0) return undefined;
  return {
    object: serviceReference(service),
    ingress: [...addresses.map((ip) => ({ ip, ipMode: 'VIP' })), ...others],
    annotations,
    needs: addresses,
  };
}

/** Annotations that are not yet as they have to be. A group that the user names stays his. */
function annotationsFor(seen: Seen, addresses: readonly string[], group: string | undefined): Record<string, string | null> {
  const isNamed = seen.group !== undefined;
  const present = seen.service.metadata.annotations ?? {};
  const wanted: readonly (readonly [string, string | null])[] = [
    [ALLOCATION_ANNOTATION, addresses.length > 0 ? addresses.join(',') : null],
    [ALLOCATED_GROUP_ANNOTATION, isNamed ? null : (group ?? null)],
    [SERVICE_ANNOTATIONS.group, isNamed ? (present[SERVICE_ANNOTATIONS.group] ?? null) : (group ?? null)],
  ];
  return Object.fromEntries(wanted.filter(([name, value]) => (present[name] ?? null) !== value));
}
