import { Agent } from 'node:http';
import type { Pod } from '../../api/core.ts';
import { REVISION_ANNOTATION } from '../../api/names.ts';
import { NODE_POD } from '../../api/node/pod.ts';
import type { NodeReport } from '../../api/node/report.ts';
import { isSame } from '../../kube/apply/merge-patch.ts';
import { keyOf } from '../../kube/object.ts';
import { type Outcome, WorkQueue } from '../../kube/queue/work-queue.ts';
import type { Store } from '../../kube/store.ts';
import { fresh, SILENCE, type Word } from '../../observe/evidence.ts';
import { related } from '../../observe/journal/clock.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import { groupOfPod } from '../cluster/cluster-view.ts';
import { type Answer, fetchReport } from './fetch-report.ts';

export interface AgentReportsOptions {
  readonly pods: Store<Pod>;
  readonly clock: Clock;
  readonly log: Log;
  /** Told once for each pod and revision, with the seconds from the first time that the pod was asked for it. */
  readonly onConfirmed?: (seconds: number) => void;
  /** Port of every agent; of tests, another than the one that the pod names. */
  readonly port?: number | undefined;
}

/** Milliseconds. */
const STEADY = 5000;
const UNCONFIRMED = 200;
/** After news from one node of a group all of them are asked more often for a while: what one says may already be past. */
const HURRIED = 500;
const HURRY_FOR = 5000;
const SLOWER_AFTER = 10_000;
/** A pod that ends says why its node loses its addresses, and for a second only. */
const ENDING = 200;
const TIMEOUT = 2000;
/** Time to the next question after one that was not answered. */
const SILENT = 1000;
const CONCURRENCY = 32;

interface Expected {
  readonly revision: string | undefined;
  readonly since: number;
  confirmed: boolean;
}

/** Asks every group's agents, again and again, what they run; often while they don't run what they should. */
export class AgentReports {
  readonly #options: AgentReportsOptions;
  readonly #queue: WorkQueue;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #words = new Map<string, Word>();
  readonly #answers = new Map<string, Answer>();
  readonly #expected = new Map<string, Expected>();
  readonly #listeners: ((groupKey: string) => void)[] = [];
  /** Until when a group's nodes are asked more often. */
  readonly #hurried = new Map<string, number>();
  #signal: AbortSignal = AbortSignal.abort();

  constructor(options: AgentReportsOptions) {
    this.#options = options;
    const work = (key: string): Promise<Outcome> => this.#ask(key);
    this.#queue = new WorkQueue({ clock: options.clock, work, concurrency: CONCURRENCY, gatherMs: 0 });
  }

  /** What the nodes of a group said last. */
  wordsOf(groupKey: string): readonly Word[] {
    return this.#options.pods.byIndex('group', groupKey).flatMap((pod) => this.#words.get(keyOf(pod)) ?? []);
  }

  /** The reports of a group's nodes that count. */
  reportsOf(groupKey: string): readonly NodeReport[] {
    return fresh(this.wordsOf(groupKey), this.#options.clock.monotonic()).map(({ report }) => report);
  }

  /** Whether the node of a pod runs the revision, or refuses it; undefined while it isn't heard. */
  isAnswered(podKey: string, revision: string): boolean | undefined {
    const word = this.#words.get(podKey);
    if (word === undefined || word.silentSince !== undefined) return undefined;
    const { config } = word.report;
    return config.revision === revision || config.refused?.revision === revision;
  }

  /** Calls the listener with each group whose nodes say something else, fall silent, or answer again. */
  onNews(listener: (groupKey: string) => void): void {
    this.#listeners.push(listener);
  }

  /** Asks until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    this.#options.pods.onChange(({ key, before, after }) => {
      const isOther = addressOf(before) !== addressOf(after) || revisionOf(before) !== revisionOf(after) || ends(before) !== ends(after);
      if (after === undefined || isOther) this.#queue.add(key);
    });
    for (const pod of this.#options.pods.list()) this.#queue.add(keyOf(pod));
    await this.#queue.run(signal);
    this.#agent.destroy();
  }

  async #ask(key: string): Promise<Outcome> {
    const pod = this.#options.pods.get(key);
    if (pod === undefined) {
      for (const map of [this.#words, this.#answers, this.#expected]) map.delete(key);
      return { kind: 'done' };
    }
    const host = addressOf(pod);
    if (host === undefined) return { kind: 'done' };
    const asked = this.#options.clock.monotonic();
    const answer = await this.#fetch(pod, host);
    if (answer === undefined) this.#takeSilence(pod, asked);
    else this.#take(pod, answer, asked);
    if (ends(pod)) return { kind: 'again', afterMs: ENDING };
    return { kind: 'again', afterMs: answer === undefined ? SILENT : this.#pause(pod) };
  }

  async #fetch(pod: Pod, host: string): Promise<Answer | undefined> {
    const { log, port = portOf(pod) } = this.#options;
    try {
      const request = { host, port, timeoutMs: TIMEOUT, signal: this.#signal, agent: this.#agent };
      const answer = await fetchReport(request, this.#answers.get(keyOf(pod)));
      // On a node with two groups the port may be the other one's.
      const { group, pod: name, node } = answer.report;
      return group === groupOfPod(pod) && name === pod.metadata.name && node === pod.spec?.nodeName ? answer : undefined;
    } catch (error) {
      log.debug({ pod: keyOf(pod), err: error }, 'an agent did not answer');
      return undefined;
    }
  }

  #take(pod: Pod, answer: Answer, asked: number): void {
    const key = keyOf(pod);
    const { report } = answer;
    const before = this.#words.get(key);
    const heard = this.#options.clock.monotonic();
    this.#answers.set(key, answer);
    const clock = answer.clock === undefined ? undefined : related(before?.clock, { asked, heard, node: answer.clock });
    const changedAfter = before === undefined || before.report === report ? before?.changedAfter : before.asked;
    this.#words.set(key, { report, asked, heard, ...(clock && { clock }), ...(changedAfter !== undefined && { changedAfter }) });
    this.#confirm(pod, report.config.revision, heard);
    if (before === undefined || before.silentSince !== undefined || !isSame(before.report, report)) this.#tell(pod, heard);
  }

  #takeSilence(pod: Pod, asked: number): void {
    const key = keyOf(pod);
    const before = this.#words.get(key);
    if (before === undefined) return;
    const now = this.#options.clock.monotonic();
    const isOver = now - before.heard >= SILENCE;
    const isFirst = before.silentSince === undefined;
    if (isOver) this.#words.delete(key);
    else if (isFirst) this.#words.set(key, { ...before, silentSince: asked });
    if (isOver || isFirst) this.#tell(pod, now);
  }

  #tell(pod: Pod, now: number): void {
    const group = groupOfPod(pod) ?? '';
    const isHurried = (this.#hurried.get(group) ?? 0) > now;
    this.#hurried.set(group, now + HURRY_FOR);
    if (!isHurried) for (const one of this.#options.pods.byIndex('group', group)) this.#queue.addAfter(keyOf(one), HURRIED / 10);
    for (const listener of this.#listeners) listener(group);
  }

  #confirm(pod: Pod, revision: string | null, now: number): void {
    const expected = this.#expectedOf(pod, now);
    if (expected.confirmed || revision !== expected.revision) return;
    expected.confirmed = true;
    this.#options.onConfirmed?.((now - expected.since) / 1000);
  }

  #pause(pod: Pod): number {
    const now = this.#options.clock.monotonic();
    const expected = this.#expectedOf(pod, now);
    if ((this.#hurried.get(groupOfPod(pod) ?? '') ?? 0) > now) return expected.confirmed ? HURRIED : UNCONFIRMED;
    const isSettled = expected.confirmed || expected.revision === undefined || now - expected.since > SLOWER_AFTER;
    return isSettled ? STEADY * (0.9 + this.#options.clock.random() / 5) : UNCONFIRMED;
  }

  #expectedOf(pod: Pod, now: number): Expected {
    const revision = revisionOf(pod);
    const known = this.#expected.get(keyOf(pod));
    if (known !== undefined && known.revision === revision) return known;
    const fresh = { revision, since: now, confirmed: false };
    this.#expected.set(keyOf(pod), fresh);
    return fresh;
  }
}

// --- internal ---

const addressOf = (pod: Pod | undefined): string | undefined => pod?.status?.hostIP;
const ends = (pod: Pod | undefined): boolean => pod?.metadata.deletionTimestamp !== undefined;
const revisionOf = (pod: Pod | undefined): string | undefined => pod?.metadata.annotations?.[REVISION_ANNOTATION];

/** A pod of an older manager has the usual one. */
function portOf({ spec }: Pod): number {
  const ports = spec?.containers?.flatMap(({ name, ports }) => (name === NODE_POD.containers.agent ? (ports ?? []) : [])) ?? [];
  return ports.find(({ name }) => name === NODE_POD.metricsPortName)?.containerPort ?? NODE_POD.metricsPort;
}
