import type { PoolState } from '../../allocate/pool/pool-state.ts';
import { FIELD_MANAGER } from '../../api/names.ts';
import type { AddressPool } from '../../api/pool/address-pool.ts';
import type { VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import { isConflict, isNotFound, retryAfterOf } from '../../kube/api-error.ts';
import { mergePatch } from '../../kube/apply/merge-patch.ts';
import { Backoff } from '../../kube/backoff.ts';
import { type Client, MERGE_PATCH } from '../../kube/client.ts';
import { slim } from '../../kube/keep.ts';
import { objectPath, type Resource } from '../../kube/object.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import { ADDRESS_POOLS, VIRTUAL_IPS } from '../cluster/resource.ts';
import { each } from './each.ts';
import type { Newest } from './newest.ts';
import { poolStatus } from './pool-status.ts';
import { type Seen, virtualIPStatus } from './virtual-ip-status.ts';

export interface StatusesOptions {
  readonly client: Client;
  readonly pools: Newest<AddressPool>;
  readonly virtualIPs: Newest<VirtualIP>;
  readonly seen: Seen;
  readonly budget: { take(): Promise<void> };
  readonly clock: Clock;
  readonly log: Log;
}

/** Milliseconds between two rounds, and how many writes one has room for: what gives addresses must not wait for what only tells. */
const PAUSE = 1000;
const MOST = 50;
/** Milliseconds between two tries of a status that is refused; they double. */
const RETRY = { base: 1000, cap: 30_000 };
/** Milliseconds after which a definition may be another one. */
const TRY_AGAIN = 10 * 60_000;

/**
 * Writes the status of pools and VirtualIPs where it changed: at most so many in a second, and within the budget. One that is refused rests, so
 * that it takes no other's turn, and is tried again.
 */
export class Statuses {
  readonly #options: StatusesOptions;
  readonly #resting = new Map<string, Rest>();
  #due = 0;
  /** Until when moves are left out, because the API server drops them. */
  #withoutMovesUntil = Number.NEGATIVE_INFINITY;

  constructor(options: StatusesOptions) {
    this.#options = options;
  }

  /** Gives the milliseconds after which there is more to write; undefined when all is written. */
  async write(states: readonly PoolState[]): Promise<number | undefined> {
    const now = this.#options.clock.monotonic();
    const wait = this.#due - now;
    if (wait > 0) return wait;
    const wanted = this.#writes(states);
    this.#forget(wanted);
    const writes = wanted.filter((one) => (this.#resting.get(keyOf(one))?.until ?? now) <= now);
    if (writes.length === 0) return this.#nextTry();
    this.#due = now + PAUSE;
    await each(writes.slice(0, MOST), (one) => this.#write(one));
    return writes.length > MOST ? PAUSE : this.#nextTry();
  }

  #writes(states: readonly PoolState[]): StatusWrite[] {
    const { pools, virtualIPs, seen, clock } = this.#options;
    const time = clock
      .now()
      .toISOString()
      .replace(/\.\d+Z$/, 'Z');
    const ofPools = states.flatMap((state) => {
      const object = pools.get(state.name);
      const status = object && poolStatus(object, state, time);
      return object && status ? [{ resource: ADDRESS_POOLS, object, status }] : [];
    });
    const isDropping = clock.monotonic() < this.#withoutMovesUntil;
    const told = isDropping ? { ...seen, movesOf: () => [] } : seen;
    const ofRecords = virtualIPs.list().flatMap((object) => {
      const status = virtualIPStatus(object, told, time);
      return status === undefined ? [] : [{ resource: VIRTUAL_IPS, object, status }];
    });
    return [...ofPools, ...ofRecords];
  }

  async #write(write: StatusWrite): Promise<void> {
    const { resource, object, status } = write;
    const { client, budget, log, pools, virtualIPs } = this.#options;
    await budget.take();
    try {
      const written = await client.request<AddressPool & VirtualIP>({
        method: 'PATCH',
        path: objectPath(resource, object.metadata, 'status'),
        query: { fieldManager: FIELD_MANAGER },
        body: { metadata: { uid: object.metadata.uid }, status: mergePatch(object.status ?? {}, status) },
        contentType: MERGE_PATCH,
      });
      if (resource === VIRTUAL_IPS) virtualIPs.wrote(slim(written));
      else pools.wrote(slim(written));
      this.#resting.delete(keyOf(write));
      if ('moves' in status && written.status?.moves === undefined) this.#dropped();
    } catch (error) {
      this.#rest(keyOf(write), error);
      if (!isNotFound(error) && !isConflict(error)) log.warn({ err: error, object: object.metadata.name }, 'a status could not be written');
    }
  }

  #rest(key: string, error: unknown): void {
    const { clock } = this.#options;
    const backoff = this.#resting.get(key)?.backoff ?? new Backoff(RETRY, () => clock.random());
    const pause = Math.max(backoff.next(), retryAfterOf(error));
    this.#resting.set(key, { until: clock.monotonic() + pause, backoff });
  }

  /** Of what is gone, or needs no write any more. */
  #forget(wanted: readonly StatusWrite[]): void {
    if (this.#resting.size === 0) return;
    const keys = new Set(wanted.map(keyOf));
    for (const key of this.#resting.keys()) if (!keys.has(key)) this.#resting.delete(key);
  }

  #nextTry(): number | undefined {
    if (this.#resting.size === 0) return undefined;
    const first = Math.min(...[...this.#resting.values()].map(({ until }) => until));
    return Math.max(0, first - this.#options.clock.monotonic());
  }

  /** Helm leaves definitions as they are: what an older one doesn't know would be written again and again. */
  #dropped(): void {
    const { clock, log } = this.#options;
    if (clock.monotonic() < this.#withoutMovesUntil) return;
    this.#withoutMovesUntil = clock.monotonic() + TRY_AGAIN;
    log.warn(
      {},
      'the definition of VirtualIP is older than this operator, so its moves are not written; apply the definitions of this version',
    );
  }
}

// --- internal ---

interface StatusWrite {
  readonly resource: Resource;
  readonly object: AddressPool | VirtualIP;
  readonly status: object;
}

interface Rest {
  /** Monotonic time. */
  readonly until: number;
  readonly backoff: Backoff;
}

const keyOf = ({ resource, object }: StatusWrite): string => `${resource.kind} ${object.metadata.name}`;
