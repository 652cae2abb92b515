import type { Service } from '../../api/core.ts';
import { ALLOCATION_ANNOTATIONS } from '../../api/names.ts';
import { firstElsewhere, firstOf, portsOf, reachOf, TenantIndex } from './tenant-index.ts';

export { portsOf, reachOf } from './tenant-index.ts';

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
  readonly #services: Set<Service>;
  /** Made when somebody asks: most addresses have one Service, and nobody asks for them. */
  #index: TenantIndex | undefined;

  constructor(services: Iterable<Service> = []) {
    this.#services = new Set(services);
  }

  /** In the order in which they were added. */
  get services(): readonly Service[] {
    return [...this.#services];
  }

  get size(): number {
    return this.#services.size;
  }

  has(service: Service): boolean {
    return this.#services.has(service);
  }

  /** The one that was added before all others. */
  first(): Service | undefined {
    return firstOf(this.#services);
  }

  add(service: Service): void {
    if (this.#services.has(service)) return;
    this.#services.add(service);
    this.#index?.add(service);
  }

  remove(service: Service): void {
    if (this.#services.delete(service)) this.#index?.remove(service);
  }

  hasOneOf(namespace: string): boolean {
    return this.#indexed().namespaces.has(namespace);
  }

  /** One of the others that names another KeepalivedGroup, `namespace/name`. */
  ofOtherGroup(service: Service, group: string): Service | undefined {
    if (this.#isAlone(service)) return undefined;
    return firstElsewhere(this.#indexed().groups, new Set(['', group]), service);
  }

  /** What is between the Service and the others. */
  obstacle(service: Service): Obstacle | undefined {
    if (this.#isAlone(service)) return undefined;
    return this.#stranger(service) ?? this.#portObstacle(service) ?? this.#policyObstacle(service);
  }

  #isAlone(service: Service): boolean {
    return this.#services.size === Number(this.#services.has(service));
  }

  #stranger(service: Service): Obstacle | undefined {
    const tenant = this.#indexed().stranger(service);
    const because = `to share it across namespaces, give both Services the same annotation ${ALLOCATION_ANNOTATIONS.sharingKey}`;
    return tenant && { tenant, because };
  }

  #portObstacle(service: Service): Obstacle | undefined {
    const { ports, portless } = this.#indexed();
    const own = portsOf(service);
    // One without ports is alone.
    const bare = firstOf(own.length === 0 ? this.#services : portless, service);
    if (bare !== undefined) return { tenant: bare, because: 'a Service without ports shares its address with no other' };
    for (const port of own) {
      const tenant = firstOf(ports.get(port) ?? NOBODY, service);
      if (tenant !== undefined) return { tenant, because: `both Services use port ${port}: change one of the two to share the address` };
    }
    return undefined;
  }

  #policyObstacle(service: Service): Obstacle | undefined {
    const tenant = firstElsewhere(this.#indexed().reaches, new Set([reachOf(service)]), service);
    const because = 'with externalTrafficPolicy Local, Services share an address only if both have that policy and the same selector';
    return tenant && { tenant, because };
  }

  #indexed(): TenantIndex {
    this.#index ??= new TenantIndex(this.#services);
    return this.#index;
  }
}

/** Why two Services can't have one address together, as a clause; undefined where they can. */
export const sharingObstacle = (first: Service, second: Service): string | undefined => new Tenants([first]).obstacle(second)?.because;

// --- internal ---

const NOBODY: ReadonlySet<Service> = new Set();
