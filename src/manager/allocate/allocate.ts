import { type Allocation, allocate } from '../../allocate/allocate.ts';
import type { AllocationInput, AllocationSettings } from '../../allocate/input.ts';
import type { PoolState } from '../../allocate/pool/pool-state.ts';
import type { Service } from '../../api/core.ts';
import type { VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import { isConflict } from '../../kube/api-error.ts';
import type { Client } from '../../kube/client.ts';
import { keyOf } from '../../kube/object.ts';
import type { Outcome } from '../../kube/queue/work-queue.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import type { ClusterView } from '../cluster/cluster-view.ts';
import type { ToldProblems } from '../told-problems.ts';
import type { AddressView } from './address-view.ts';
import { each } from './each.ts';
import type { Findings } from './findings.ts';
import type { Newest } from './newest.ts';
import { SettledTime } from './settled-time.ts';
import { Writer } from './writer.ts';

export interface AllocateOptions {
  readonly client: Client;
  readonly view: ClusterView;
  readonly addresses: Pick<AddressView, 'pools' | 'virtualIPs' | 'namespaces' | 'isReady' | 'onReady' | 'run'>;
  /** Those of `addresses`, as our own last writes left them. */
  readonly virtualIPs: Newest<VirtualIP>;
  readonly services: Newest<Service>;
  readonly problems: ToldProblems;
  readonly findings: Findings;
  /** Hears what is left of the pools, after each allocation. */
  readonly onPools: (states: readonly PoolState[]) => void;
  readonly settings: () => AllocationSettings;
  readonly clock: Clock;
  readonly log: Log;
}

const ALL = 'addresses';
/** A conflict that comes so often in a row is no race, and what is known is told. */
const NO_RACE = 3;

/**
 * Addresses of pools: one allocation for the whole cluster, its ledger written before any Service hears of an address. It can be killed
 * between any two writes: the next allocation finds in the ledger what was given.
 */
export class AllocateController {
  readonly name = 'address';
  readonly pace = { concurrency: 1, gatherMs: 10, perNamespace: 1 };
  readonly #options: AllocateOptions;
  readonly #writer: Writer;
  readonly #time: SettledTime;
  /** How many times in a row somebody else had written meanwhile, so that what was judged is of the past. */
  #races = 0;

  constructor(options: AllocateOptions) {
    this.#options = options;
    this.#time = new SettledTime(options.clock);
    this.#writer = new Writer(options);
  }

  keys(): string[] {
    return [ALL];
  }

  follow(touch: (key: string) => void): void {
    const { view, addresses } = this.#options;
    const stores = [view.services, view.groups, view.nodes, addresses.pools, addresses.virtualIPs, addresses.namespaces];
    for (const store of stores) store.onChange(() => touch(ALL));
    addresses.onReady(() => touch(ALL));
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#options.addresses.run(signal);
  }

  async reconcile(): Promise<Outcome> {
    if (!this.#options.addresses.isReady) return { kind: 'done' };
    const { clock } = this.#options;
    const began = clock.monotonic();
    const input = this.#gather();
    const allocation = allocate(input);
    // Thousands of Services that come at once are judged together, and leave half of a core to everything else.
    const restMs = clock.monotonic() - began;
    const missed = await this.#give(allocation);
    this.#races = missed.some(isConflict) ? this.#races + 1 : 0;
    if (this.#races === 0 || this.#races >= NO_RACE) {
      this.#tell(input, allocation);
      this.#options.findings.set(allocation.problems);
      this.#options.onPools(allocation.pools);
    }
    if (missed.length > 0) return { kind: 'failed', error: missed[0] };
    if (allocation.again === undefined) return { kind: 'done', restMs };
    return { kind: 'again', afterMs: Math.min(Math.max(allocation.again - input.now, 0), LONGEST_SLEEP) };
  }

  #gather(): AllocationInput {
    const { view, addresses, virtualIPs, services, settings } = this.#options;
    return {
      pools: addresses.pools.list(),
      virtualIPs: virtualIPs.list(),
      services: services.list(),
      groups: view.groups.list(),
      namespaces: addresses.namespaces.list(),
      nodes: view.nodes.list(),
      settings: settings(),
      now: this.#time.now(),
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
