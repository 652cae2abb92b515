import { Agent } from 'node:http';
import type { Pod } from '../../api/core.ts';
import { REVISION_ANNOTATION } from '../../api/names.ts';
import { NODE_POD } from '../../api/node/pod.ts';
import type { NodeReport } from '../../api/node/report.ts';
import { isSame } from '../../kube/merge-patch.ts';
import { keyOf } from '../../kube/object.ts';
import type { Store } from '../../kube/store.ts';
import { type Outcome, WorkQueue } from '../../kube/work-queue.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import { groupOfPod } from '../cluster/cluster-view.ts';
import { fetchReport } from './fetch-report.ts';

export interface AgentReportsOptions {
  readonly pods: Store<Pod>;
  readonly clock: Clock;
  readonly log: Log;
  /** Told when a group's nodes say something new, or fall silent. */
  readonly onNews: (groupKey: string) => void;
  /** Told once for each pod and revision, with the seconds from the first time that the pod was asked for it. */
  readonly onConfirmed?: (seconds: number) => void;
  /** Port of every agent; of tests, another than the one that the pod names. */
  readonly port?: number;
}

/** Milliseconds. */
const STEADY = 5000;
const UNCONFIRMED = 200;
/** After news from one node of a group all of them are asked more often for a while: what one says may already be past. */
const HURRIED = 500;
const HURRY_FOR = 5000;
const SLOWER_AFTER = 10_000;
const TIMEOUT = 2000;
/** Time to the next question after one that was not answered. */
const SILENT = 1000;
/** How long the last report of a node counts that answers no more: three questions without an answer. */
const STALE = 8000;
const CONCURRENCY = 32;

interface Heard {
  readonly report: NodeReport | undefined;
  readonly at: number;
}

/** Asks every group's agents, again and again, what they run; often while they don't run what they should. */
export class AgentReports {
  readonly #options: AgentReportsOptions;
  readonly #queue: WorkQueue;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #heard = new Map<string, Heard>();
  readonly #expected = new Map<string, { readonly revision: string | undefined; readonly since: number; confirmed: boolean }>();
  /** Until when a group's nodes are asked more often. */
  readonly #hurried = new Map<string, number>();
  #signal: AbortSignal = AbortSignal.abort();

  constructor(options: AgentReportsOptions) {
    this.#options = options;
    const work = (key: string): Promise<Outcome> => this.#ask(key);
    this.#queue = new WorkQueue({ clock: options.clock, work, concurrency: CONCURRENCY, gatherMs: 0 });
  }

  /** The reports of a group's pods that answered lately. */
  ofGroup(groupKey: string): readonly NodeReport[] {
    return this.#options.pods.byIndex('group', groupKey).flatMap((pod) => this.#heard.get(keyOf(pod))?.report ?? []);
  }

  /** Asks until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    this.#options.pods.onChange(({ key, before, after }) => {
      if (after === undefined || addressOf(before) !== addressOf(after) || revisionOf(before) !== revisionOf(after)) this.#queue.add(key);
    });
    for (const pod of this.#options.pods.list()) this.#queue.add(keyOf(pod));
    await this.#queue.run(signal);
    this.#agent.destroy();
  }

  async #ask(key: string): Promise<Outcome> {
    const pod = this.#options.pods.get(key);
    if (pod === undefined) {
      for (const map of [this.#heard, this.#expected]) map.delete(key);
      return { kind: 'done' };
    }
    const host = addressOf(pod);
    if (host === undefined) return { kind: 'done' };
    const report = await this.#fetch(pod, host);
    this.#take(pod, report);
    return { kind: 'again', afterMs: report === undefined ? SILENT : this.#pause(pod) };
  }

  async #fetch(pod: Pod, host: string): Promise<NodeReport | undefined> {
    const { log, port = portOf(pod) } = this.#options;
    try {
      const report = await fetchReport({ host, port, timeoutMs: TIMEOUT, signal: this.#signal, agent: this.#agent });
      // On a node with two groups the port may be the other one's.
      const isItsOwn = report.group === groupOfPod(pod) && report.pod === pod.metadata.name && report.node === pod.spec?.nodeName;
      return isItsOwn ? report : undefined;
    } catch (error) {
      log.debug({ pod: keyOf(pod), err: error }, 'an agent did not answer');
      return undefined;
    }
  }

  #take(pod: Pod, report: NodeReport | undefined): void {
    const key = keyOf(pod);
    const now = this.#options.clock.monotonic();
    const before = this.#heard.get(key);
    if (report === undefined && before !== undefined && now - before.at < STALE) return;
    this.#heard.set(key, { report, at: now });
    this.#confirm(pod, report, now);
    if (isSame(before?.report, report)) return;
    const group = groupOfPod(pod) ?? '';
    this.#hurry(group, now);
    this.#options.onNews(group);
  }

  #hurry(group: string, now: number): void {
    const isHurried = (this.#hurried.get(group) ?? 0) > now;
    this.#hurried.set(group, now + HURRY_FOR);
    if (isHurried) return;
    for (const pod of this.#options.pods.byIndex('group', group)) this.#queue.addAfter(keyOf(pod), HURRIED / 10);
  }

  #confirm(pod: Pod, report: NodeReport | undefined, now: number): void {
    const expected = this.#expectedOf(pod, now);
    if (expected.confirmed || report === undefined || report.config.revision !== expected.revision) return;
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

  #expectedOf(pod: Pod, now: number): { readonly revision: string | undefined; readonly since: number; confirmed: boolean } {
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
/** A pod of an older manager has the usual one. */
function portOf({ spec }: Pod): number {
  const ports = spec?.containers?.flatMap(({ name, ports }) => (name === NODE_POD.containers.agent ? (ports ?? []) : [])) ?? [];
  return ports.find(({ name }) => name === NODE_POD.metricsPortName)?.containerPort ?? NODE_POD.metricsPort;
}

const revisionOf = (pod: Pod | undefined): string | undefined => pod?.metadata.annotations?.[REVISION_ANNOTATION];
