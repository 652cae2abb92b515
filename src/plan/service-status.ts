import type { LoadBalancerIngress, ObjectReference, Service } from '../api/core.ts';
import { SERVICE_ANNOTATIONS, SERVICE_STATUS_ANNOTATION } from '../api/names.ts';
import type { Problem } from '../api/problem.ts';
import { serviceReference } from './reference.ts';

/** A Service's `.status.loadBalancer` as it is to become; both parts in one write, or we wouldn't know later what was ours. */
export interface ServiceStatus {
  readonly object: ObjectReference;
  readonly ingress: readonly LoadBalancerIngress[];
  /** Value of {@link SERVICE_STATUS_ANNOTATION}; null removes it. */
  readonly written: string | null;
}

/**
 * What has to be written so that the status lists `carried` beside what others wrote there, or, where that wasn't asked for (annotation
 * `updateservicestatus`), nothing of ours any more. Undefined when it is so already. For a Service that names no group, `carried` is empty.
 * @param saved - what a group's status says that we wrote, should the annotation be lost
 */
export function serviceStatus(
  service: Service,
  carried: readonly string[],
  saved: ReadonlySet<string> = new Set(),
): ServiceStatus | undefined {
  const found = service.status?.loadBalancer?.ingress ?? [];
  const annotated = writtenAddresses(service);
  const before = new Set([...annotated, ...saved]);
  const others = found.filter(({ ip }) => ip === undefined || !before.has(ip));
  const theirs = new Set(others.map(({ ip }) => ip));
  const ours = isListed(service) ? carried.filter((address) => !theirs.has(address)) : [];
  const present = new Set(found.map(({ ip }) => ip));
  const isLeft = [...before].some((address) => present.has(address) && !ours.includes(address));
  const isSame = ours.length === annotated.size && !isLeft && ours.every((address) => annotated.has(address) && present.has(address));
  if (isSame) return undefined;
  return {
    object: serviceReference(service),
    ingress: [...others, ...ours.map((ip) => ({ ip }))],
    written: ours.length > 0 ? ours.join(',') : null,
  };
}

/** Addresses in the Service's status that we wrote: nobody assigned them to it, so they are none that it asks for. */
export function writtenAddresses({ metadata }: Service): ReadonlySet<string> {
  return new Set((metadata.annotations?.[SERVICE_STATUS_ANNOTATION] ?? '').split(',').filter((text) => text !== ''));
}

/** Those of the addresses in a Service's status, as it is or is to become, that are ours. */
export function ownAddresses(service: Service, carried: readonly string[], saved: ReadonlySet<string>): string[] {
  const found = (service.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? []);
  const before = new Set([...writtenAddresses(service), ...saved]);
  const theirs = new Set(found.filter((ip) => !before.has(ip)));
  const listed = isListed(service) ? carried.filter((address) => !theirs.has(address)) : [];
  return [...new Set([...found.filter((ip) => before.has(ip)), ...listed])];
}

/** Why a status that was asked for can't be written. */
export function serviceStatusProblems(service: Service): Problem[] {
  if (!isAskedFor(service) || isLoadBalancer(service)) return [];
  const message = `annotation ${SERVICE_ANNOTATIONS.updateStatus} is "true", and the Service is of type ${service.spec?.type ?? 'ClusterIP'}; Kubernetes allows status.loadBalancer for type LoadBalancer only: change the type, or remove the annotation`;
  return [{ object: serviceReference(service), reason: 'ServiceStatusImpossible', message }];
}

// --- internal ---

const isListed = (service: Service): boolean => isAskedFor(service) && isLoadBalancer(service);
const isAskedFor = ({ metadata }: Service): boolean => metadata.annotations?.[SERVICE_ANNOTATIONS.updateStatus] === 'true';
const isLoadBalancer = ({ spec }: Service): boolean => spec?.type === 'LoadBalancer';
