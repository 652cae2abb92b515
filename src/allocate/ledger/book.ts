import type { Service } from '../../api/core.ts';
import { MANAGED_LABEL } from '../../api/names.ts';
import type { KeptFor, VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import { Tenants } from '../../plan/sharing/tenants.ts';

/** Which Services have or ask for each address, and what the ledger keeps; the one place that says whether an address is free. */
export class Book {
  readonly #now: number;
  readonly #records: ReadonlyMap<string, VirtualIP>;
  /** Most addresses have one Service, and nobody asks who. */
  readonly #tenants = new Map<string, Service | Tenants>();
  /** By group or pool. */
  readonly #counts = new Map<string, Counts>();

  constructor(virtualIPs: readonly VirtualIP[], now: number) {
    this.#now = now;
    this.#records = new Map(virtualIPs.map((one) => [one.spec.address, one]));
  }

  record(address: string): VirtualIP | undefined {
    return this.#records.get(address);
  }

  records(): Iterable<readonly [string, VirtualIP]> {
    return this.#records;
  }

  tenants(address: string): Tenants | undefined {
    const found = this.#tenants.get(address);
    if (found === undefined || found instanceof Tenants) return found;
    const tenants = new Tenants([found]);
    this.#tenants.set(address, tenants);
    return tenants;
  }

  isTaken(address: string): boolean {
    const found = this.#tenants.get(address);
    return found instanceof Tenants ? found.size > 0 : found !== undefined;
  }

  /** @param scopes - groups and pools that count the address */
  add(address: string, service: Service, scopes: readonly string[]): void {
    const found = this.#tenants.get(address);
    if (found === undefined) this.#tenants.set(address, service);
    else if (found === service) return;
    else {
      const tenants = this.tenants(address);
      if (tenants === undefined || tenants.has(service)) return;
      tenants.add(service);
    }
    this.#count(service, scopes, 1);
  }

  remove(address: string, service: Service, scopes: readonly string[]): void {
    const tenants = this.tenants(address);
    if (tenants === undefined || !tenants.has(service)) return;
    tenants.remove(service);
    this.#count(service, scopes, -1);
  }

  /** How many addresses of a group or pool the Service has. */
  countOfService(scope: string, service: Service): number {
    return this.#counts.get(scope)?.services.get(service) ?? 0;
  }

  /** How many addresses of a group or pool the Services of the namespace have, each counted for each of them. */
  countOfNamespace(scope: string, namespace: string): number {
    return this.#counts.get(scope)?.namespaces.get(namespace) ?? 0;
  }

  /** Whether nobody has the address and nothing is kept for anybody. */
  isFree(address: string): boolean {
    if (this.isTaken(address)) return false;
    return this.record(address) === undefined || (!this.isReserved(address) && this.keptFor(address) === undefined);
  }

  /** Whether a reservation is in force, or the record stays for the Service that had the address last. */
  isReserved(address: string): boolean {
    return this.reservation(address) !== undefined || this.record(address)?.spec.retain === true;
  }

  /** The reservation that is in force. An address that a user made a record for, and nothing else, is for nobody. */
  reservation(address: string): { readonly namespace?: string; readonly service?: string } | undefined {
    const record = this.record(address);
    const reservation = record?.spec.reservation;
    if (reservation !== undefined) return isOver(reservation.until, this.#now) ? undefined : reservation;
    return record !== undefined && isBare(record) ? {} : undefined;
  }

  keptFor(address: string): KeptFor | undefined {
    const { keptFor, retain } = this.record(address)?.spec ?? {};
    return keptFor !== undefined && (retain === true || !isOver(keptFor.until, this.#now)) ? keptFor : undefined;
  }

  #count(service: Service, scopes: readonly string[], by: number): void {
    const { namespace = '' } = service.metadata;
    for (const scope of scopes) {
      let counts = this.#counts.get(scope);
      if (counts === undefined) {
        counts = { services: new Map(), namespaces: new Map() };
        this.#counts.set(scope, counts);
      }
      counts.services.set(service, (counts.services.get(service) ?? 0) + by);
      counts.namespaces.set(namespace, (counts.namespaces.get(namespace) ?? 0) + by);
    }
  }
}

/** Whether a time is over; one that can't be read never is. */
export const isOver = (until: string | undefined, now: number): boolean => until !== undefined && Date.parse(until) <= now;

// --- internal ---

interface Counts {
  readonly services: Map<Service, number>;
  readonly namespaces: Map<string, number>;
}

const isBare = ({ metadata, spec }: VirtualIP): boolean =>
  metadata.labels?.[MANAGED_LABEL.key] !== MANAGED_LABEL.value && (spec.claims ?? []).length === 0 && spec.keptFor === undefined;
