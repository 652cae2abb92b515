import type { PoolState } from '../../allocate/pool/pool-state.ts';
import type { Outcome } from '../../kube/queue/work-queue.ts';
import type { ClusterView } from '../cluster/cluster-view.ts';
import type { AddressView } from './address-view.ts';
import { Statuses, type StatusesOptions } from './statuses.ts';

export interface TellOptions extends Omit<StatusesOptions, 'seen'> {
  readonly view: Pick<ClusterView, 'services' | 'groups'>;
  readonly addresses: Pick<AddressView, 'pools' | 'virtualIPs'>;
  readonly services: { get(key: string): ReturnType<StatusesOptions['seen']['serviceOf']> };
  readonly routers: Routers;
  readonly journals: Journals;
  readonly verdicts: Verdicts;
}

/** Which virtual router of a group carries an address. */
export interface Routers {
  of(group: string, address: string): string | undefined;
  onChange(listener: () => void): void;
}

/** What is written down of the moves of a virtual router, the latest first. */
export interface Journals {
  of(group: string, router: string): ReturnType<StatusesOptions['seen']['movesOf']>;
  onChange(listener: () => void): void;
}

/** Who answers on the network for an address of a group, and which of its Services no node can serve. */
export interface Verdicts {
  of(group: string, address: string): ReturnType<StatusesOptions['seen']['verdictOf']>;
  isUnserved(group: string, service: string): boolean;
  onChange(listener: () => void): void;
}

const ALL = 'addresses';

/** The status of pools and VirtualIPs. It has a queue of its own: no Service waits for its address until others have been told of theirs. */
export class TellController {
  readonly name = 'address status';
  readonly pace = { concurrency: 1, gatherMs: 100, perNamespace: 1 };
  readonly #options: TellOptions;
  readonly #statuses: Statuses;
  #pools: readonly PoolState[] | undefined;
  #touch: () => void = () => {};

  constructor(options: TellOptions) {
    this.#options = options;
    const { services, view, routers, journals, verdicts } = options;
    const seen = {
      serviceOf: (key: string) => services.get(key),
      groupOf: (key: string) => view.groups.get(key),
      routerOf: (group: string, address: string) => routers.of(group, address),
      movesOf: (group: string, router: string) => journals.of(group, router),
      verdictOf: (group: string, address: string) => verdicts.of(group, address),
      isUnserved: (group: string, service: string) => verdicts.isUnserved(group, service),
    };
    this.#statuses = new Statuses({ ...options, seen });
  }

  /** What is left of the pools, as the newest allocation says; before the first nothing is told. */
  hear(pools: readonly PoolState[]): void {
    this.#pools = pools;
    this.#touch();
  }

  keys(): string[] {
    return [ALL];
  }

  follow(touch: (key: string) => void): void {
    const { view, addresses, routers, journals, verdicts } = this.#options;
    this.#touch = () => touch(ALL);
    for (const store of [view.services, view.groups, addresses.pools, addresses.virtualIPs]) store.onChange(this.#touch);
    routers.onChange(this.#touch);
    journals.onChange(this.#touch);
    verdicts.onChange(this.#touch);
  }

  async reconcile(): Promise<Outcome> {
    if (this.#pools === undefined) return { kind: 'done' };
    const afterMs = await this.#statuses.write(this.#pools);
    return afterMs === undefined ? { kind: 'done' } : { kind: 'again', afterMs };
  }
}
