import type { Namespace } from '../../api/core.ts';
import type { AddressPool } from '../../api/pool/address-pool.ts';
import type { VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import { isNotFound, isStatus } from '../../kube/api-error.ts';
import type { Client } from '../../kube/client.ts';
import { slim } from '../../kube/keep.ts';
import { collectionPath, type KubeObject, type Resource } from '../../kube/object.ts';
import { Reflector } from '../../kube/reflector.ts';
import type { ReflectorTimes } from '../../kube/reflector-times.ts';
import { Store } from '../../kube/store.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import { ADDRESS_POOLS, NAMESPACES, VIRTUAL_IPS } from '../cluster/resource.ts';

export interface AddressViewOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Log;
  readonly times?: Partial<ReflectorTimes> | undefined;
  /** Milliseconds between two looks whether the kinds exist. */
  readonly lookEvery?: number | undefined;
}

const LOOK_EVERY = 30_000;

/** Pools and VirtualIPs, kinds that an installation may not have yet: its image can be newer than what it was installed with. */
export class AddressView {
  readonly pools = new Store<AddressPool>();
  readonly virtualIPs = new Store<VirtualIP>();
  /** Only their labels. */
  readonly namespaces = new Store<Namespace>();
  readonly #options: AddressViewOptions;
  readonly #reflectors: readonly Reflector<KubeObject>[];
  readonly #listeners: (() => void)[] = [];

  constructor(options: AddressViewOptions) {
    this.#options = options;
    const { client, clock, log, times } = options;
    const common = { client, clock, log, ...(times && { times }) };
    const reflect = <T extends KubeObject>(resource: Resource, store: Store<T>, keep: (object: KubeObject) => T) =>
      new Reflector<T>({ ...common, resource, store, keep });
    this.#reflectors = [
      reflect(ADDRESS_POOLS, this.pools, (object) => slim(object) as AddressPool),
      reflect(VIRTUAL_IPS, this.virtualIPs, (object) => slim(object) as VirtualIP),
      reflect(NAMESPACES, this.namespaces, keepLabels),
    ] as unknown as readonly Reflector<KubeObject>[];
  }

  /** Whether everything is known: before that nothing may be given. */
  get isReady(): boolean {
    return this.#reflectors.every(({ hasSynced }) => hasSynced);
  }

  /** Calls the listener when everything is known. */
  onReady(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Waits until the kinds exist and may be read, then watches them until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    if (!(await this.#mayRead(signal))) return;
    const running = this.#reflectors.map((reflector) => reflector.run(signal));
    void Promise.all(this.#reflectors.map(({ synced }) => synced)).then(() => {
      for (const listener of this.#listeners) listener();
    });
    await Promise.all(running);
  }

  /** Resolves with true once it may, with false when the signal aborts. */
  async #mayRead(signal: AbortSignal): Promise<boolean> {
    const { client, clock, log, lookEvery = LOOK_EVERY } = this.#options;
    let isTold = false;
    while (!signal.aborted) {
      try {
        for (const resource of [ADDRESS_POOLS, VIRTUAL_IPS, NAMESPACES])
          await client.request({ method: 'GET', path: collectionPath(resource), query: { limit: 1 }, signal });
        return true;
      } catch (error) {
        const isMissing = isNotFound(error) || isStatus(error, 403);
        if (!isTold && !signal.aborted)
          log.info({ err: error }, 'AddressPools and VirtualIPs can not be read yet; no address is given to Services until they can');
        isTold = true;
        await clock.sleep(isMissing ? lookEvery : 1000, signal);
      }
    }
    return false;
  }
}

// --- internal ---

const keepLabels = ({ metadata: { name, uid, resourceVersion, labels } }: KubeObject): Namespace => ({
  metadata: { name, ...(uid && { uid }), ...(resourceVersion && { resourceVersion }), ...(labels && { labels }) },
});
