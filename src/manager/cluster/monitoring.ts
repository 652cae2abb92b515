import { GROUP_LABEL } from '../../api/names.ts';
import { isNotFound } from '../../kube/api-error.ts';
import type { Client } from '../../kube/client.ts';
import { slim } from '../../kube/keep.ts';
import type { KubeObject, Resource } from '../../kube/object.ts';
import { Reflector } from '../../kube/reflector.ts';
import type { ReflectorTimes } from '../../kube/reflector-times.ts';
import { Store } from '../../kube/store.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import { MONITORING, POD_MONITORS } from './resource.ts';

export interface MonitoringOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Log;
  /** Told when PodMonitors have come to exist or are no more. */
  readonly onChange: () => void;
  readonly times?: Partial<ReflectorTimes>;
  /** Milliseconds between two looks whether PodMonitors exist. */
  readonly lookEvery?: number;
}

const LOOK_EVERY = 30_000;

/** The kinds of monitoring, which a cluster may not have, or may come to have later. */
export class Monitoring {
  readonly #options: MonitoringOptions;
  readonly #stores = new Map<Resource, Store<KubeObject>>(MONITORING.map((resource) => [resource, new Store<KubeObject>()]));
  #exists = false;

  constructor(options: MonitoringOptions) {
    this.#options = options;
  }

  /** Whether PodMonitors exist, and what there is of them is known. */
  get exists(): boolean {
    return this.#exists;
  }

  storeOf(resource: Resource): Store<KubeObject> | undefined {
    return this.#stores.get(resource);
  }

  /** Looks again and again whether PodMonitors exist, and watches them while they do, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, lookEvery = LOOK_EVERY } = this.#options;
    let watching: AbortController | undefined;
    while (!signal.aborted) {
      const served = await this.#isServed(signal).catch((error: unknown) => {
        if (!signal.aborted) log.warn({ err: error }, 'cannot tell whether PodMonitors exist');
        return undefined;
      });
      if (served === true && watching === undefined) {
        watching = new AbortController();
        void this.#watch(AbortSignal.any([signal, watching.signal]));
      } else if (served === false && watching !== undefined) {
        watching.abort();
        watching = undefined;
        this.#set(false);
      }
      await clock.sleep(lookEvery, signal);
    }
  }

  async #isServed(signal: AbortSignal): Promise<boolean> {
    const path = `/apis/${POD_MONITORS.apiVersion}`;
    try {
      const { resources } = await this.#options.client.request<{ resources: { name: string }[] }>({ method: 'GET', path, signal });
      return resources.some(({ name }) => name === POD_MONITORS.plural);
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const reflectors = [...this.#stores].map(
      ([resource, store]) => new Reflector({ ...this.#options, resource, store, keep: slim, labelSelector: GROUP_LABEL }),
    );
    const runs = reflectors.map((reflector) => reflector.run(signal));
    const over = Promise.all(runs);
    await Promise.race([Promise.all(reflectors.map(({ synced }) => synced)), over]);
    if (!signal.aborted) this.#set(true);
    await over;
  }

  #set(exists: boolean): void {
    if (this.#exists === exists) return;
    this.#exists = exists;
    this.#options.log.info({ exists }, 'PodMonitors exist, or do so no more');
    this.#options.onChange();
  }
}
