import type { Service } from '../../api/core.ts';
import { keyOf } from '../reference.ts';
import { Tenants } from '../sharing/tenants.ts';
import type { Fence, Refusal } from './fence.ts';
import type { Holdings } from './holding.ts';
import type { Request } from './request.ts';
import { conflictWith, stillHeld } from './verdict.ts';

/** Who was given what so far: what the next request is judged by, beside what was before. */
export class Register {
  readonly holdings: Holdings;
  readonly #tenancies = new Map<string, { readonly group: string; readonly tenants: Tenants }>();
  readonly #counts = new Counts();

  constructor(holdings: Holdings) {
    this.holdings = holdings;
  }

  /** Why the Service doesn't get the address beside those that were given theirs before it, or undefined. */
  refuses(request: Request, isHolder: boolean): Refusal | undefined {
    return this.#taken(request, isHolder) ?? this.#tooMuch(request, isHolder);
  }

  give(request: Request): void {
    const { address, service, group, budget, shared } = request;
    const tenants = this.#tenantsOf(request);
    if (tenants === undefined) budget.add(service, address, shared[address.text]?.router);
    this.#counts.add(request, tenants);
    if (tenants === undefined) this.#tenancies.set(address.text, { group, tenants: new Tenants([service]) });
    else tenants.add(service);
  }

  /** By address the Services of one group that have it, in the order in which they were given it. */
  tenantsIn(group: string): Map<string, readonly Service[]> {
    const own = [...this.#tenancies].filter(([, tenancy]) => tenancy.group === group);
    return new Map(own.map(([address, { tenants }]) => [address, tenants.services]));
  }

  #tenantsOf = ({ address }: Request): Tenants | undefined => this.#tenancies.get(address.text)?.tenants;

  /** With others the Service gets what they have: no node has it otherwise than by their virtual router. */
  #taken({ address: { text }, service, group }: Request, isHolder: boolean): Refusal | undefined {
    const tenancy = this.#tenancies.get(text);
    if (tenancy === undefined) {
      const lingering = isHolder ? undefined : this.holdings.lingering(text);
      return lingering && stillHeld(text, lingering);
    }
    const first = tenancy.tenants.first();
    if (tenancy.group !== group && first !== undefined)
      return conflictWith(text, keyOf(first), `KeepalivedGroup ${tenancy.group} carries it: name that group in both Services to share it`);
    const obstacle = tenancy.tenants.obstacle(service);
    return obstacle && conflictWith(text, keyOf(obstacle.tenant), obstacle.because);
  }

  /** A shared address costs its group nothing more. */
  #tooMuch(request: Request, isHolder: boolean): Refusal | undefined {
    const { address, service, fence, budget, shared } = request;
    const tenants = this.#tenantsOf(request);
    return (
      fence.refusesOneMore(address.text, this.#counts.of(request, tenants)) ??
      (isHolder || tenants ? undefined : budget.refuses(service, address, shared[address.text]?.router))
    );
  }
}

// --- internal ---

/** How many addresses of a group a Service and a namespace have. A fence is a group's, and so tells groups apart. */
class Counts {
  readonly #counts = new Map<Fence, Map<string, number>>();

  /** What counts against one more address. Of a namespace that has it already, nothing. */
  of({ service, fence }: Request, tenants: Tenants | undefined): { ofService: number; ofNamespace: number; namespace: string } {
    const counts = this.#counts.get(fence);
    const namespace = namespaceOf(service);
    const ofNamespace = tenants?.hasOneOf(namespace) ? 0 : (counts?.get(namespace) ?? 0);
    return { ofService: counts?.get(keyOf(service)) ?? 0, ofNamespace, namespace };
  }

  add({ service, fence }: Request, tenants: Tenants | undefined): void {
    const counts = this.#counts.get(fence) ?? new Map<string, number>();
    const namespace = namespaceOf(service);
    this.#counts.set(fence, counts.set(keyOf(service), (counts.get(keyOf(service)) ?? 0) + 1));
    if (!tenants?.hasOneOf(namespace)) counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  }
}

const namespaceOf = ({ metadata }: Service): string => metadata.namespace ?? '';
