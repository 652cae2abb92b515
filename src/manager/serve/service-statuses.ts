import type { Service } from '../../api/core.ts';
import { FIELD_MANAGER, SERVICE_STATUS_ANNOTATION } from '../../api/names.ts';
import { isNotFound } from '../../kube/api-error.ts';
import { type Client, MERGE_PATCH } from '../../kube/client.ts';
import { keyOf, objectPath } from '../../kube/object.ts';
import { type Outcome, WorkQueue } from '../../kube/work-queue.ts';
import { type ServiceStatus, serviceStatus } from '../../plan/service-status.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import { type ClusterView, groupKeyOf } from '../cluster/cluster-view.ts';
import { SERVICES } from '../cluster/resource.ts';

export interface ServiceStatusesOptions {
  readonly client: Client;
  readonly view: ClusterView;
  readonly clock: Clock;
  readonly log: Log;
}

/** Writes `.status.loadBalancer` of Services that ask for it, and takes it out again when no group carries them any more. */
export class ServiceStatuses {
  readonly #options: ServiceStatusesOptions;
  readonly #queue: WorkQueue;

  constructor(options: ServiceStatusesOptions) {
    this.#options = options;
    this.#queue = new WorkQueue({ clock: options.clock, work: (key) => this.#clean(key), concurrency: 1, gatherMs: 100 });
  }

  /** Writes what a group's plan found to be different. @throws ApiError 409 when a Service was changed meanwhile: plan again */
  async write(statuses: readonly ServiceStatus[]): Promise<void> {
    for (const status of statuses) await this.#patch(status);
  }

  /** Looks after the Services that have no group, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { view } = this.#options;
    view.services.onChange(({ key }) => this.#queue.add(key));
    view.groups.onChange(({ key, after }) => {
      if (after === undefined) for (const service of view.services.byIndex('group', key)) this.#queue.add(keyOf(service));
    });
    for (const service of view.services.list()) this.#queue.add(keyOf(service));
    await this.#queue.run(signal);
  }

  async #clean(key: string): Promise<Outcome> {
    const { view, log } = this.#options;
    const service = view.services.get(key);
    if (service === undefined || this.#hasGroup(service)) return { kind: 'done' };
    const status = serviceStatus(service, []);
    if (status !== undefined) {
      log.info({ service: key }, 'no group carries it any more, taking our addresses out of its status');
      await this.#patch(status);
    }
    return { kind: 'done' };
  }

  #hasGroup(service: Service): boolean {
    return (groupKeyOf(service) ?? []).some((key) => this.#options.view.groups.get(key) !== undefined);
  }

  /** Status and annotation in one write: the annotation says which part of the status is ours. */
  async #patch({ object, ingress, written }: ServiceStatus): Promise<void> {
    const { client, view } = this.#options;
    const { resourceVersion, uid } = view.services.get(`${object.namespace}/${object.name}`)?.metadata ?? {};
    try {
      await client.request({
        method: 'PATCH',
        path: objectPath(SERVICES, object, 'status'),
        query: { fieldManager: FIELD_MANAGER },
        body: {
          metadata: { resourceVersion, uid, annotations: { [SERVICE_STATUS_ANNOTATION]: written } },
          status: { loadBalancer: { ingress } },
        },
        contentType: MERGE_PATCH,
      });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
