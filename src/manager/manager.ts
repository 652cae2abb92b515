import type { Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import { LEADER_LEASE } from '../api/names.ts';
import type { Client } from '../kube/client.ts';
import { EventRecorder } from '../kube/events.ts';
import { HttpClient } from '../kube/http-client.ts';
import { Lease } from '../kube/lease.ts';
import { controllerOf, type KubeObject } from '../kube/object.ts';
import type { Change } from '../kube/store.ts';
import type { ReservedRouterId } from '../plan/input.ts';
import { controllers } from './assemble.ts';
import { ApiServers } from './cluster/api-servers.ts';
import { ClusterView } from './cluster/cluster-view.ts';
import { EmptiedNodes } from './cluster/emptied-nodes.ts';
import { Monitoring } from './cluster/monitoring.ts';
import { readReservedRouterIds } from './cluster/openshift.ts';
import { readOwnImage, withOwnImage } from './cluster/own-image.ts';
import { MONITORING } from './cluster/resource.ts';
import { TemplateFile } from './cluster/template-file.ts';
import { serveEndpoints } from './endpoints/endpoints.ts';
import { ManagerMetrics } from './endpoints/metrics/metrics.ts';
import { SteadyNodes } from './observe/steady-nodes.ts';
import type { ManagerOptions } from './options.ts';
import { Work } from './work.ts';

/** How a manager ended: as it was told, or because another process leads now. */
export type Ending = 'stopped' | 'lost';

/** Milliseconds without a word from the API server after which a restart may help. */
const DEAF = 15 * 60_000;
/** Milliseconds in which every node that answers has been heard. */
const HEARING = 3000;
/** Milliseconds for work that already runs when the process is told to end. */
const GRACE = 30_000;

/** Runs the operator: watches, waits to lead, works, and gives the lease up last. */
export class Manager {
  readonly #options: ManagerOptions;
  readonly #metrics = new ManagerMetrics(() => this.#work.running);
  readonly #client: Client;
  readonly #lease: Lease | undefined;
  readonly #view: ClusterView;
  readonly #apiServers: ApiServers;
  readonly #emptied: EmptiedNodes;
  readonly #steady: SteadyNodes;
  readonly #recorder: EventRecorder;
  readonly #monitoring: Monitoring;
  readonly #template: TemplateFile;
  readonly #work: Work;
  /** What the cluster uses itself; known before anything is decided. */
  #reserved: readonly ReservedRouterId[] = [];
  #ownImage: string | undefined;
  #stopping = false;

  constructor(options: ManagerOptions) {
    this.#options = options;
    const { clock, log, identity, leaseNamespace, leaseTimes, reflectorTimes, monitoringEvery, wrap } = options;
    const http = this.#connect();
    const client = wrap?.(http) ?? http;
    this.#client = client;
    // Each has connections of its own: nothing that is slow may cost the lease.
    const lease = { client: this.#connect(), name: LEADER_LEASE, identity, clock, log, ...(leaseTimes && { times: leaseTimes }) };
    this.#lease = leaseNamespace === undefined ? undefined : new Lease({ ...lease, namespace: leaseNamespace });
    const pods = this.#connect();
    const watch = { client, clock, log, ...(reflectorTimes && { times: reflectorTimes }) };
    this.#view = new ClusterView(watch);
    const onChange = (): void => this.#work.touchAll('keepalivedgroup');
    this.#apiServers = new ApiServers({ ...watch, onChange });
    this.#emptied = new EmptiedNodes({ ...watch, view: this.#view, onChange });
    this.#steady = new SteadyNodes({ nodes: this.#view.nodes, clock, onChange });
    this.#monitoring = new Monitoring({ ...watch, onChange, ...(monitoringEvery && { lookEvery: monitoringEvery }) });
    this.#template = new TemplateFile({ file: options.templateFile, clock, log, onChange });
    this.#recorder = new EventRecorder({ client, controller: 'keepalived-controller', instance: identity, clock, log });
    const surroundings = {
      options,
      client,
      podClient: wrap?.(pods) ?? pods,
      view: this.#view,
      emptied: this.#emptied,
      steady: this.#steady,
      monitoring: this.#monitoring,
      template: this.#template,
      recorder: this.#recorder,
      metrics: this.#metrics,
      settings: () => ({
        ...withOwnImage(options.settings, this.#ownImage),
        reservedRouterIds: [...(options.settings.reservedRouterIds ?? []), ...this.#reserved],
        apiServers: this.#apiServers.addresses,
      }),
    };
    this.#work = new Work({ controllers: controllers(surroundings), clock, observerOf: (...queue) => this.#metrics.queueOf(...queue) });
  }

  /** Resolves when the signal aborts and everything has ended in order, or when the lease is lost. */
  async run(signal: AbortSignal): Promise<Ending> {
    const { log } = this.#options;
    signal.addEventListener('abort', () => this.#stop(), { once: true });
    const servers = await this.#serve(signal);
    const watching = new AbortController();
    const watches = this.#watch(watching.signal);
    await Promise.race([this.#synced(), aborted(signal)]);
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

  /** Works once on everything, knowing what the nodes say, then ends. Nothing is served and no lease is taken. */
  async runOnce(): Promise<void> {
    const stop = new AbortController();
    const running: Promise<unknown>[] = [this.#watch(stop.signal)];
    await this.#synced();
    await this.#readOnce(stop.signal);
    await this.#template.look();
    running.push(this.#monitoring.run(stop.signal));
    await this.#work.once(HEARING);
    await this.#recorder.flush();
    stop.abort();
    await Promise.all(running);
  }

  #connect(): HttpClient {
    const mayWrite = (): boolean => this.#lease === undefined || this.#lease.isHeld;
    return new HttpClient({ connection: this.#options.connection, mayWrite, observe: (request) => this.#metrics.request(request) });
  }

  #watch(signal: AbortSignal): Promise<unknown> {
    return Promise.all([this.#emptied, this.#view, this.#apiServers].map((part) => part.run(signal)));
  }

  #synced(): Promise<void> {
    return Promise.all([this.#view.synced(), this.#apiServers.answered]).then(() => this.#emptied.synced());
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
    for (const resource of MONITORING) this.#monitoring.storeOf(resource)?.onChange((change) => this.#touchOwner(change));
    this.#view.groups.onChange(() => this.#metrics.groups(this.#view.groups.size));
    this.#metrics.groups(this.#view.groups.size);
    await this.#template.look();
    const work = Promise.all([this.#work, this.#monitoring, this.#template, this.#steady].map((part) => part.run(working.signal)));
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

  #touchOwner({ before, after }: Change<KubeObject>): void {
    const object = after ?? before;
    const key = object && `${object.metadata.namespace}/${controllerOf(object)?.name}`;
    if (key !== undefined && this.#view.groups.get(key) !== undefined) this.#work.touch('keepalivedgroup', key);
  }

  #stop(): void {
    this.#stopping = true;
    this.#options.log.info({}, 'asked to end');
  }

  #serve(signal: AbortSignal): Promise<(Server | SecureServer)[]> {
    const { clock, log } = this.#options;
    const state = {
      alive: () => (this.#view.hasSynced && clock.monotonic() - this.#view.lastContact > DEAF ? 'no word from the API server' : undefined),
      ready: () => (this.#stopping ? 'ending' : this.#view.hasSynced ? undefined : 'not yet in step with the API server'),
    };
    return serveEndpoints({ bind: this.#options, state, counted: this.#metrics, client: this.#client, clock, log }, signal);
  }
}

// --- internal ---

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
