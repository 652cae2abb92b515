import type { Pod } from '../../api/core.ts';
import type { Client } from '../../kube/client.ts';
import { controllerOf, type KubeObject } from '../../kube/object.ts';
import { Reflector } from '../../kube/reflector.ts';
import type { ReflectorTimes } from '../../kube/reflector-times.ts';
import { Store } from '../../kube/store.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import type { ClusterView } from './cluster-view.ts';
import { DAEMON_SETS, PODS } from './resource.ts';

export interface EmptiedNodesOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Log;
  readonly view: Pick<ClusterView, 'nodes' | 'pods'>;
  readonly onChange: () => void;
  readonly times?: Partial<ReflectorTimes>;
}

/** Nodes that are asked for their pods at the same time. */
const MOST = 64;
/** Milliseconds, nearly as many as a timer takes. */
const FOREVER = 2_000_000_000;
/** Milliseconds; an API server that doesn't say by then what is on a cordoned node keeps nothing waiting. */
const PATIENCE = 5000;

/**
 * Cordoned nodes on which a group runs and nothing is left that a drain would take away. Only cordoned nodes are asked for their pods, by a watch
 * each, and only until they are empty: a pod that comes later makes none of them full again before it is uncordoned.
 */
export class EmptiedNodes {
  readonly #options: EmptiedNodesOptions;
  readonly #emptied = new Set<string>();
  readonly #asked = new Map<string, Question>();
  #signal = AbortSignal.abort();

  constructor(options: EmptiedNodesOptions) {
    this.#options = options;
  }

  /** Sorted. */
  get names(): readonly string[] {
    return [...this.#emptied].sort();
  }

  /** Asks until the signal aborts. Begins before the nodes are listed. */
  async run(signal: AbortSignal): Promise<void> {
    const { nodes, pods } = this.#options.view;
    this.#signal = signal;
    nodes.onChange(({ key }) => this.#settle(key));
    pods.onChange(({ after }) => after?.spec?.nodeName && this.#settle(after.spec.nodeName));
    await this.#options.clock.sleep(FOREVER, signal);
    await Promise.all([...this.#asked.values()].map(({ ended }) => ended));
  }

  /** Resolves when it is known of the nodes that are cordoned by now, or when that takes too long. */
  async synced(): Promise<void> {
    const enough = new AbortController();
    const known = Promise.all([...this.#asked.values()].map(({ known }) => known));
    await Promise.race([known, this.#options.clock.sleep(PATIENCE, AbortSignal.any([this.#signal, enough.signal]))]);
    enough.abort();
  }

  #settle(node: string): void {
    const { nodes } = this.#options.view;
    if (this.#signal.aborted) return;
    if (nodes.get(node)?.spec?.unschedulable !== true) this.#forget(node);
    else if (!this.#emptied.has(node) && !this.#asked.has(node) && this.#asked.size < MOST && this.#carries(node)) this.#ask(node);
  }

  #carries(node: string): boolean {
    return this.#options.view.pods.list().some(({ spec }) => spec?.nodeName === node);
  }

  #forget(node: string): void {
    this.#stop(node);
    if (this.#emptied.delete(node)) this.#options.onChange();
  }

  #ask(node: string): void {
    const { client, clock, log, times } = this.#options;
    const stop = new AbortController();
    const store = new Store<KubeObject>();
    const fieldSelector = `spec.nodeName=${node},status.phase!=Succeeded,status.phase!=Failed`;
    const reflector = new Reflector({
      client,
      clock,
      log,
      ...(times && { times }),
      resource: PODS,
      fieldSelector,
      store,
      keep: (pod) => (isInTheWay(pod as Pod, node) ? { metadata: nameOf(pod) } : undefined),
    });
    const look = (): void => {
      if (reflector.hasSynced && store.size === 0 && !stop.signal.aborted) this.#isEmpty(node);
    };
    store.onChange(look);
    const known = reflector.synced.then(look);
    const ended = reflector.run(AbortSignal.any([stop.signal, this.#signal]));
    this.#asked.set(node, { stop, known, ended });
  }

  #isEmpty(node: string): void {
    this.#options.log.info({ node }, 'the node is cordoned and emptied, it gives its addresses up');
    this.#emptied.add(node);
    this.#stop(node);
    this.#options.onChange();
  }

  /** The place is another node's then. */
  #stop(node: string): void {
    const isFull = this.#asked.size >= MOST;
    this.#asked.get(node)?.stop.abort();
    this.#asked.delete(node);
    if (isFull) for (const { metadata } of this.#options.view.nodes.list()) this.#settle(metadata.name);
  }
}

// --- internal ---

interface Question {
  readonly stop: AbortController;
  readonly known: Promise<void>;
  readonly ended: Promise<void>;
}

const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';

/** Whether a drain is not done while the pod is there. One that ends already is on its way out: when it is gone, the plug may be pulled. */
function isInTheWay(pod: Pod, node: string): boolean {
  const { deletionTimestamp, annotations = {} } = pod.metadata;
  if (pod.spec?.nodeName !== node || deletionTimestamp !== undefined || annotations[MIRROR_ANNOTATION] !== undefined) return false;
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return false;
  return controllerOf(pod)?.kind !== DAEMON_SETS.kind;
}

function nameOf({ metadata: { name, namespace, resourceVersion } }: KubeObject): KubeObject['metadata'] {
  return { name, ...(namespace !== undefined && { namespace }), ...(resourceVersion !== undefined && { resourceVersion }) };
}
