import type { Server } from 'node:http';
import { FIELD_MANAGER, LEADER_LEASE, LEGACY_FIELD_MANAGER } from '../api/names.ts';
import { Applier } from '../kube/apply.ts';
import type { Connection } from '../kube/connection.ts';
import { EventRecorder } from '../kube/events.ts';
import { HttpClient } from '../kube/http-client.ts';
import { Lease, type LeaseTimes } from '../kube/lease.ts';
import { keyOf } from '../kube/object.ts';
import type { ReflectorTimes } from '../kube/reflector.ts';
import { WorkQueue } from '../kube/work-queue.ts';
import type { Settings } from '../plan/input.ts';
import type { Clock } from '../telemetry/clock.ts';
import type { Log } from '../telemetry/log.ts';
import { AgentReports } from './agent-reports.ts';
import { followChanges } from './change.ts';
import { ClusterView } from './cluster-view.ts';
import { GroupStatus } from './group-status.ts';
import { followMalformedReferences } from './malformed-reference.ts';
import { ManagerMetrics } from './metrics.ts';
import { Reconciler } from './reconciler.ts';
import { ToldProblems } from './told-problems.ts';
import { type BindAddress, healthHandler, metricsHandler, serve } from './web.ts';

export interface ManagerOptions {
  readonly connection: Connection;
  readonly settings: Settings;
  /** Unique for this process. */
  readonly identity: string;
  /** Where the lease is; undefined: this process leads without asking. */
  readonly leaseNamespace: string | undefined;
  /** Undefined: not served. */
  readonly health: BindAddress | undefined;
  readonly metrics: BindAddress | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Port of the agents; of tests, another than the real one. */
  readonly agentPort?: number;
  readonly leaseTimes?: LeaseTimes;
  readonly reflectorTimes?: Partial<ReflectorTimes>;
}

/** How a manager ended: as it was told, or because another process leads now. */
export type Ending = 'stopped' | 'lost';

/** Groups that are reconciled at the same time. */
const CONCURRENCY = 4;
/** Milliseconds during which reasons to reconcile a group join; it delays every change. */
const GATHER = 20;
/** Milliseconds. Every group is looked at again after so long, whatever was or wasn't seen. */
const RESYNC = 10 * 60_000;
/** Milliseconds without a word from the API server after which a restart may help. */
const DEAF = 15 * 60_000;
/** Milliseconds for work that already runs when the process is told to end. */
const GRACE = 30_000;

/** Runs the operator: watches, waits to lead, reconciles, and gives the lease up last. */
export class Manager {
  readonly #options: ManagerOptions;
  readonly #metrics = new ManagerMetrics(CONCURRENCY);
  readonly #lease: Lease | undefined;
  readonly #view: ClusterView;
  readonly #recorder: EventRecorder;
  readonly #reports: AgentReports;
  readonly #queue: WorkQueue;
  readonly #problems: ToldProblems;
  #stopping = false;

  constructor(options: ManagerOptions) {
    const { connection, clock, log, identity, leaseNamespace, leaseTimes, reflectorTimes, settings, agentPort } = options;
    this.#options = options;
    const mayWrite = (): boolean => this.#lease === undefined || this.#lease.isHeld;
    const client = new HttpClient({ connection, mayWrite, observe: (request) => this.#metrics.request(request) });
    const lease = { client, name: LEADER_LEASE, identity, clock, log, ...(leaseTimes && { times: leaseTimes }) };
    this.#lease = leaseNamespace === undefined ? undefined : new Lease({ ...lease, namespace: leaseNamespace });
    this.#view = new ClusterView({ client, clock, log, ...(reflectorTimes && { times: reflectorTimes }) });
    this.#recorder = new EventRecorder({ client, controller: 'keepalived-controller', instance: identity, clock, log });
    this.#problems = new ToldProblems((regarding, happening) => this.#recorder.record(regarding, happening));
    this.#reports = new AgentReports({
      ...{ pods: this.#view.pods, clock, log, onNews: (key) => this.#queue.add(key) },
      onConfirmed: (seconds) => this.#metrics.delivered(seconds),
      ...(agentPort !== undefined && { port: agentPort }),
    });
    const reconciler = new Reconciler({
      ...{ client, view: this.#view, settings, clock, log, problems: this.#problems },
      status: new GroupStatus(client, clock),
      applier: new Applier({ client, fieldManager: FIELD_MANAGER, legacyManager: LEGACY_FIELD_MANAGER }),
      reportsOf: (key) => this.#reports.ofGroup(key),
    });
    const work = (key: string) => reconciler.reconcile(key);
    this.#queue = new WorkQueue({ clock, work, concurrency: CONCURRENCY, gatherMs: GATHER, observer: this.#metrics.queue });
  }

  /** Resolves when the signal aborts and everything has ended in order, or when the lease is lost. */
  async run(signal: AbortSignal): Promise<Ending> {
    const { log } = this.#options;
    signal.addEventListener('abort', () => this.#stop(), { once: true });
    const servers = await this.#serve();
    const watching = new AbortController();
    const watches = this.#view.run(watching.signal);
    await Promise.race([this.#view.synced(), aborted(signal)]);
    if (!signal.aborted) log.info({ groups: this.#view.groups.size, services: this.#view.services.size }, 'in step with the API server');
    await this.#lease?.acquire(signal);
    const ending = signal.aborted ? 'stopped' : await this.#lead(signal);
    watching.abort();
    await watches;
    if (ending === 'stopped') await this.#lease?.release();
    for (const server of servers) server.close().closeAllConnections();
    log.info({ ending }, 'ended');
    return ending;
  }

  async #lead(signal: AbortSignal): Promise<Ending> {
    const { clock, log, leaseNamespace } = this.#options;
    this.#metrics.leads(LEADER_LEASE, true);
    log.info({ lease: leaseNamespace === undefined ? 'none' : `${leaseNamespace}/${LEADER_LEASE}` }, 'reconciling');
    const working = new AbortController();
    followChanges(this.#view, (key) => this.#queue.add(key));
    followMalformedReferences(this.#view.services, this.#problems);
    const work = Promise.all([this.#queue.run(working.signal), this.#reports.run(working.signal), this.#resync(working.signal)]);
    // The lease is kept while work that already runs comes to its end.
    const keeping = new AbortController();
    const kept = this.#lease?.keep(keeping.signal) ?? aborted(keeping.signal);
    await Promise.race([kept, aborted(signal)]);
    const ending = signal.aborted ? 'stopped' : 'lost';
    working.abort();
    if (ending === 'stopped') await Promise.race([work.then(() => this.#recorder.flush()), clock.sleep(GRACE), kept]);
    keeping.abort();
    await kept;
    this.#metrics.leads(LEADER_LEASE, false);
    return ending;
  }

  async #resync(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const groups = this.#view.groups.list();
      this.#metrics.groups(groups.length);
      for (const group of groups) this.#queue.add(keyOf(group));
      await this.#options.clock.sleep(RESYNC, signal);
    }
  }

  #stop(): void {
    this.#stopping = true;
    this.#options.log.info({}, 'told to end');
  }

  async #serve(): Promise<Server[]> {
    const { health, metrics, clock } = this.#options;
    const alive = (): string | undefined =>
      this.#view.hasSynced && clock.monotonic() - this.#view.lastContact > DEAF ? 'no word from the API server' : undefined;
    const ready = (): string | undefined =>
      this.#stopping ? 'ending' : this.#view.hasSynced ? undefined : 'not yet in step with the API server';
    return Promise.all([
      ...(health === undefined ? [] : [serve(health, healthHandler({ alive, ready }))]),
      ...(metrics === undefined ? [] : [serve(metrics, metricsHandler(this.#metrics))]),
    ]);
  }
}

// --- internal ---

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
