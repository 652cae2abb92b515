import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { PoolState } from '../../../allocate/pool/pool-state.ts';
import { isHint } from '../../../api/problem.ts';
import type { Outcome, WorkQueueObserver } from '../../../kube/queue/work-queue.ts';
import type { Truth } from '../../../observe/observe.ts';
import type { Plan } from '../../../plan/plan.ts';
import { MoveMetrics } from './move-metrics.ts';
import { VipMetrics } from './vip-metrics.ts';
import { WireMetrics } from './wire-metrics.ts';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const RESULTS: Readonly<Record<Outcome['kind'], string>> = { done: 'success', again: 'requeue_after', failed: 'error' };

/**
 * What the manager counts. Made once for each process that serves it. Names and labels of queues are controller-runtime's, so that dashboards
 * made for the Go operator go on working.
 */
export class ManagerMetrics {
  readonly registry = new Registry();
  readonly #requests = this.#counter('rest_client_requests_total', 'Requests to the API server', ['code', 'method', 'host']);
  readonly #leader = this.#gauge('leader_election_master_status', 'Whether this process leads', ['name']);
  readonly #groups = this.#gauge('keepalived_operator_groups', 'KeepalivedGroups that exist', []);
  readonly #delivery = this.#histogram(
    'keepalived_operator_delivery_seconds',
    'Time from the write of a revision to a pod until keepalived has confirmed it',
    [],
  );
  readonly #refusals = this.#gauge('keepalived_operator_refusals', 'Problems of a group by reason, without hints', ['group', 'reason']);
  readonly #pools = this.#gauge('keepalived_operator_pool_addresses', 'Addresses of a pool: total, used, reserved or free', [
    'pool',
    'family',
    'state',
  ]);
  readonly #vips = new VipMetrics(this.registry);
  readonly #moves = new MoveMetrics(this.registry);
  readonly #wire = new WireMetrics(this.registry);
  readonly #certificates = this.#counter('certwatcher_read_certificate_total', 'Readings of the certificate of the metrics', []);
  readonly #badCertificates = this.#counter(
    'certwatcher_read_certificate_errors_total',
    'Readings of the certificate of the metrics that failed',
    [],
  );
  readonly #reasons = new Map<string, ReadonlySet<string>>();
  readonly #reconciles = this.#counter('controller_runtime_reconcile_total', 'Reconciliations by result', ['controller', 'result']);
  readonly #errors = this.#counter('controller_runtime_reconcile_errors_total', 'Reconciliations that failed', ['controller']);
  readonly #time = this.#histogram('controller_runtime_reconcile_time_seconds', 'Duration of a reconciliation', ['controller']);
  readonly #workers = this.#gauge('controller_runtime_active_workers', 'Workers that reconcile now', ['controller']);
  readonly #most = this.#gauge('controller_runtime_max_concurrent_reconciles', 'Workers that may reconcile at once', ['controller']);
  readonly #depth = this.#gauge('workqueue_depth', 'Keys that wait', ['name', 'controller']);
  readonly #adds = this.#counter('workqueue_adds_total', 'Keys that were added', ['name', 'controller']);
  readonly #retries = this.#counter('workqueue_retries_total', 'Keys that were added again after a failure', ['name', 'controller']);
  readonly #waited = this.#histogram('workqueue_queue_duration_seconds', 'Time that a key waited', ['name', 'controller']);
  readonly #worked = this.#histogram('workqueue_work_duration_seconds', 'Time that work on a key took', ['name', 'controller']);

  /** @param running - by controller the seconds for which each key that is worked on now has been so */
  constructor(running: () => ReadonlyMap<string, readonly number[]> = () => new Map()) {
    this.#told('workqueue_unfinished_work_seconds', 'Time that reconciliations that still run have taken', running, (all) =>
      all.reduce((sum, seconds) => sum + seconds, 0),
    );
    this.#told('workqueue_longest_running_processor_seconds', 'Time that the longest of these reconciliations has taken', running, (all) =>
      Math.max(0, ...all),
    );
    collectDefaultMetrics({ register: this.registry });
  }

  request(labels: { readonly code: string; readonly method: string; readonly host: string }): void {
    this.#requests.inc(labels);
  }

  leads(lease: string, isLeader: boolean): void {
    this.#leader.set({ name: lease }, isLeader ? 1 : 0);
  }

  groups(count: number): void {
    this.#groups.set(count);
  }

  /** What was found of a group. */
  looked(group: string, plan: Plan, truth: Truth): void {
    const { routers, problems } = plan;
    this.#vips.looked(group, plan, truth);
    this.#moves.moved(group, routers, truth.moves);
    this.#wire.looked(group, truth.wire);
    const counts = new Map<string, number>();
    for (const { reason } of problems.filter((problem) => !isHint(problem))) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    this.#dropReasons(group, counts);
    for (const [reason, count] of counts) this.#refusals.set({ group, reason }, count);
    this.#reasons.set(group, new Set(counts.keys()));
  }

  /** How full the pools are: all of them, so that one that is gone is told no more. */
  pools(states: readonly Pick<PoolState, 'name' | 'ipv4' | 'ipv6'>[]): void {
    this.#pools.reset();
    for (const { name, ipv4, ipv6 } of states)
      for (const [family, counts] of Object.entries({ IPv4: ipv4, IPv6: ipv6 }))
        if (counts.total > 0) for (const [state, count] of Object.entries(counts)) this.#pools.set({ pool: name, family, state }, count);
  }

  /** A group is no more: nothing is told of it. */
  gone(group: string): void {
    this.#vips.gone(group);
    this.#moves.gone(group);
    this.#wire.gone(group);
    this.#dropReasons(group, new Map());
    this.#reasons.delete(group);
  }

  readCertificate(succeeded: boolean): void {
    this.#certificates.inc();
    if (!succeeded) this.#badCertificates.inc();
  }

  delivered(seconds: number): void {
    this.#delivery.observe(seconds);
  }

  /** What the work queue of a controller tells. */
  queueOf(name: string, workers: number): WorkQueueObserver {
    const queue = { name, controller: name };
    const controller = { controller: name };
    this.#most.set(controller, workers);
    this.#workers.set(controller, 0);
    this.#errors.inc(controller, 0);
    for (const counter of [this.#adds, this.#retries]) counter.inc(queue, 0);
    this.#depth.set(queue, 0);
    for (const result of Object.values(RESULTS)) this.#reconciles.inc({ controller: name, result }, 0);
    return {
      added: (depth) => {
        this.#adds.inc(queue);
        this.#depth.set(queue, depth);
      },
      started: (depth, waited) => {
        this.#depth.set(queue, depth);
        this.#waited.observe(queue, waited);
        this.#workers.inc(controller);
      },
      ended: (outcome, took) => {
        this.#workers.dec(controller);
        this.#worked.observe(queue, took);
        this.#time.observe(controller, took);
        this.#reconciles.inc({ ...controller, result: RESULTS[outcome.kind] });
        if (outcome.kind === 'failed') this.#errors.inc(controller);
      },
      retried: () => this.#retries.inc(queue),
    };
  }

  #dropReasons(group: string, now: ReadonlyMap<string, number>): void {
    for (const reason of this.#reasons.get(group) ?? []) if (!now.has(reason)) this.#refusals.remove({ group, reason });
  }

  #counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  #gauge(name: string, help: string, labelNames: string[]): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  /** A gauge of the queues that is asked when somebody reads it. */
  #told(
    name: string,
    help: string,
    running: () => ReadonlyMap<string, readonly number[]>,
    value: (seconds: readonly number[]) => number,
  ): void {
    const collect = function (this: Gauge): void {
      for (const [controller, seconds] of running()) this.set({ name: controller, controller }, value(seconds));
    };
    new Gauge({ name, help, labelNames: ['name', 'controller'], registers: [this.registry], collect });
  }

  #histogram(name: string, help: string, labelNames: string[]): Histogram {
    return new Histogram({ name, help, labelNames, buckets: SECONDS, registers: [this.registry] });
  }
}
