import type { Clock } from '../telemetry/clock.ts';
import type { Log } from '../telemetry/log.ts';
import { isConflict, isNotFound } from './api-error.ts';
import type { Client } from './client.ts';
import type { KubeObject, Resource } from './object.ts';
import { collectionPath, objectPath } from './object.ts';

export const LEASES: Resource = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', plural: 'leases', namespaced: true };

export interface LeaseOptions {
  readonly client: Client;
  readonly namespace: string;
  readonly name: string;
  /** Unique for this process, such as `host_uuid`. */
  readonly identity: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly times?: LeaseTimes;
}

/** Milliseconds. A holder stops at `renewDeadline`; others wait for `duration`, so two never lead at once. */
export interface LeaseTimes {
  readonly duration: number;
  readonly renewDeadline: number;
  readonly retry: number;
}

const TIMES: LeaseTimes = { duration: 15_000, renewDeadline: 10_000, retry: 2_000 };

/**
 * Leader election on a Lease, compatible with client-go's. Expiry is judged by how long the record has not changed on our own monotonic
 * clock, never by the times written in it, so clocks that differ or jump don't matter.
 */
export class Lease {
  readonly #options: LeaseOptions;
  readonly #times: LeaseTimes;
  #seen: { readonly record: string; readonly since: number } | undefined;
  #object: LeaseObject | undefined;
  /** When the last renewal that succeeded was sent. */
  #renewedAt: number | undefined;

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#times = options.times ?? TIMES;
  }

  /** Whether this process leads now; also false after a pause of the process that outlasted its claim. */
  get isHeld(): boolean {
    return this.#renewedAt !== undefined && this.#options.clock.monotonic() - this.#renewedAt < this.#times.renewDeadline;
  }

  /** Resolves when this process leads, or when the signal aborts. */
  async acquire(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !(await this.#attempt())) await this.#pause(signal);
  }

  /** Keeps the lease; resolves when it is lost, or when the signal aborts. */
  async keep(signal: AbortSignal): Promise<'lost' | 'aborted'> {
    while (!signal.aborted) {
      await this.#pause(signal);
      if (!signal.aborted && !(await this.#attempt()) && !this.isHeld) return 'lost';
    }
    return 'aborted';
  }

  /** Gives the lease up so that another takes it at once. The last thing a process does. */
  async release(): Promise<void> {
    if (!this.isHeld || this.#object === undefined) return;
    this.#renewedAt = undefined;
    const spec = { ...this.#object.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: this.#microTime() };
    await this.#put({ ...this.#object, spec }).catch((error: unknown) => {
      this.#options.log.warn({ err: error }, 'the lease could not be released; it will expire');
    });
  }

  async #attempt(): Promise<boolean> {
    try {
      return await this.#take();
    } catch (error) {
      const { log, name, namespace } = this.#options;
      const words = isConflict(error) ? 'another process wrote the lease first' : 'the lease could not be read or written';
      log[isConflict(error) ? 'debug' : 'warn']({ lease: `${namespace}/${name}`, err: error }, words);
      return false;
    }
  }

  async #take(): Promise<boolean> {
    const { clock, identity } = this.#options;
    const sentAt = clock.monotonic();
    const found = this.isHeld && this.#object !== undefined ? this.#object : await this.#get();
    if (found !== undefined && !this.#mayTake(found.spec)) return false;
    const spec = this.#claim(found?.spec);
    try {
      this.#object = found === undefined ? await this.#create(spec) : await this.#put({ ...found, spec });
    } catch (error) {
      this.#object = undefined;
      throw error;
    }
    if (found?.spec.holderIdentity !== identity) this.#options.log.info({ identity }, 'leading');
    this.#renewedAt = sentAt;
    return true;
  }

  #mayTake(spec: LeaseSpec): boolean {
    const { clock, identity } = this.#options;
    const record = JSON.stringify(spec);
    if (this.#seen?.record !== record) this.#seen = { record, since: clock.monotonic() };
    if (spec.holderIdentity === identity || !spec.holderIdentity) return true;
    const duration = Math.max(this.#times.duration, (spec.leaseDurationSeconds ?? 0) * 1000);
    return clock.monotonic() - this.#seen.since > duration;
  }

  #claim(before: LeaseSpec | undefined): LeaseSpec {
    const now = this.#microTime();
    const mine = before?.holderIdentity === this.#options.identity;
    return {
      holderIdentity: this.#options.identity,
      leaseDurationSeconds: Math.ceil(this.#times.duration / 1000),
      acquireTime: mine ? (before.acquireTime ?? now) : now,
      renewTime: now,
      leaseTransitions: (before?.leaseTransitions ?? 0) + (before === undefined || mine ? 0 : 1),
    };
  }

  async #get(): Promise<LeaseObject | undefined> {
    const { client, namespace, name } = this.#options;
    try {
      return await client.request<LeaseObject>({
        method: 'GET',
        path: objectPath(LEASES, { namespace, name }),
        timeoutMs: this.#requestTimeout,
      });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  #create(spec: LeaseSpec): Promise<LeaseObject> {
    const { client, namespace, name } = this.#options;
    const body = { apiVersion: LEASES.apiVersion, kind: LEASES.kind, metadata: { namespace, name }, spec };
    const path = collectionPath(LEASES, namespace);
    return client.request<LeaseObject>({ method: 'POST', path, body, timeoutMs: this.#requestTimeout, withoutLead: true });
  }

  #put(body: LeaseObject): Promise<LeaseObject> {
    const { client, namespace, name } = this.#options;
    const path = objectPath(LEASES, { namespace, name });
    return client.request<LeaseObject>({ method: 'PUT', path, body, timeoutMs: this.#requestTimeout, withoutLead: true });
  }

  get #requestTimeout(): number {
    return this.#times.renewDeadline / 2;
  }

  #pause(signal: AbortSignal): Promise<void> {
    return this.#options.clock.sleep(this.#times.retry * (1 + this.#options.clock.random() / 5), signal);
  }

  /** Kubernetes' MicroTime: RFC 3339 with six digits. */
  #microTime(): string {
    return this.#options.clock.now().toISOString().replace(/Z$/, '000Z');
  }
}

// --- internal ---

interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

interface LeaseObject extends KubeObject {
  readonly spec: LeaseSpec;
}
