import type { Service } from '../../api/core.ts';
import { MANAGED_LABEL } from '../../api/names.ts';
import type { KeptFor, VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import { keyOf } from '../../plan/reference.ts';

/** Which Services have or ask for each address, and what the ledger keeps; the one place that says whether an address is free. */
export class Book {
  readonly #now: number;
  readonly #records: ReadonlyMap<string, VirtualIP>;
  readonly #tenants = new Map<string, Service[]>();
  /** By group or pool, by Service or namespace. */
  readonly #counts = new Map<string, Map<string, number>>();

  constructor(virtualIPs: readonly VirtualIP[], now: number) {
    this.#now = now;
    this.#records = new Map(virtualIPs.map((one) => [one.spec.address, one]));
  }

  record(address: string): VirtualIP | undefined {
    return this.#records.get(address);
  }

  tenants(address: string): readonly Service[] {
    return this.#tenants.get(address) ?? NOBODY;
  }

  has(address: string, service: Service): boolean {
    return this.tenants(address).includes(service);
  }

  /** @param scopes - groups and pools that count the address */
  add(address: string, service: Service, scopes: readonly string[]): void {
    const tenants = this.#tenants.get(address);
    if (tenants === undefined) this.#tenants.set(address, [service]);
    else if (tenants.includes(service)) return;
    else tenants.push(service);
    this.#count(service, scopes, 1);
  }

  remove(address: string, service: Service, scopes: readonly string[]): void {
    const tenants = this.#tenants.get(address);
    const index = tenants?.indexOf(service) ?? -1;
    if (tenants === undefined || index < 0) return;
    tenants.splice(index, 1);
    this.#count(service, scopes, -1);
  }

  /** How many addresses of a group or pool a Service or, without a name, a namespace has. */
  count(scope: string, owner: string): number {
    return this.#counts.get(scope)?.get(owner) ?? 0;
  }

  /** Whether nobody has the address and nothing is kept for anybody. */
  isFree(address: string): boolean {
    if (this.tenants(address).length > 0) return false;
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
    for (const scope of scopes) {
      const counts = this.#counts.get(scope) ?? new Map<string, number>();
      this.#counts.set(scope, counts);
      for (const owner of [keyOf(service), service.metadata.namespace ?? '']) counts.set(owner, (counts.get(owner) ?? 0) + by);
    }
  }
}

/** Whether a time is over; one that can't be read never is. */
export const isOver = (until: string | undefined, now: number): boolean => until !== undefined && Date.parse(until) <= now;

// --- internal ---

const NOBODY: readonly Service[] = [];

const isBare = ({ metadata, spec }: VirtualIP): boolean =>
  metadata.labels?.[MANAGED_LABEL.key] !== MANAGED_LABEL.value && (spec.claims ?? []).length === 0 && spec.keptFor === undefined;
