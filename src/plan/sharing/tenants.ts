import type { Service } from '../../api/core.ts';
import { ALLOCATION_ANNOTATIONS } from '../../api/names.ts';

/** Why a Service can't have an address together with one that has it. */
export interface Obstacle {
  readonly tenant: Service;
  /** As a clause: what the two have, and what to do. */
  readonly because: string;
}

/**
 * The Services that have one address together. The rule is that of Kubernetes, where a connection is told by address, protocol and port. It
 * costs no more the more of them there are.
 */
export class Tenants {
  readonly #services: Service[];
  #indexed = 0;
  readonly #byPort = new Map<string, Service>();
  /** By namespace, then by sharing key, one for all. */
  readonly #byNamespace = new Map<string, Map<string, Service>>();

  constructor(services: readonly Service[] = []) {
    this.#services = [...services];
  }

  /** In the order in which they were added. */
  get services(): readonly Service[] {
    return this.#services;
  }

  add(service: Service): void {
    this.#services.push(service);
  }

  hasOneOf(namespace: string): boolean {
    this.#index();
    return this.#byNamespace.has(namespace);
  }

  obstacle(service: Service): Obstacle | undefined {
    this.#index();
    return this.#stranger(service) ?? this.#portObstacle(service) ?? this.#policyObstacle(service);
  }

  #stranger(service: Service): Obstacle | undefined {
    const own = sharingKeyOf(service);
    for (const [namespace, byKey] of this.#byNamespace)
      for (const [key, tenant] of namespace === namespaceOf(service) ? [] : byKey)
        if (key === '' || key !== own)
          return {
            tenant,
            because: `to share it across namespaces, give both Services the same annotation ${ALLOCATION_ANNOTATIONS.sharingKey}`,
          };
    return undefined;
  }

  #portObstacle(service: Service): Obstacle | undefined {
    const ports = portsOf(service);
    const [first] = this.#services;
    // One without ports is alone.
    if (first !== undefined && (ports.length === 0 || portsOf(first).length === 0))
      return { tenant: first, because: 'a Service without ports shares its address with no other' };
    const port = ports.find((one) => this.#byPort.has(one));
    const tenant = port === undefined ? undefined : this.#byPort.get(port);
    return tenant && { tenant, because: `both Services use port ${port}: change one of the two to share the address` };
  }

  /** All that are here agree. */
  #policyObstacle(service: Service): Obstacle | undefined {
    const [tenant] = this.#services;
    if (tenant === undefined || reachOf(tenant) === reachOf(service)) return undefined;
    const because = 'with externalTrafficPolicy Local, Services share an address only if both have that policy and the same selector';
    return { tenant, because };
  }

  #index(): void {
    for (const service of this.#services.slice(this.#indexed)) {
      const byKey = this.#byNamespace.get(namespaceOf(service)) ?? new Map<string, Service>();
      this.#byNamespace.set(namespaceOf(service), byKey);
      if (!byKey.has(sharingKeyOf(service))) byKey.set(sharingKeyOf(service), service);
      for (const port of portsOf(service)) this.#byPort.set(port, service);
    }
    this.#indexed = this.#services.length;
  }
}

/** Why two Services can't have one address together, as a clause; undefined where they can. */
export const sharingObstacle = (first: Service, second: Service): string | undefined => new Tenants([first]).obstacle(second)?.because;

/** To which nodes connections may come: to all, or with policy Local to those of the Service's endpoints. */
export const reachOf = ({ spec }: Service): string =>
  spec?.externalTrafficPolicy === 'Local'
    ? `Local ${JSON.stringify(Object.entries(spec.selector ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)))}`
    : 'Cluster';

/** `80/TCP`. */
export const portsOf = ({ spec }: Service): string[] => (spec?.ports ?? []).map(({ port, protocol = 'TCP' }) => `${port}/${protocol}`);

// --- internal ---

const namespaceOf = ({ metadata }: Service): string => metadata.namespace ?? '';
const sharingKeyOf = ({ metadata }: Service): string => metadata.annotations?.[ALLOCATION_ANNOTATIONS.sharingKey]?.trim() ?? '';
