import type { Outcome } from '../kube/queue/work-queue.ts';

/**
 * One kind of work: what it watches, in which pace it works, and what it does with one key. The manager gives each a work queue of its own;
 * a further kind is one more folder, and one more line in `assemble.ts`. Controllers never import each other: what one finds and another
 * needs is in `decisions.ts`.
 */
export interface Controller {
  /** Its name in metrics. */
  readonly name: string;
  readonly pace: Pace;
  /** All that there is to work on now. */
  keys(): Iterable<string>;
  /** From now on calls `touch` with each key that a change concerns. */
  follow(touch: (key: string) => void): void;
  /** Makes one thing what it is to be. What it throws counts as failed. */
  reconcile(key: string): Promise<Outcome>;
  /** What goes on beside its queue, until the signal aborts. */
  run?(signal: AbortSignal): Promise<void>;
  /** Resolves when nothing that was begun beside its queue is left to do. */
  drained?(): Promise<void>;
}

export interface Pace {
  /** Keys that are worked on at the same time. */
  readonly concurrency: number;
  /** Milliseconds during which reasons for one key join. */
  readonly gatherMs: number;
  /** Of the workers, so many at most for the keys of one namespace: its slow webhook is its own trouble. */
  readonly perNamespace: number;
}
