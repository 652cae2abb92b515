import type { LoadBalancerIngress, ObjectReference } from '../../api/core.ts';
import { ALLOCATED_GROUP_ANNOTATION, ALLOCATION_ANNOTATION, SERVICE_ANNOTATIONS } from '../../api/names.ts';
import { parseAddress } from '../../net/address.ts';
import { byText } from '../../net/text-order.ts';
import { serviceReference } from '../../plan/reference.ts';
import type { Round } from '../round.ts';
import { type Grant, grantsOf } from './applicant.ts';
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

/** By namespace and name. */
export function serviceChanges(round: Round): ServiceChange[] {
  const changes: { readonly key: string; readonly change: ServiceChange }[] = [];
  const add = ({ key }: Seen, change: ServiceChange | undefined): void => void (change && changes.push({ key, change }));
  for (const one of round.applicants) add(one.seen, changeFor(round, one.seen, grantsOf(one)));
  for (const seen of round.others) add(seen, changeFor(round, seen, []));
  return changes.sort((a, b) => byText(a.key, b.key)).map(({ change }) => change);
}

// --- internal ---

function changeFor({ poolByName }: Round, seen: Seen, grants: readonly Grant[]): ServiceChange | undefined {
  if (!seen.isLive || (grants.length === 0 && seen.had.length === 0 && seen.written.addresses.length === 0)) return undefined;
  const pool = grants.find(({ pool = '' }) => poolByName.has(pool))?.pool ?? '';
  const group = poolByName.get(pool)?.group ?? (grants.length > 0 ? seen.written.group : undefined);
  const addresses = grants.map(({ address }) => address);
  return changeOf(seen, addresses, group);
}

function changeOf(seen: Seen, addresses: readonly string[], group: string | undefined): ServiceChange | undefined {
  const { service, status } = seen;
  const found = service.status?.loadBalancer?.ingress ?? [];
  const others = found.filter(({ ip }, index) => {
    const address = ip === undefined || ip === status[index] ? ip : parseAddress(ip)?.text;
    return address === undefined || (!addresses.includes(address) && !isOurs(seen, address));
  });
  const annotations = annotationsFor(seen, addresses, group);
  const isShown = found.length === addresses.length + others.length && addresses.every((address, index) => status[index] === address);
  if (isShown && annotations.length === 0) return undefined;
  return {
    object: serviceReference(service),
    ingress: [...addresses.map((ip) => ({ ip, ipMode: 'VIP' })), ...others],
    annotations: Object.fromEntries(annotations),
    needs: addresses,
  };
}

/** Annotations that are not yet as they have to be. A group that the user names stays his. */
function annotationsFor(seen: Seen, addresses: readonly string[], group: string | undefined): (readonly [string, string | null])[] {
  const isNamed = seen.group !== undefined;
  const present = seen.service.metadata.annotations ?? {};
  const found: (readonly [string, string | null])[] = [];
  const want = (name: string, value: string | null): void => {
    if ((present[name] ?? null) !== value) found.push([name, value]);
  };
  want(ALLOCATION_ANNOTATION, addresses.length > 0 ? addresses.join(',') : null);
  want(ALLOCATED_GROUP_ANNOTATION, isNamed ? null : (group ?? null));
  if (!isNamed) want(SERVICE_ANNOTATIONS.group, group ?? null);
  return found;
}
