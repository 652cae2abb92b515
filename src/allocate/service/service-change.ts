import type { LoadBalancerIngress, ObjectReference, Service } from '../../api/core.ts';
import { ALLOCATED_GROUP_ANNOTATION, ALLOCATION_ANNOTATION, SERVICE_ANNOTATIONS } from '../../api/names.ts';
import { parseAddress } from '../../net/address.ts';
import { byText } from '../../net/text-order.ts';
import { keyOf, serviceReference } from '../../plan/reference.ts';
import type { Round } from '../round.ts';
import { grantsOf } from './applicant.ts';
import { isLive } from './whose.ts';
import { askedGroup, writtenOn } from './written.ts';

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
  const had = hadByService(round);
  return [...round.services.values()]
    .filter(isLive)
    .sort((a, b) => byText(keyOf(a), keyOf(b)))
    .flatMap((service) => {
      const one = applicants.get(keyOf(service));
      const grants = one === undefined ? [] : grantsOf(one);
      const before = new Set([...(had.get(keyOf(service)) ?? []), ...writtenOn(service).addresses]);
      if (grants.length === 0 && before.size === 0) return [];
      const groups = grants.flatMap(({ pool = '' }) => round.poolByName.get(pool)?.group ?? []);
      const group = groups[0] ?? (grants.length > 0 ? writtenOn(service).group : undefined);
      return (
        changeOf(service, {
          before,
          addresses: grants.map(({ address }) => address),
          ...(group !== undefined && { group }),
        }) ?? []
      );
    });
}

// --- internal ---

interface Wanted {
  /** Addresses that the manager may have written. */
  readonly before: ReadonlySet<string>;
  readonly addresses: readonly string[];
  readonly group?: string;
}

/** By Service the addresses of pools that the ledger says it has. */
function hadByService({ input }: Round): Map<string, string[]> {
  const claims = input.virtualIPs.flatMap(({ spec }) =>
    (spec.claims ?? [])
      .filter(({ source }) => source === 'Pool')
      .map(({ namespace, service }) => ({ key: `${namespace}/${service}`, address: spec.address })),
  );
  return new Map([...Map.groupBy(claims, ({ key }) => key)].map(([key, of]) => [key, of.map(({ address }) => address)]));
}

function changeOf(service: Service, { before, addresses, group }: Wanted): ServiceChange | undefined {
  const found = service.status?.loadBalancer?.ingress ?? [];
  const ours = new Set([...before, ...addresses]);
  const others = found.filter(({ ip }) => ip === undefined || !ours.has(parseAddress(ip)?.text ?? ip));
  const annotations = annotationsFor(service, { addresses, ...(group !== undefined && { group }) });
  const isShown = JSON.stringify(found.map(textOf)) === JSON.stringify([...addresses, ...others.map(textOf)]);
  if (isShown && Object.keys(annotations).length === 0) return undefined;
  return {
    object: serviceReference(service),
    ingress: [...addresses.map((ip) => ({ ip, ipMode: 'VIP' })), ...others],
    annotations,
    needs: addresses,
  };
}

const textOf = ({ ip, hostname }: LoadBalancerIngress): string => parseAddress(ip ?? '')?.text ?? ip ?? hostname ?? '';

/** Annotations that are not yet as they have to be. A group that the user names stays his. */
function annotationsFor(service: Service, { addresses, group }: Pick<Wanted, 'addresses' | 'group'>): Record<string, string | null> {
  const isOurs = askedGroup(service) === undefined;
  const list = addresses.length > 0 ? addresses.join(',') : null;
  const wanted = {
    [ALLOCATION_ANNOTATION]: list,
    [ALLOCATED_GROUP_ANNOTATION]: isOurs ? (group ?? null) : null,
    ...(isOurs && { [SERVICE_ANNOTATIONS.group]: group ?? null }),
  };
  const present = service.metadata.annotations ?? {};
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => (present[name] ?? null) !== value));
}
