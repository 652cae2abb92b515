import type { Pod } from '../../api/core.ts';
import { FIELD_MANAGER, LEGACY_RELOADER, NUDGED_AGAIN_ANNOTATION, REVISION_ANNOTATION } from '../../api/names.ts';
import { isNotFound } from '../../kube/api-error.ts';
import type { Budget } from '../../kube/budget.ts';
import { type Client, MERGE_PATCH } from '../../kube/client.ts';
import { keyOf, objectPath } from '../../kube/object.ts';
import { type Outcome, WorkQueue } from '../../kube/queue/work-queue.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import { type ClusterView, groupOfPod } from '../cluster/cluster-view.ts';
import { PODS } from '../cluster/resource.ts';

export interface NudgerOptions {
  /** With connections of its own: a slow webhook on pods keeps nothing else waiting. */
  readonly client: Client;
  readonly view: ClusterView;
  readonly budget: Budget;
  /** Whether the node of a pod was heard to run this revision, or to have refused it; undefined while it isn't heard. */
  readonly isAnswered: (podKey: string, revision: string) => boolean | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

const CONCURRENCY = 48;
/** Of these, for the pods of one group. */
const PER_GROUP = 16;
/** Milliseconds that a node has to take a revision up before its pod is told again; it doubles. */
const UNANSWERED = 2500;
const MOST_TIMES = 5;

/**
 * Sets the revision on every pod of a group that doesn't carry it: kubelet then refreshes the pod's ConfigMap mount instead of waiting for its
 * next round, which may be 90 s away. A pod that waits for its turn is told once, of the newest revision. kubelet may look before it knows of
 * the new ConfigMap: a node that answers and runs something else is told again.
 */
export class Nudger {
  readonly #options: NudgerOptions;
  readonly #queue: WorkQueue;
  readonly #wanted = new Map<string, string>();
  readonly #told = new Map<string, Told>();

  constructor(options: NudgerOptions) {
    this.#options = options;
    this.#queue = new WorkQueue({
      clock: options.clock,
      work: (key) => this.#work(key),
      concurrency: CONCURRENCY,
      laneOf: (key) => this.#laneOf(key),
      perLane: PER_GROUP,
      gatherMs: 0,
    });
  }

  /** Has the pods of a group told of a revision; after the ConfigMap that holds it was written. */
  want(groupKey: string, revision: string): void {
    if (this.#wanted.get(groupKey) === revision) return;
    this.#wanted.set(groupKey, revision);
    for (const pod of this.#options.view.pods.byIndex('group', groupKey)) this.#queue.add(keyOf(pod));
  }

  forget(groupKey: string): void {
    this.#wanted.delete(groupKey);
  }

  /** Tells pods until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    this.#options.view.pods.onChange(({ key }) => this.#queue.add(key));
    await this.#queue.run(signal);
  }

  /** Resolves when every pod has been told, or can't be. */
  async drained(): Promise<void> {
    while (this.#options.view.pods.list().some((pod) => this.#isOwed(pod))) await this.#options.clock.sleep(20);
  }

  /** A pod that is gone has no group; nothing is written for it. */
  #laneOf(key: string): string {
    const pod = this.#options.view.pods.get(key);
    return (pod && groupOfPod(pod)) ?? '';
  }

  #isOwed(pod: Pod): boolean {
    const revision = this.#wanted.get(groupOfPod(pod) ?? '');
    return revision !== undefined && mayBeTold(pod) && this.#told.get(keyOf(pod))?.revision !== revision;
  }

  async #work(key: string): Promise<Outcome> {
    const pod = this.#options.view.pods.get(key);
    if (pod === undefined) this.#told.delete(key);
    const revision = this.#wanted.get((pod && groupOfPod(pod)) ?? '');
    if (pod === undefined || revision === undefined || !mayBeTold(pod)) return { kind: 'done' };
    const told = this.#told.get(key);
    if (told?.revision === revision) return this.#lookAfter(pod, told);
    // A predecessor of this process may have told it.
    if (revisionOf(pod) === revision) return this.#noted(key, { revision, times: 1 });
    return this.#tell(pod);
  }

  /** Tells a pod again whose node answers and runs something else. */
  async #lookAfter(pod: Pod, { revision, times, at }: Told): Promise<Outcome> {
    const { clock, isAnswered, log } = this.#options;
    const left = at + UNANSWERED * 2 ** (times - 1) - clock.monotonic();
    if (left > 0) return { kind: 'again', afterMs: left };
    if (times >= MOST_TIMES || isAnswered(keyOf(pod), revision) !== false) return { kind: 'done' };
    log.info({ pod: keyOf(pod), revision, times }, 'a node did not take its configuration up, telling it again');
    return this.#tell(pod);
  }

  async #tell(pod: Pod): Promise<Outcome> {
    await this.#options.budget.take();
    // While it waited, a newer one may have come.
    const revision = this.#wanted.get(groupOfPod(pod) ?? '');
    if (revision === undefined) return { kind: 'done' };
    const told = this.#told.get(keyOf(pod));
    const times = told?.revision === revision ? told.times : 0;
    await this.#annotate(pod, revision, times === 0 ? null : String(times));
    return this.#noted(keyOf(pod), { revision, times: times + 1 });
  }

  #noted(key: string, told: Omit<Told, 'at'>): Outcome {
    this.#told.set(key, { ...told, at: this.#options.clock.monotonic() });
    return { kind: 'again', afterMs: UNANSWERED * 2 ** (told.times - 1) };
  }

  async #annotate(pod: Pod, revision: string, again: string | null): Promise<void> {
    const annotations = { [REVISION_ANNOTATION]: revision, [NUDGED_AGAIN_ANNOTATION]: again };
    const body = { metadata: { uid: pod.metadata.uid, annotations } };
    const query = { fieldManager: FIELD_MANAGER };
    try {
      await this.#options.client.request({ method: 'PATCH', path: objectPath(PODS, pod.metadata), query, body, contentType: MERGE_PATCH });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

// --- internal ---

interface Told {
  readonly revision: string;
  /** How often. */
  readonly times: number;
  /** Monotonic time of the last. */
  readonly at: number;
}

const revisionOf = ({ metadata }: Pod): string | undefined => metadata.annotations?.[REVISION_ANNOTATION];

/** The Go operator's pods hand the file to their keepalived as it is: better that they are replaced before they see ours. */
function mayBeTold({ metadata, spec, status }: Pod): boolean {
  const isOver = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  const isOfGoOperator = (spec?.containers ?? []).some(({ name }) => name === LEGACY_RELOADER);
  return spec?.nodeName !== undefined && metadata.deletionTimestamp === undefined && !isOver && !isOfGoOperator;
}
