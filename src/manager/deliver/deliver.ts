import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import { ApiError, isConflict, isTerminating } from '../../kube/api-error.ts';
import { keyOf } from '../../kube/object.ts';
import type { Outcome } from '../../kube/queue/work-queue.ts';
import type { PlanInput, Settings } from '../../plan/input.ts';
import { type Plan, plan } from '../../plan/plan.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import type { ClusterView } from '../cluster/cluster-view.ts';
import type { Controller } from '../controller.ts';
import { carriedBy, type Decision, type Decisions, problemsByService } from '../decisions.ts';
import type { GroupStatus } from '../group-status.ts';
import { followChanges, followPods, type IsOurs } from './change.ts';
import type { FormerGroups } from './former-groups.ts';
import { gather } from './gather.ts';
import type { GroupObjects } from './group-objects.ts';
import type { NodeNews } from './node-news.ts';
import type { Nudger } from './nudger.ts';
import type { PriorityRefusals } from './priority-refusals.ts';
import { type RenderedGroup, type RenderingInput, renderedGroup } from './rendered-group.ts';
import { settled } from './settled-config.ts';

export interface DeliverOptions {
  readonly view: ClusterView;
  readonly status: Pick<GroupStatus, 'newest' | 'saveFirst' | 'forget'>;
  readonly objects: Pick<GroupObjects, 'writeConfig' | 'writeOthers' | 'forget'>;
  readonly nudger: Pick<Nudger, 'want' | 'forget' | 'run' | 'drained'>;
  readonly news: NodeNews;
  readonly priority: Pick<PriorityRefusals, 'of' | 'onRefusal'>;
  readonly former: Pick<FormerGroups, 'list' | 'keys' | 'save' | 'succeeded' | 'onEnd' | 'onFound' | 'isOpen'>;
  readonly decisions: Decisions;
  /** Calls back with a group whose nodes say something else. */
  readonly onReports: (listener: (groupKey: string) => void) => void;
  readonly isOurs: IsOurs;
  /** Nodes that are to give their addresses up now. */
  readonly unfit: (groupKey: string) => Pick<PlanInput, 'emptied' | 'unsteady'>;
  /** What counts now. */
  readonly settings: () => Settings;
  /** The custom template, if there is one, and what it may make. */
  readonly rendering: () => Pick<RenderingInput, 'custom' | 'supportsPodMonitor'>;
  /** Writes that may be spent on pods each second. */
  readonly writesPerSecond: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Groups: spec, Services and Nodes become objects on the API server and configurations on the nodes. */
export class DeliverController implements Controller {
  readonly name = 'keepalivedgroup';
  readonly pace = { concurrency: 8, gatherMs: 20, perNamespace: 2 };
  readonly #options: DeliverOptions;

  constructor(options: DeliverOptions) {
    this.#options = options;
  }

  /** Also of groups that are no more: what their nodes may hold is to be saved. */
  keys(): string[] {
    const { view, former } = this.#options;
    return [...new Set([...view.groups.list().map(keyOf), ...former.keys()])];
  }

  follow(touch: (key: string) => void): void {
    const { view, news, former, priority, isOurs, onReports, rendering } = this.#options;
    const look = (key: string): void => {
      if (view.groups.get(key) !== undefined && news.isNew(key)) touch(key);
    };
    followChanges(view, isOurs, touch);
    followPods(view, look, (key) => {
      if (rendering().custom.kind !== 'none') touch(key);
    });
    onReports(look);
    priority.onRefusal(touch);
    former.onFound(touch);
    former.onEnd(() => {
      for (const group of view.groups.list()) touch(keyOf(group));
    });
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#options.nudger.run(signal);
  }

  drained(): Promise<void> {
    return this.#options.nudger.drained();
  }

  async reconcile(key: string): Promise<Outcome> {
    const { view, decisions, former, clock } = this.#options;
    const group = view.groups.get(key);
    if (group === undefined) {
      this.#forget(key);
      return former.save(key);
    }
    // What a group owns goes with it; made anew, it would outlive the group or stop its deletion.
    if (group.metadata.deletionTimestamp !== undefined) return { kind: 'done' };
    if (former.isOpen) return { kind: 'again', afterMs: LEDGER_PAUSE };
    const before = decisions.get(key);
    const began = clock.monotonic();
    const { decided, rendered } = this.#decide(group);
    const took = clock.monotonic() - began;
    const decision: Decision = {
      plan: decided,
      revision: rendered.revision,
      troubles: [],
      carried: before?.carried ?? new Map(),
      problemsOf: problemsByService(decided.problems),
    };
    const reached = { decision };
    try {
      await this.#bringAbout(group, rendered, reached);
      decisions.set(key, reached.decision);
      // A group of thousands of addresses leaves half of a core to everything else.
      return { kind: 'done', restMs: Math.max(took, before?.revision === rendered.revision ? 0 : this.#restOf(key)) };
    } catch (error) {
      return this.#judge(error, key, reached.decision);
    }
  }

  #decide(group: KeepalivedGroup): { readonly decided: Plan; readonly rendered: RenderedGroup } {
    const { view, status, news, unfit, former, priority, settings, rendering } = this.#options;
    const newest = (one: KeepalivedGroup): KeepalivedGroup => former.succeeded(status.newest(one));
    const refusedPriorityClass = priority.of(keyOf(group));
    const known = {
      view,
      newest,
      unfit: unfit(keyOf(group)),
      formerGroups: former.list(),
      refusedPriorityClass,
      reports: news.take(newest(group)),
    };
    const input = gather({ ...known, settings: settings() }, group);
    const planned = settled(plan(input), view.configMaps.get(keyOf(group)));
    const rendered = renderedGroup(planned, { ...input, ...rendering() });
    return { decided: { ...planned, problems: [...planned.problems, ...rendered.problems] }, rendered };
  }

  /** Each step rests on the one before: ids are saved before a node can run them, and a node is told of what it can then read. */
  async #bringAbout(group: KeepalivedGroup, rendered: RenderedGroup, reached: { decision: Decision }): Promise<void> {
    const { status, objects, nudger } = this.#options;
    const { plan: decided } = reached.decision;
    await status.saveFirst(group, decided);
    const refused = await objects.writeConfig(group, rendered);
    reached.decision = { ...reached.decision, troubles: refused };
    if (refused.length > 0) return;
    if (rendered.objects.length > 0 && rendered.revision !== undefined) nudger.want(keyOf(group), rendered.revision);
    reached.decision = { ...reached.decision, carried: carriedBy(decided) };
    const troubles = await objects.writeOthers(group, rendered);
    reached.decision = { ...reached.decision, troubles };
  }

  /** The next change of a group waits until about half of its pods can have been told of this one, for half a second at most. */
  #restOf(key: string): number {
    const { view, writesPerSecond } = this.#options;
    return Math.min(LONGEST_REST, (view.pods.byIndex('group', key).length * 500) / writesPerSecond);
  }

  #judge(error: unknown, key: string, reached: Decision): Outcome {
    const { log, decisions } = this.#options;
    if (isTerminating(error)) {
      log.info({ group: key }, 'the namespace of the group is being deleted, nothing is made in it');
      return { kind: 'done' };
    }
    if (isConflict(error)) {
      log.debug({ group: key, err: error }, 'the group changed meanwhile, planning again');
      return { kind: 'failed', error };
    }
    log.error({ group: key, err: error }, 'reconciling failed');
    const isLost = error instanceof ApiError && error.kind === 'not-leader';
    if (!isLost) decisions.set(key, { ...reached, error: error instanceof Error ? error.message : String(error) });
    return { kind: 'failed', error };
  }

  #forget(key: string): void {
    const { objects, status, nudger, news, decisions } = this.#options;
    for (const part of [objects, status, nudger, news]) part.forget(key);
    decisions.delete(key);
  }
}

// --- internal ---

/** Milliseconds. */
const LONGEST_REST = 500;
/** Until the ledger may be known, which tells what groups that are gone had. */
const LEDGER_PAUSE = 100;
