import { API_SERVICE } from '../../api/names.ts';
import { isNotFound, isStatus } from '../../kube/api-error.ts';
import type { Client } from '../../kube/client.ts';
import { collectionPath, type KubeObject } from '../../kube/object.ts';
import { Reflector } from '../../kube/reflector.ts';
import type { ReflectorTimes } from '../../kube/reflector-times.ts';
import { Store } from '../../kube/store.ts';
import { parseAddress } from '../../net/address.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import { ENDPOINT_SLICES } from './resource.ts';

export interface ApiServersOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Log;
  /** Told when another address is known. */
  readonly onChange: () => void;
  readonly times?: Partial<ReflectorTimes>;
}

/** Milliseconds until an API server that gave no answer is asked again, and one that may not or can not tell. */
const PAUSE = 1000;
const REFUSED_PAUSE = 5 * 60_000;
const NAMESPACE = 'default';
/** By its name and not by a label: a slice of that name is the API server's own, whoever else may write slices in the namespace. */
const ITSELF = `metadata.name=${API_SERVICE}`;

/**
 * The addresses of the hosts that the API server runs on. One that was seen stays until this process ends: the API server takes a host that
 * is down out of its slice, and its address is to be there when it comes back.
 */
export class ApiServers {
  readonly #options: ApiServersOptions;
  readonly #store = new Store<EndpointSlice>();
  readonly #answered = Promise.withResolvers<void>();
  #addresses: readonly string[] = [];

  constructor(options: ApiServersOptions) {
    this.#options = options;
    this.#store.onChange(({ after }) => this.#take(after));
  }

  /** Canonical and sorted. */
  get addresses(): readonly string[] {
    return this.#addresses;
  }

  /** Resolves once the addresses are in, or the API server doesn't give them to us. */
  get answered(): Promise<void> {
    return this.#answered.promise;
  }

  /** Watches until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const keep = (object: KubeObject): EndpointSlice => object as EndpointSlice;
    const where = { resource: ENDPOINT_SLICES, namespace: NAMESPACE, fieldSelector: ITSELF };
    const reflector = new Reflector({ ...this.#options, ...where, store: this.#store, keep });
    void reflector.synced.then(this.#answered.resolve);
    if (await this.#mayRead(signal)) await reflector.run(signal);
  }

  /** Resolves with true once it may, with false when the signal aborts. */
  async #mayRead(signal: AbortSignal): Promise<boolean> {
    const { client, clock, log } = this.#options;
    const path = collectionPath(ENDPOINT_SLICES, NAMESPACE);
    let isTold = false;
    while (!signal.aborted) {
      try {
        await client.request({ method: 'GET', path, query: { fieldSelector: ITSELF, limit: 1 }, signal });
        return true;
      } catch (error) {
        const isRefused = isStatus(error, 403) || isNotFound(error);
        if (isRefused) this.#answered.resolve();
        if (!isTold && !signal.aborted)
          log.warn({ err: error }, "the API server's hosts are not known; their addresses are refused only as far as they are Nodes");
        isTold = true;
        await clock.sleep(isRefused ? REFUSED_PAUSE : PAUSE, signal);
      }
    }
    return false;
  }

  #take(slice: EndpointSlice | undefined): void {
    const seen = (slice?.endpoints ?? []).flatMap(({ addresses = [] }) => addresses.flatMap((text) => parseAddress(text)?.text ?? []));
    const fresh = [...new Set(seen)].filter((address) => !this.#addresses.includes(address));
    if (fresh.length === 0) return;
    this.#addresses = [...this.#addresses, ...fresh].sort();
    this.#options.log.info({ addresses: fresh }, "addresses of the API server's hosts are known");
    this.#options.onChange();
  }
}

// --- internal ---

/** The part of it (discovery.k8s.io/v1) that is read. */
interface EndpointSlice extends KubeObject {
  readonly endpoints?: readonly { readonly addresses?: readonly string[] }[];
}
