import type { Node } from '../../api/core.ts';
import type { Store } from '../../kube/store.ts';
import type { Move } from '../../observe/journal/move.ts';
import { type Health, hear, isLoss, type NodeNews, unsteadyAt } from '../../observe/steadiness.ts';
import type { UnsteadyNode } from '../../plan/input.ts';
import type { Clock } from '../../telemetry/clock.ts';

export interface SteadyNodesOptions {
  readonly nodes: Store<Node>;
  readonly clock: Clock;
  readonly onChange: () => void;
}

/** Which nodes were lost and have to be well for a while before they take their addresses back. */
export class SteadyNodes {
  readonly #options: SteadyNodesOptions;
  readonly #healths = new Map<string, Health>();
  #rested = Promise.withResolvers<void>();

  constructor(options: SteadyNodesOptions) {
    this.#options = options;
    options.nodes.onChange(({ key, before, after }) => {
      if (after === undefined) this.#healths.delete(key);
      // One that is seen for the first time, by a manager that has just started, may have been lost before.
      else if ((before === undefined || isReady(before)) !== isReady(after)) this.#hear(key, isReady(after) ? 'Ready' : 'NotReady');
    });
  }

  get unsteady(): readonly UnsteadyNode[] {
    return unsteadyAt(this.#healths, this.#options.clock.monotonic()).nodes;
  }

  /** Takes note of virtual routers that another node owns now. */
  moved(moves: readonly Move[]): void {
    for (const node of new Set(moves.flatMap(({ from, cause }) => (from !== undefined && isLoss(cause) ? [from] : []))))
      this.#hear(node, 'Lost');
  }

  /** Says when a node has been well for long enough, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, onChange } = this.#options;
    while (!signal.aborted) {
      const { again } = unsteadyAt(this.#healths, clock.monotonic());
      const stop = new AbortController();
      const isOver = await Promise.race([
        this.#rested.promise.then(() => false),
        clock.sleep(again ?? IDLE, AbortSignal.any([signal, stop.signal])).then(() => again !== undefined),
      ]);
      stop.abort();
      this.#rested = Promise.withResolvers();
      if (isOver && !signal.aborted) onChange();
    }
  }

  #hear(node: string, news: NodeNews): void {
    const health = hear(this.#healths.get(node), news, this.#options.clock.monotonic());
    if (health === undefined) return;
    this.#healths.set(node, health);
    this.#rested.resolve();
    this.#options.onChange();
  }
}

// --- internal ---

/** Milliseconds. */
const IDLE = 10 * 60_000;

const isReady = ({ status }: Node): boolean => status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
