import type { Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import { FIELD_MANAGER, LEADER_LEASE, LEGACY_FIELD_MANAGER } from '../api/names.ts';
import { Applier } from '../kube/apply.ts';
import type { Client } from '../kube/client.ts';
import type { Connection } from '../kube/connection.ts';
import { EventRecorder } from '../kube/events.ts';
import { HttpClient } from '../kube/http-client.ts';
import { Lease, type LeaseTimes } from '../kube/lease.ts';
import { controllerOf, type KubeObject, keyOf } from '../kube/object.ts';
import type { ReflectorTimes } from '../kube/reflector.ts';
import type { Change } from '../kube/store.ts';
import { WorkQueue } from '../kube/work-queue.ts';
import type { ReservedRouterId, Settings } from '../plan/input.ts';
import type { PrometheusAccount } from '../render/pod-monitor.ts';
import type { Clock } from '../telemetry/clock.ts';
import type { Log } from '../telemetry/log.ts';
import { ApiServers } from './cluster/api-servers.ts';
import { ClusterView } from './cluster/cluster-view.ts';
import { Monitoring } from './cluster/monitoring.ts';
import { readReservedRouterIds } from './cluster/openshift.ts';
import { type OwnPod, readOwnImage, withOwnImage } from './cluster/own-image.ts';
import { MONITORING } from './cluster/resource.ts';
import { TemplateFile } from './cluster/template-file.ts';
import { followChanges } from './deliver/change.ts';
import { GroupObjects } from './deliver/group-objects.ts';
import { Reconciler } from './deliver/reconciler.ts';
import { AccessReview } from './endpoints/access-review.ts';
import { ManagerMetrics } from './endpoints/metrics.ts';
import { ServingCertificate } from './endpoints/serving-certificate.ts';
import { type BindAddress, guarded, healthHandler, metricsHandler, serve, serveSecurely } from './endpoints/web.ts';
import { GroupStatus } from './group-status.ts';
import { AgentReports } from './observe/agent-reports.ts';
import { followMalformedReferences } from './serve/malformed-reference.ts';
import { ServiceStatuses } from './serve/service-statuses.ts';
import { type RecordEvent, ToldProblems } from './told-problems.ts';

export interface ManagerOptions {
  readonly connection: Connection;
  readonly settings: Settings;
  /** Whose image the agents get; undefined: that of the settings. */
  readonly ownPod?: OwnPod | undefined;
  /** The service account that may scrape the groups' pods; undefined: no Role is made for it. */
  readonly prometheus?: PrometheusAccount | undefined;
  /** File of the custom template; undefined: there is none. */
  readonly templateFile?: string | undefined;
  /** Unique for this process. */
  readonly identity: string;
  /** Where the lease is; undefined: this process leads without asking. */
  readonly leaseNamespace: string | undefined;
  /** Undefined: not served. */
  readonly health: BindAddress | undefined;
  readonly metrics: BindAddress | undefined;
  readonly secureMetrics?: SecureMetrics | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Stands between the manager and the API server. */
  readonly wrap?: (client: Client) => Client;
  /** Port of the agents; of tests, another than the real one. */
  readonly agentPort?: number;
  readonly leaseTimes?: LeaseTimes;
  readonly reflectorTimes?: Partial<ReflectorTimes>;
  /** Milliseconds between two looks whether PodMonitors exist. */
  readonly monitoringEvery?: number;
}

/** Metrics by HTTPS, for those whom the API server knows and allows. */
export interface SecureMetrics {
  readonly bind: BindAddress;
  /** Holds `tls.crt` and `tls.key`; undefined: a certificate of our own. */
  readonly certificates: string | undefined;
  /** DNS names of a certificate of our own. */
  readonly names: readonly string[];
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
/** Milliseconds in which every node that answers has been heard. */
const HEARING = 3000;
/** Milliseconds for work that already runs when the process is told to end. */
const GRACE = 30_000;

/** Runs the operator: watches, waits to lead, reconciles, and gives the lease up last. */
export class Manager {
  readonly #options: ManagerOptions;
  readonly #metrics = new ManagerMetrics(CONCURRENCY, () => this.#queue.running);
  readonly #client: Client;
  readonly #lease: Lease | undefined;
  readonly #view: ClusterView;
  readonly #apiServers: ApiServers;
  readonly #recorder: EventRecorder;
  readonly #reports: AgentReports;
  readonly #reconciler: Reconciler;
  readonly #queue: WorkQueue;
  readonly #monitoring: Monitoring;
  readonly #services: ServiceStatuses;
  readonly #template: TemplateFile;
  readonly #problems: ToldProblems;
  /** What the cluster uses itself; known before anything is decided. */
  #reserved: readonly ReservedRouterId[] = [];
  #ownImage: string | undefined;
  #stopping = false;

  constructor(options: ManagerOptions) {
    const {
      connection,
      clock,
      log,
      identity,
      leaseNamespace,
      leaseTimes,
      reflectorTimes,
      settings,
      prometheus,
      agentPort,
      monitoringEvery,
    } = options;
    this.#options = options;
    const mayWrite = (): boolean => this.#lease === undefined || this.#lease.isHeld;
    const http = new HttpClient({ connection, mayWrite, observe: (request) => this.#metrics.request(request) });
    const client = options.wrap?.(http) ?? http;
    this.#client = client;
    const lease = { client, name: LEADER_LEASE, identity, clock, log, ...(leaseTimes && { times: leaseTimes }) };
    this.#lease = leaseNamespace === undefined ? undefined : new Lease({ ...lease, namespace: leaseNamespace });
    const watch = { client, clock, log, ...(reflectorTimes && { times: reflectorTimes }) };
    this.#view = new ClusterView(watch);
    this.#apiServers = new ApiServers({ ...watch, onChange: () => this.#touchAll() });
    this.#monitoring = new Monitoring({
      ...watch,
      onChange: () => this.#touchAll(),
      ...(monitoringEvery && { lookEvery: monitoringEvery }),
    });
    this.#recorder = new EventRecorder({ client, controller: 'keepalived-controller', instance: identity, clock, log });
    const record: RecordEvent = (regarding, happening) => this.#recorder.record(regarding, happening);
    this.#problems = new ToldProblems(record);
    this.#reports = new AgentReports({
      ...{ pods: this.#view.pods, clock, log, onNews: (key) => this.#queue.add(key) },
      onConfirmed: (seconds) => this.#metrics.delivered(seconds),
      ...(agentPort !== undefined && { port: agentPort }),
    });
    const applier = new Applier({ client, fieldManager: FIELD_MANAGER, legacyManager: LEGACY_FIELD_MANAGER });
    const common = { view: this.#view, record, log };
    this.#services = new ServiceStatuses({ client, view: this.#view, clock, log });
    this.#template = new TemplateFile({ file: options.templateFile, clock, log, onChange: () => this.#touchAll() });
    this.#reconciler = new Reconciler({
      ...{ ...common, clock, problems: this.#problems, observer: this.#metrics, services: this.#services },
      status: new GroupStatus(client, clock),
      objects: new GroupObjects({ ...common, client, applier, monitoring: this.#monitoring, prometheus }),
      reportsOf: (key) => this.#reports.ofGroup(key),
      settings: () => ({
        ...withOwnImage(settings, this.#ownImage),
        reservedRouterIds: [...(settings.reservedRouterIds ?? []), ...this.#reserved],
        apiServers: this.#apiServers.addresses,
      }),
      rendering: () => ({ custom: this.#template.current, supportsPodMonitor: this.#monitoring.exists }),
    });
    const work = (key: string) => this.#reconciler.reconcile(key);
    this.#queue = new WorkQueue({ clock, work, concurrency: CONCURRENCY, gatherMs: GATHER, observer: this.#metrics.queue });
  }

  /** Resolves when the signal aborts and everything has ended in order, or when the lease is lost. */
  async run(signal: AbortSignal): Promise<Ending> {
    const { log } = this.#options;
    signal.addEventListener('abort', () => this.#stop(), { once: true });
    const servers = await this.#serve(signal);
    const watching = new AbortController();
    const watches = Promise.all([this.#view.run(watching.signal), this.#apiServers.run(watching.signal)]);
    await Promise.race([Promise.all([this.#view.synced(), this.#apiServers.answered]), aborted(signal)]);
    await this.#readOnce(signal);
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

  /** Reconciles each group once, knowing what their nodes say, then ends. Nothing is served and no lease is taken. */
  async runOnce(): Promise<void> {
    const { clock } = this.#options;
    const stop = new AbortController();
    const running = [this.#view.run(stop.signal), this.#apiServers.run(stop.signal)];
    await Promise.all([this.#view.synced(), this.#apiServers.answered]);
    await this.#readOnce(stop.signal);
    await this.#template.look();
    running.push(this.#reports.run(stop.signal), this.#monitoring.run(stop.signal));
    await clock.sleep(HEARING);
    followMalformedReferences(this.#view.services, this.#problems);
    for (const group of this.#view.groups.list()) await this.#reconciler.reconcile(keyOf(group));
    await this.#recorder.flush();
    stop.abort();
    await Promise.all(running);
  }

  /** What doesn't change while this process runs. */
  async #readOnce(signal: AbortSignal): Promise<void> {
    const { clock, log, ownPod } = this.#options;
    const asking = { client: this.#client, clock, log };
    this.#reserved = await readReservedRouterIds(asking, signal);
    this.#ownImage = ownPod && (await readOwnImage(ownPod, asking, signal));
  }

  async #lead(signal: AbortSignal): Promise<Ending> {
    const { clock, log, leaseNamespace } = this.#options;
    this.#metrics.leads(LEADER_LEASE, true);
    log.info({ lease: leaseNamespace === undefined ? 'none' : `${leaseNamespace}/${LEADER_LEASE}` }, 'reconciling');
    const working = new AbortController();
    followChanges(this.#view, (key) => this.#queue.add(key));
    for (const resource of MONITORING) this.#monitoring.storeOf(resource)?.onChange((change) => this.#touchOwner(change));
    followMalformedReferences(this.#view.services, this.#problems);
    await this.#template.look();
    const parts = [this.#queue, this.#reports, this.#monitoring, this.#services, this.#template];
    const work = Promise.all([...parts.map((part) => part.run(working.signal)), this.#resync(working.signal)]);
    // The lease is kept while work that already runs comes to its end.
    const keeping = new AbortController();
    const kept = this.#lease?.keep(keeping.signal) ?? aborted(keeping.signal);
    await Promise.race([kept, aborted(signal)]);
    const ending = signal.aborted ? 'stopped' : 'lost';
    working.abort();
    if (ending === 'stopped') await Promise.race([work.then(() => this.#recorder.flush()), clock.sleep(GRACE, keeping.signal), kept]);
    keeping.abort();
    await kept;
    this.#metrics.leads(LEADER_LEASE, false);
    return ending;
  }

  #touchAll(): void {
    for (const group of this.#view.groups.list()) this.#queue.add(keyOf(group));
  }

  #touchOwner({ before, after }: Change<KubeObject>): void {
    const object = after ?? before;
    const key = object && `${object.metadata.namespace}/${controllerOf(object)?.name}`;
    if (key !== undefined && this.#view.groups.get(key) !== undefined) this.#queue.add(key);
  }

  async #resync(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#metrics.groups(this.#view.groups.size);
      this.#touchAll();
      await this.#options.clock.sleep(RESYNC, signal);
    }
  }

  #stop(): void {
    this.#stopping = true;
    this.#options.log.info({}, 'told to end');
  }

  async #serve(signal: AbortSignal): Promise<(Server | SecureServer)[]> {
    const { health, metrics, secureMetrics, clock } = this.#options;
    const alive = (): string | undefined =>
      this.#view.hasSynced && clock.monotonic() - this.#view.lastContact > DEAF ? 'no word from the API server' : undefined;
    const ready = (): string | undefined =>
      this.#stopping ? 'ending' : this.#view.hasSynced ? undefined : 'not yet in step with the API server';
    return Promise.all([
      ...(health === undefined ? [] : [serve(health, healthHandler({ alive, ready }))]),
      ...(metrics === undefined ? [] : [serve(metrics, metricsHandler(this.#metrics))]),
      ...(secureMetrics === undefined ? [] : [this.#serveSecurely(secureMetrics, signal)]),
    ]);
  }

  async #serveSecurely({ bind, certificates, names }: SecureMetrics, signal: AbortSignal): Promise<SecureServer> {
    const { clock, log } = this.#options;
    const observe = (succeeded: boolean): void => this.#metrics.readCertificate(succeeded);
    const certificate = new ServingCertificate({ folder: certificates, names, clock, log, observe });
    const review = new AccessReview({ client: this.#client, clock, log });
    const server = await serveSecurely(bind, certificate.current, guarded(review, metricsHandler(this.#metrics)));
    void certificate.follow((pair) => server.setSecureContext(pair), signal);
    return server;
  }
}

// --- internal ---

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
