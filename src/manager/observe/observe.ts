import { KIND } from '../../api/names.ts';
import type { Outcome } from '../../kube/queue/work-queue.ts';
import type { Word } from '../../observe/evidence.ts';
import { missingPods } from '../../observe/missing-pods.ts';
import { observe, type Truth } from '../../observe/observe.ts';
import { routerIDsUnique } from '../../observe/wire/foreign-words.ts';
import type { Plan } from '../../plan/plan.ts';
import { groupReference } from '../../plan/reference.ts';
import { accepted, owned } from '../../render/condition.ts';
import { renderStatus } from '../../render/status.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { ClusterView } from '../cluster/cluster-view.ts';
import type { Controller } from '../controller.ts';
import type { Decision, Decisions } from '../decisions.ts';
import type { GroupStatus } from '../group-status.ts';
import type { RecordEvent, ToldProblems, Trouble } from '../told-problems.ts';
import type { Journals } from './journals.ts';
import { nodeTroubles } from './node-troubles.ts';
import type { Ours } from './ours.ts';
import { tellMoves } from './owner-news.ts';
import { ASK_EVERY, type PodRefusals } from './pod-refusals.ts';
import type { Verdicts } from './verdicts.ts';
import { foreignTroubles, wireTroubles } from './wire-news.ts';

export interface ObserveOptions {
  readonly decisions: Decisions;
  readonly wordsOf: (groupKey: string) => readonly Word[];
  /** Calls back with a group whose nodes say something else. */
  readonly onReports: (listener: (groupKey: string) => void) => void;
  /** Asks the agents until the signal aborts. */
  readonly ask: (signal: AbortSignal) => Promise<void>;
  readonly status: Pick<GroupStatus, 'newest' | 'save'>;
  readonly problems: ToldProblems;
  readonly record: RecordEvent;
  readonly journals: Pick<Journals, 'recordedOf' | 'found' | 'forget' | 'onReady'>;
  readonly verdicts: Pick<Verdicts, 'found' | 'forget'>;
  /** The uid of a VirtualIP by name; undefined where there is none. */
  readonly uidOf: (virtualIP: string) => string | undefined;
  readonly view: Pick<ClusterView, 'pods'>;
  readonly ours: Pick<Ours, 'has'>;
  readonly refusals: Pick<PodRefusals, 'of' | 'forget'>;
  /** Called with why pods of a group could not be made, the latest last. */
  readonly onRefusals: (groupKey: string, messages: readonly string[]) => void;
  readonly observers: readonly TruthObserver[];
  readonly clock: Clock;
}

/** Told what was found of each group. */
export interface TruthObserver {
  looked(groupKey: string, decided: Plan, truth: Truth): void;
  gone(groupKey: string): void;
}

/** Groups: what the nodes say becomes owners and moves, and these become status, Events and metrics. */
export class ObserveController implements Controller {
  readonly name = 'observe';
  readonly pace = { concurrency: 8, gatherMs: 50, perNamespace: 2 };
  readonly #options: ObserveOptions;
  readonly #truths = new Map<string, Truth>();

  constructor(options: ObserveOptions) {
    this.#options = options;
  }

  keys(): readonly string[] {
    return this.#options.decisions.keys();
  }

  follow(touch: (key: string) => void): void {
    const { decisions, onReports, journals } = this.#options;
    decisions.onChange(touch);
    journals.onReady(() => {
      for (const key of decisions.keys()) touch(key);
    });
    onReports((key) => {
      if (decisions.get(key) !== undefined) touch(key);
    });
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#options.ask(signal);
  }

  async reconcile(key: string): Promise<Outcome> {
    const { decisions, observers, problems } = this.#options;
    const decision = decisions.get(key);
    if (decision === undefined) {
      this.#truths.delete(key);
      problems.tell(key, []);
      for (const observer of observers) observer.gone(key);
      this.#options.journals.forget(key);
      this.#options.verdicts.forget(key);
      this.#options.refusals.forget(key);
      return { kind: 'done' };
    }
    const truth = this.#look(key, decision);
    problems.tell(key, [
      ...ofGroup(decision),
      ...summaries(decision, truth),
      ...nodeTroubles(
        decision.plan.group,
        truth.words.map(({ report }) => report),
      ),
      ...wireTroubles(truth, this.#options.uidOf),
      ...foreignTroubles(truth, groupReference(decision.plan.group)),
    ]);
    const missing = await this.#missing(key, decision, truth);
    const saved = await this.#save(decision, truth, missing);
    return sooner(sooner(saved, truth.again), missing === undefined || missing.size === 0 ? undefined : ASK_EVERY);
  }

  /** Why nodes have no pod that runs, by node; asked only where some don't answer. */
  async #missing(key: string, { plan, revision }: Decision, { words }: Truth): Promise<ReadonlyMap<string, string> | undefined> {
    const { view, refusals, onRefusals } = this.#options;
    const silent = plan.nodes.filter((node) => !words.some(({ report }) => report.node === node));
    if (silent.length === 0 || revision === undefined) return undefined;
    const pods = view.pods.byIndex('group', key);
    const missing = missingPods(silent, { pods, refusals: [] });
    if (missing.size === 0) return missing;
    const messages = await refusals.of(key);
    onRefusals(key, messages);
    return missingPods(silent, { pods, refusals: messages });
  }

  #look(key: string, { plan }: Decision): Truth {
    const { clock, observers, wordsOf, record, journals } = this.#options;
    const isOurs = (source: string, mac?: string): boolean => this.#options.ours.has(source, mac);
    const ledger = { wall: clock.now().getTime(), recordedOf: journals.recordedOf(key), isOurs };
    const truth = observe(plan, wordsOf(key), this.#truths.get(key) ?? plan.group.status, clock.monotonic(), ledger);
    this.#truths.set(key, truth);
    journals.found(key, truth);
    this.#options.verdicts.found(key, truth);
    for (const observer of observers) observer.looked(key, plan, truth);
    if (truth.moves.length > 0) tellMoves(plan, truth.moves, record);
    return truth;
  }

  async #save(
    { plan, revision, troubles, error }: Decision,
    { words, owners, wire }: Truth,
    missing: ReadonlyMap<string, string> | undefined,
  ): Promise<Outcome> {
    const { status, clock } = this.#options;
    const group = status.newest(plan.group);
    const now = clock
      .now()
      .toISOString()
      .replace(/\.\d+Z$/, 'Z');
    const wrong = error ?? (troubles.map(({ message }) => message).join('; ') || undefined);
    const observed = {
      reports: words.map(({ report }) => report),
      owners,
      missing,
      routerIDsUnique: routerIDsUnique(wire.foreign),
      now,
      revision,
      ...(wrong !== undefined && { error: wrong }),
    };
    const saved = await status.save(group, renderStatus({ ...plan, group }, observed));
    return saved.kind === 'too-soon' ? { kind: 'again', afterMs: saved.afterMs } : { kind: 'done' };
  }
}

// --- internal ---

/** What the group itself is told; of its own a Service is told by the controller of Services. */
const ofGroup = ({ plan, troubles }: Decision): Trouble[] => [...plan.problems.filter(({ object }) => object.kind === KIND), ...troubles];

/** Told when they become so, or so for another reason; what exactly it is, is in the conditions, and on each Service. */
function summaries({ plan }: Decision, { owners }: Truth): Trouble[] {
  const object = groupReference(plan.group);
  const [ownership, acceptance] = [owned(plan, owners), accepted(plan)];
  const isOfServices = plan.problems.some(({ object: { kind } }) => kind !== KIND);
  const refused = 'not everything that Services ask for is carried or done; condition Accepted and the Services say what, and why';
  return [
    ...(ownership.status === 'False' ? [{ object, reason: ownership.reason, message: ownership.message }] : []),
    ...(acceptance.status === 'False' && isOfServices ? [{ object, reason: acceptance.reason, message: refused }] : []),
  ];
}

function sooner(outcome: Outcome, again: number | undefined): Outcome {
  if (again === undefined) return outcome;
  return { kind: 'again', afterMs: outcome.kind === 'again' ? Math.min(outcome.afterMs, again) : again };
}
