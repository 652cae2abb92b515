import type { ObjectReference, Service } from '../api/core.ts';
import { SERVICE_ANNOTATIONS } from '../api/names.ts';
import type { HealthCheck } from '../api/node-config.ts';
import type { Problem } from '../api/problem.ts';
import type { Statement } from '../conf/tree.ts';
import { type Address, compareAddresses, familyOf, parseAddress } from '../net/address.ts';
import { byText } from '../net/text-order.ts';
import type { Surroundings } from './exclusive-lines.ts';
import type { PlanInput } from './input.ts';
import { keyOf, serviceReference } from './reference.ts';
import { serviceStatusProblems, writtenAddresses } from './service-status.ts';
import { serviceVerbatim } from './service-verbatim.ts';
import type { VrrpSettings } from './vrrp-settings.ts';

/** A virtual router that a Service asks for, before it has an id and an order of nodes. */
export interface WantedRouter {
  /** `namespace/service` or, spread, `namespace/service/address`. */
  readonly name: string;
  /** `namespace/name` of the Service. */
  readonly service: string;
  /** Whether the Service's other routers are to be on other nodes. */
  readonly isSpread: boolean;
  /** Canonical; IPv4 before IPv6, each by its number. */
  readonly addresses: readonly string[];
  readonly trackFile?: string;
  readonly verbatim: readonly Statement[];
  /** The Service. */
  readonly object: ObjectReference;
}

/** Whether it needs a VRRP instance that carries nothing else. */
export const needsOwnInstance = ({ trackFile, verbatim }: WantedRouter): boolean => trackFile !== undefined || verbatim.length > 0;

export interface Claims {
  /** Sorted by name. */
  readonly routers: readonly WantedRouter[];
  /** Every address that a Service of any group claims, canonical. */
  readonly claimed: ReadonlySet<string>;
  readonly checks: readonly HealthCheck[];
  readonly problems: readonly Problem[];
}

/** What the group's Services ask for, each address given to one of them: the Service that is oldest, by name among equals. */
export function claims({ group, services, otherServices = [] }: PlanInput, settings: VrrpSettings): Claims {
  const isUnicast = group.spec?.unicastEnabled === true;
  const wanted = services.filter(isLive);
  const owners = addressOwners([...wanted, ...otherServices.filter(isLive)]);
  const parts = [...wanted].sort((a, b) => byText(keyOf(a), keyOf(b))).map((service) => claimOf(service, owners, { settings, isUnicast }));
  return {
    claimed: new Set(owners.keys()),
    routers: parts.flatMap(({ routers }) => routers).sort((a, b) => byText(a.name, b.name)),
    checks: parts.flatMap(({ check }) => check ?? []),
    problems: parts.flatMap(({ problems }) => problems),
  };
}

/** Texts that stand where a Service's addresses are: assigned ones and external ones, as they are written. */
export function addressTexts(service: Service): string[] {
  const { spec, status } = service;
  const written = writtenAddresses(service);
  const assigned = spec?.type === 'LoadBalancer' ? (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? []) : [];
  return [...new Set([...assigned.filter((ip) => !written.has(ip)), ...(spec?.externalIPs ?? [])])];
}

// --- internal ---

interface Claim {
  readonly routers: readonly WantedRouter[];
  readonly check?: HealthCheck;
  readonly problems: readonly Problem[];
}

const isLive = ({ metadata }: Service): boolean => metadata.deletionTimestamp === undefined;

/** The one Service that has each address; of several the oldest. */
function addressOwners(services: readonly Service[]): ReadonlyMap<string, string> {
  const byAge = [...services].sort(
    (a, b) => byText(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') || byText(keyOf(a), keyOf(b)),
  );
  const owners = new Map<string, string>();
  for (const service of byAge) {
    for (const text of addressTexts(service)) {
      const address = parseAddress(text)?.text;
      if (address !== undefined && !owners.has(address)) owners.set(address, keyOf(service));
    }
  }
  return owners;
}

function claimOf(service: Service, owners: ReadonlyMap<string, string>, surroundings: Omit<Surroundings, 'families'>): Claim {
  const object = serviceReference(service);
  const { addresses, problems } = ownAddresses(service, owners);
  if (addresses.length === 0) return { routers: [], problems: problems.length > 0 ? problems : [noAddress(service)] };
  const key = keyOf(service);
  const verbatim = serviceVerbatim(service, { ...surroundings, families: new Set(addresses.map(familyOf)) });
  const health = healthOf(service);
  const isSpread = service.metadata.annotations?.[SERVICE_ANNOTATIONS.spread] === 'true';
  const shared = { object, service: key, isSpread, verbatim: verbatim.lines, ...(health.check && { trackFile: health.check.trackFile }) };
  const routers = isSpread
    ? addresses.map((address) => ({ ...shared, name: `${key}/${address}`, addresses: [address] }))
    : [{ ...shared, name: key, addresses }];
  return {
    routers,
    ...(health.check && { check: health.check }),
    problems: [...problems, ...verbatim.problems, ...health.problems, ...serviceStatusProblems(service)],
  };
}

/** The addresses of a Service that it owns, canonical and sorted, and what is wrong with the others. */
function ownAddresses(service: Service, owners: ReadonlyMap<string, string>): { addresses: string[]; problems: Problem[] } {
  const object = serviceReference(service);
  const owned: Address[] = [];
  const problems: Problem[] = [];
  for (const text of addressTexts(service)) {
    const address = parseAddress(text);
    const owner = address && owners.get(address.text);
    if (address === undefined) {
      problems.push({
        object,
        reason: 'InvalidAddress',
        message: `${JSON.stringify(text)} is no IP address; correct it in spec.externalIPs or status.loadBalancer`,
      });
    } else if (owner !== keyOf(service)) {
      const message = `${address.text} belongs to the older Service ${owner}; give one of the two another address, or join them into one Service`;
      problems.push({ object, reason: 'AddressConflict', message });
    } else if (!owned.some(({ text: known }) => known === address.text)) owned.push(address);
  }
  return { addresses: owned.sort(compareAddresses).map(({ text }) => text), problems };
}

function noAddress(service: Service): Problem {
  const message =
    service.spec?.type === 'LoadBalancer'
      ? 'the Service has no IP address yet: neither in status.loadBalancer.ingress nor in spec.externalIPs; set spec.externalIPs, or run something that assigns addresses'
      : `the Service is of type ${service.spec?.type ?? 'ClusterIP'} and has no spec.externalIPs; add the address that it is to have`;
  return { object: serviceReference(service), reason: 'NoAddress', message };
}

/** With `externalTrafficPolicy: Local` a node without endpoints must not be preferred: kube-proxy there drops what arrives. */
function healthOf(service: Service): { readonly check?: HealthCheck; readonly problems: readonly Problem[] } {
  if (service.spec?.externalTrafficPolicy !== 'Local') return { problems: [] };
  const port = service.spec.healthCheckNodePort ?? 0;
  if (port > 0) return { check: { trackFile: keyOf(service), port }, problems: [] };
  const message =
    'externalTrafficPolicy is Local, but Kubernetes gives a health check port to Services of type LoadBalancer only; the address may be on a node without endpoints: make it type LoadBalancer, or use externalTrafficPolicy Cluster';
  return { problems: [{ object: serviceReference(service), reason: 'NoHealthCheckPort', message }] };
}
