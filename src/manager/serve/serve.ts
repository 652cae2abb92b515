import type { Service } from '../../api/core.ts';
import { CONDITION_FIELD_MANAGER, FIELD_MANAGER, SERVICE_ANNOTATIONS, SERVICE_STATUS_ANNOTATION } from '../../api/names.ts';
import type { Problem } from '../../api/problem.ts';
import { isConflict, isNotFound } from '../../kube/api-error.ts';
import { isSame } from '../../kube/apply/merge-patch.ts';
import type { Budget } from '../../kube/budget.ts';
import { APPLY_PATCH, type Client, MERGE_PATCH } from '../../kube/client.ts';
import { keyOf, objectPath } from '../../kube/object.ts';
import type { Outcome } from '../../kube/queue/work-queue.ts';
import { writtenBefore } from '../../plan/claims/holding.ts';
import { strayProblems } from '../../plan/claims/stray.ts';
import { type ServiceStatus, serviceStatus } from '../../plan/service-status.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Findings } from '../allocate/findings.ts';
import { type ClusterView, groupKeyOf } from '../cluster/cluster-view.ts';
import { SERVICES } from '../cluster/resource.ts';
import type { Controller } from '../controller.ts';
import type { Decision, Decisions } from '../decisions.ts';
import type { ToldProblems } from '../told-problems.ts';
import { conditionOf, ownCondition } from './explanation.ts';

export interface ServeOptions {
  readonly client: Client;
  readonly view: ClusterView;
  readonly decisions: Decisions;
  /** Why Services have no address of a pool. */
  readonly findings: Pick<Findings, 'of' | 'onChange'>;
  readonly problems: ToldProblems;
  readonly budget: Budget;
  readonly clock: Clock;
  readonly log: Log;
}

/** Services: `.status.loadBalancer` of those that ask for it, why an address isn't carried, and no trace of us on those without a group. */
export class ServeController implements Controller {
  readonly name = 'service';
  readonly pace = { concurrency: 16, gatherMs: 50, perNamespace: 4 };
  readonly #options: ServeOptions;

  constructor(options: ServeOptions) {
    this.#options = options;
  }

  keys(): string[] {
    return this.#options.view.services.list().map(keyOf);
  }

  follow(touch: (key: string) => void): void {
    const { view, decisions, findings } = this.#options;
    findings.onChange(touch);
    view.services.onChange(({ key }) => touch(key));
    view.groups.onChange(({ key, before, after }) => {
      if (before !== undefined && after !== undefined) return;
      for (const service of [...view.services.byIndex('group', key), ...this.#strays()]) touch(keyOf(service));
    });
    decisions.onChange((_, before, after) => {
      for (const key of concerned(before, after)) touch(key);
    });
  }

  async reconcile(key: string): Promise<Outcome> {
    const { view, decisions, problems, findings } = this.#options;
    const service = view.services.get(key);
    if (service === undefined || service.metadata.deletionTimestamp !== undefined) {
      problems.tell(`service ${key}`, []);
      return { kind: 'done' };
    }
    const [groupKey = ''] = groupKeyOf(service) ?? [];
    const decision = decisions.get(groupKey);
    // What was written before stays until it is known what is to be.
    if (decision === undefined && view.groups.get(groupKey) !== undefined) return { kind: 'done' };
    const found = decision?.problemsOf.get(key) ?? strayProblems(service, view.groups.list().map(keyOf));
    const unallocated = findings.of(key);
    // That it has no address is known; why a pool gives it none says more.
    const known = unallocated.length === 0 ? found : found.filter(({ reason }) => reason !== 'NoAddress');
    problems.tell(`service ${key}`, known);
    return this.#write(service, decision?.carried.get(key) ?? [], [...known, ...unallocated]);
  }

  /** Services that name a group that doesn't exist: which one may have been meant changes with the groups that there are. */
  #strays(): Service[] {
    const { services, groups } = this.#options.view;
    return services.list().filter((service) => (groupKeyOf(service) ?? []).some((key) => groups.get(key) === undefined));
  }

  /** Each for itself: a condition that is refused keeps no address out of the status. */
  async #write(service: Service, carried: readonly string[], problems: readonly Problem[]): Promise<Outcome> {
    const status = serviceStatus(service, carried, this.#writtenBefore(service));
    const results = await Promise.allSettled([status && this.#patchStatus(service, status), this.#explain(service, problems)]);
    const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    if (errors.length === 0) return { kind: 'done' };
    const isRace = errors.every(isConflict);
    this.#options.log[isRace ? 'debug' : 'warn']({ service: keyOf(service), err: errors[0] }, 'the status of a Service was not written');
    return { kind: 'failed', error: new AggregateError(errors, 'the status of a Service was not written') };
  }

  /** Addresses in its status that we wrote, as a group's status says: the annotation can be lost. */
  #writtenBefore(service: Service): ReadonlySet<string> | undefined {
    const { ingress = [] } = service.status?.loadBalancer ?? {};
    return ingress.length === 0 ? undefined : writtenBefore(this.#options.view.groups.list()).get(keyOf(service));
  }

  /** Status and annotation in one write: the annotation says which part of the status is ours. */
  async #patchStatus({ metadata }: Service, { ingress, written }: ServiceStatus): Promise<void> {
    const { resourceVersion, uid } = metadata;
    const body = {
      metadata: { resourceVersion, uid, annotations: { [SERVICE_STATUS_ANNOTATION]: written } },
      status: { loadBalancer: { ingress } },
    };
    await this.#patch(metadata, { fieldManager: FIELD_MANAGER }, body, MERGE_PATCH);
  }

  /** By a field manager of its own, so that it is added and taken out without a look at what else is in the status. */
  async #explain(service: Service, problems: readonly Problem[]): Promise<void> {
    const now = this.#options.clock.now().toISOString();
    // Who names no group and asks for no address of a pool may have an Event of what he meant, but nothing in his status.
    const isOurs =
      service.metadata.annotations?.[SERVICE_ANNOTATIONS.group] !== undefined || this.#options.findings.of(keyOf(service)).length > 0;
    const wanted = isOurs ? conditionOf(service, problems, now.replace(/\.\d+Z$/, 'Z')) : undefined;
    if (isSame(ownCondition(service), wanted)) return;
    const { namespace, name, uid } = service.metadata;
    const body = {
      apiVersion: SERVICES.apiVersion,
      kind: SERVICES.kind,
      metadata: { namespace, name, uid },
      status: wanted === undefined ? {} : { conditions: [wanted] },
    };
    await this.#patch(service.metadata, { fieldManager: CONDITION_FIELD_MANAGER, force: true }, body, APPLY_PATCH);
  }

  async #patch(
    metadata: Service['metadata'],
    query: Readonly<Record<string, string | boolean>>,
    body: object,
    contentType: string,
  ): Promise<void> {
    const { client, budget } = this.#options;
    await budget.take();
    try {
      await client.request({ method: 'PATCH', path: objectPath(SERVICES, metadata, 'status'), query, body, contentType });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

// --- internal ---

/** Services of which something else is decided than before. */
function concerned(before: Decision | undefined, after: Decision | undefined): Set<string> {
  const keys = [before, after].flatMap((decision) => (decision ? [...decision.carried.keys(), ...decision.problemsOf.keys()] : []));
  const facts = (decision: Decision | undefined, key: string): unknown => [
    decision?.carried.get(key) ?? [],
    (decision?.problemsOf.get(key) ?? []).map(({ reason, message }) => [reason, message]),
  ];
  return new Set(keys.filter((key) => before === undefined || after === undefined || !isSame(facts(before, key), facts(after, key))));
}
