import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import { KIND } from '../../api/names.ts';
import type { NodeReport } from '../../api/node/report.ts';
import { isConflict, isTerminating } from '../../kube/api-error.ts';
import { keyOf } from '../../kube/object.ts';
import type { Outcome } from '../../kube/work-queue.ts';
import { type Move, OwnerTracker, type Seen } from '../../observe/owner-tracker.ts';
import type { Settings } from '../../plan/input.ts';
import { type Plan, plan } from '../../plan/plan.ts';
import { groupReference } from '../../plan/reference.ts';
import { accepted, owned } from '../../render/condition.ts';
import { renderStatus } from '../../render/status.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import type { ClusterView } from '../cluster/cluster-view.ts';
import type { GroupStatus } from '../group-status.ts';
import { tellMoves } from '../observe/owner-news.ts';
import type { ServiceStatuses } from '../serve/service-statuses.ts';
import type { RecordEvent, ToldProblems, Trouble } from '../told-problems.ts';
import { gather } from './gather.ts';
import type { GroupObjects } from './group-objects.ts';
import { type RenderedGroup, type RenderingInput, renderedGroup } from './rendered-group.ts';

export interface ReconcilerOptions {
  readonly view: ClusterView;
  readonly status: GroupStatus;
  readonly objects: GroupObjects;
  readonly services: ServiceStatuses;
  readonly problems: ToldProblems;
  readonly record: RecordEvent;
  readonly observer: ReconcilerObserver;
  readonly reportsOf: (groupKey: string) => readonly NodeReport[];
  /** What counts now. */
  readonly settings: () => Settings;
  /** The custom template, if there is one, and what it may make. */
  readonly rendering: () => Pick<RenderingInput, 'custom' | 'supportsPodMonitor'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Told what was found of each group, for metrics. */
export interface ReconcilerObserver {
  looked(groupKey: string, decided: Plan, seen: Seen): void;
  moved(groupKey: string, moves: readonly Move[]): void;
  gone(groupKey: string): void;
}

/** Makes one group what it should be: plan, save the router ids, write the objects, tell the nodes, write the status. */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #owners = new OwnerTracker();

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  async reconcile(key: string): Promise<Outcome> {
    const { view } = this.#options;
    const group = view.groups.get(key);
    if (group === undefined) {
      this.#forget(key);
      return { kind: 'done' };
    }
    // What a group owns goes with it; made anew, it would outlive the group or stop its deletion.
    if (group.metadata.deletionTimestamp !== undefined) return { kind: 'done' };
    try {
      return await this.#bringAbout(group);
    } catch (error) {
      return this.#judge(error, key);
    }
  }

  #judge(error: unknown, key: string): Outcome {
    const { log } = this.#options;
    if (isTerminating(error)) {
      log.info({ group: key }, 'the namespace of the group is being deleted, nothing is made in it');
      return { kind: 'done' };
    }
    if (isConflict(error)) log.debug({ group: key, err: error }, 'the group changed meanwhile, planning again');
    else log.error({ group: key, err: error }, 'reconciling failed');
    return { kind: 'failed', error };
  }

  async #bringAbout(group: KeepalivedGroup): Promise<Outcome> {
    const { view, status, objects, services, reportsOf, settings, problems } = this.#options;
    const key = keyOf(group);
    const newest = (one: KeepalivedGroup): KeepalivedGroup => status.newest(one);
    const input = gather({ view, newest, reportsOf, settings: settings() }, group);
    const planned = plan(input);
    const rendered = renderedGroup(planned, { ...input, ...this.#options.rendering() });
    const decided = { ...planned, problems: [...planned.problems, ...rendered.problems] };
    await status.saveFirst(group, decided);
    const seen = this.#look(decided, key);
    const found = { owners: seen.owners, revision: rendered.revision };
    const troubles = await objects.deliver(group, rendered).catch(async (error: unknown) => {
      if (!isTerminating(error)) await this.#saveStatus(decided, found, messageOf(error)).catch(() => undefined);
      throw error;
    });
    await services.write(decided.serviceStatuses);
    problems.tell(key, [...decided.problems, ...troubles, ...summaries(decided, seen)]);
    const saved = await this.#saveStatus(decided, found, troubles.map(({ message }) => message).join('; ') || undefined);
    return sooner(saved, seen.again);
  }

  #look(decided: Plan, key: string): Seen {
    const { clock, observer, reportsOf, record } = this.#options;
    const seen = this.#owners.look(key, decided, reportsOf(key), clock.monotonic());
    observer.looked(key, decided, seen);
    if (seen.moves.length > 0) {
      observer.moved(key, seen.moves);
      tellMoves(decided, seen.moves, record);
    }
    return seen;
  }

  async #saveStatus(decided: Plan, { owners, revision }: Found, error: string | undefined): Promise<Outcome> {
    const { status, reportsOf, clock } = this.#options;
    const { group } = decided;
    const now = clock
      .now()
      .toISOString()
      .replace(/\.\d+Z$/, 'Z');
    const observed = { reports: reportsOf(keyOf(group)), owners, now, revision, ...(error !== undefined && { error }) };
    const saved = await status.save(group, renderStatus({ ...decided, group: status.newest(group) }, observed));
    return saved.kind === 'too-soon' ? { kind: 'again', afterMs: saved.afterMs } : { kind: 'done' };
  }

  #forget(key: string): void {
    const { objects, status, problems, observer } = this.#options;
    objects.forget(key);
    status.forget(key);
    problems.tell(key, []);
    observer.gone(key);
    this.#owners.forget(key);
  }
}

// --- internal ---

/** What the status tells besides the plan. */
type Found = Pick<Seen, 'owners'> & Pick<RenderedGroup, 'revision'>;

/** What the group itself is told, of all owners and of all refusals at once; each Service is told of its own. */
function summaries(decided: Plan, { owners }: Seen): Trouble[] {
  const isOfOthers = decided.problems.some(({ object }) => object.kind !== KIND);
  const judgements = [owned(decided, owners), ...(isOfOthers ? [accepted(decided)] : [])];
  return judgements.flatMap(({ status, reason, message }) =>
    status === 'False' ? [{ object: groupReference(decided.group), reason, message }] : [],
  );
}

function sooner(outcome: Outcome, again: number | undefined): Outcome {
  if (again === undefined) return outcome;
  return { kind: 'again', afterMs: outcome.kind === 'again' ? Math.min(outcome.afterMs, again) : again };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
