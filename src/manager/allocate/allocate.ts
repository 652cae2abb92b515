import { type Allocation, allocate } from '../../allocate/allocate.ts';
import type { AllocationInput, AllocationSettings } from '../../allocate/input.ts';
import type { PoolState } from '../../allocate/pool/pool-state.ts';
import type { Service } from '../../api/core.ts';
import type { VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import { isConflict } from '../../kube/api-error.ts';
import type { Client } from '../../kube/client.ts';
import { keyOf } from '../../kube/object.ts';
import type { Outcome } from '../../kube/work-queue.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import type { ClusterView } from '../cluster/cluster-view.ts';
import type { Journals } from '../observe/journals.ts';
import type { ToldProblems } from '../told-problems.ts';
import type { AddressView } from './address-view.ts';
import { each } from './each.ts';
import type { Findings } from './findings.ts';
import { Newest } from './newest.ts';
import { Statuses } from './statuses.ts';
import { Writer } from './writer.ts';

export interface AllocateOptions {
  readonly client: Client;
  readonly view: ClusterView;
  readonly addresses: Pick<AddressView, 'pools' | 'virtualIPs' | 'namespaces' | 'isReady' | 'onReady' | 'run'>;
  readonly routers: Routers;
  readonly journals: Pick<Journals, 'of' | 'onChange'>;
  readonly problems: ToldProblems;
  readonly findings: Findings;
  readonly metrics: { pools(states: readonly PoolState[]): void };
  /** For what only tells; what gives an address doesn't wait. */
  readonly budget: { take(): Promise<void> };
  readonly settings: () => AllocationSettings;
  readonly clock: Clock;
  readonly log: Log;
}

/** Which virtual router of a group carries an address. */
export interface Routers {
  of(group: string, address: string): string | undefined;
  onChange(listener: () => void): void;
}

const ALL = 'addresses';

/**
 * Addresses of pools: one allocation for the whole cluster, its ledger written before any Service hears of an address. It can be killed
 * between any two writes: the next allocation finds in the ledger what was given.
 */
export class AllocateController {
  readonly name = 'address';
  readonly pace = { concurrency: 1, gatherMs: 10, perNamespace: 1 };
  readonly #options: AllocateOptions;
  readonly #virtualIPs: Newest<VirtualIP>;
  readonly #services: Newest<Service>;
  readonly #writer: Writer;
  readonly #statuses: Statuses;

  constructor(options: AllocateOptions) {
    this.#options = options;
    this.#virtualIPs = new Newest(options.addresses.virtualIPs, options.clock);
    this.#services = new Newest(options.view.services, options.clock);
    this.#writer = new Writer({ client: options.client, virtualIPs: this.#virtualIPs, services: this.#services });
    const seen = {
      serviceOf: (key: string) => this.#services.get(key),
      groupOf: (key: string) => options.view.groups.get(key),
      routerOf: (group: string, address: string) => options.routers.of(group, address),
      movesOf: (group: string, router: string) => options.journals.of(group, router),
    };
    const pools = new Newest(options.addresses.pools, options.clock);
    this.#statuses = new Statuses({ ...options, pools, virtualIPs: this.#virtualIPs, seen });
  }

  keys(): string[] {
    return [ALL];
  }

  follow(touch: (key: string) => void): void {
    const { view, addresses, routers, journals } = this.#options;
    const stores = [view.services, view.groups, view.nodes, addresses.pools, addresses.virtualIPs, addresses.namespaces];
    for (const store of stores) store.onChange(() => touch(ALL));
    routers.onChange(() => touch(ALL));
    journals.onChange(() => touch(ALL));
    addresses.onReady(() => touch(ALL));
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#options.addresses.run(signal);
  }

  async reconcile(): Promise<Outcome> {
    if (!this.#options.addresses.isReady) return { kind: 'done' };
    const input = this.#gather();
    const allocation = allocate(input);
    const missed = await this.#give(allocation);
    if (missed.length > 0) return { kind: 'failed', error: missed[0] };
    this.#tell(input, allocation);
    this.#options.metrics.pools(allocation.pools);
    this.#options.findings.set(allocation.problems);
    const pause = await this.#statuses.write(allocation.pools);
    const again = allocation.again === undefined ? Number.POSITIVE_INFINITY : allocation.again - input.now;
    const afterMs = Math.min(pause ?? Number.POSITIVE_INFINITY, Math.max(again, 0), LONGEST_SLEEP);
    return afterMs < LONGEST_SLEEP ? { kind: 'again', afterMs } : { kind: 'done' };
  }

  #gather(): AllocationInput {
    const { view, addresses, settings, clock } = this.#options;
    return {
      pools: addresses.pools.list(),
      virtualIPs: this.#virtualIPs.list(),
      services: this.#services.list(),
      groups: view.groups.list(),
      namespaces: addresses.namespaces.list(),
      nodes: view.nodes.list(),
      settings: settings(),
      now: clock.now().getTime(),
    };
  }

  /** The ledger first; a Service hears only of addresses that are in it. Gives what went wrong. */
  async #give({ ledger, services }: Allocation): Promise<unknown[]> {
    const { log } = this.#options;
    const missing = new Set<string>();
    const errors: unknown[] = [];
    const failed = (error: unknown, what: object): void => {
      errors.push(error);
      if (!isConflict(error)) log.warn({ err: error, ...what }, 'an address could not be given yet');
    };
    await each(ledger, async (change) => {
      await this.#writer.ledger(change).catch((error: unknown) => {
        missing.add(change.address);
        failed(error, { address: change.address });
      });
    });
    const ready = services.filter(({ needs }) => !needs.some((address) => missing.has(address)));
    await each(ready, async (change) => {
      const service = `${change.object.namespace}/${change.object.name}`;
      log.info({ service, addresses: change.needs }, change.needs.length > 0 ? 'gives addresses' : 'takes its addresses back');
      await this.#writer.service(change).catch((error: unknown) => failed(error, { service }));
    });
    return errors;
  }

  /** Events: of each object what is wrong with it, or that nothing is any more. */
  #tell({ services, pools }: AllocationInput, { problems }: Allocation): void {
    const byObject = Map.groupBy(problems, ({ object }) => `${object.kind} ${object.namespace ?? ''}/${object.name}`);
    for (const { metadata } of services)
      this.#options.problems.tell(`addresses of ${keyOf({ metadata })}`, byObject.get(`Service ${keyOf({ metadata })}`) ?? []);
    for (const { metadata } of pools)
      this.#options.problems.tell(`pool ${metadata.name}`, byObject.get(`AddressPool /${metadata.name}`) ?? []);
  }
}

// --- internal ---

/** Milliseconds; longer waits are cut into such ones, as timers can't hold them. */
const LONGEST_SLEEP = 24 * 60 * 60 * 1000;
