import { WorkQueue, type WorkQueueObserver } from '../kube/queue/work-queue.ts';
import type { Clock } from '../telemetry/clock.ts';
import type { Controller } from './controller.ts';

export interface WorkOptions {
  readonly controllers: readonly Controller[];
  readonly clock: Clock;
  readonly observerOf: (name: string, workers: number) => WorkQueueObserver;
}

/** Milliseconds. Everything is looked at again after so long, whatever was or wasn't seen. */
const RESYNC = 10 * 60_000;

/** The controllers at work, each with its own queue. */
export class Work {
  readonly #options: WorkOptions;
  readonly #queues: ReadonlyMap<Controller, WorkQueue>;

  constructor(options: WorkOptions) {
    this.#options = options;
    this.#queues = new Map(options.controllers.map((controller) => [controller, this.#queueOf(controller)]));
  }

  /** By controller the seconds for which each key that is worked on has been so. */
  get running(): ReadonlyMap<string, readonly number[]> {
    return new Map([...this.#queues].map(([{ name }, queue]) => [name, queue.running]));
  }

  /** Something that concerns everything in one controller's care changed. */
  touchAll(name: string): void {
    for (const [controller, queue] of this.#queues) if (controller.name === name) for (const key of controller.keys()) queue.add(key);
  }

  touch(name: string, key: string): void {
    for (const [controller, queue] of this.#queues) if (controller.name === name) queue.add(key);
  }

  /** Works until the signal aborts, then ends what already runs. */
  async run(signal: AbortSignal): Promise<void> {
    for (const [controller, queue] of this.#queues) controller.follow((key) => queue.add(key));
    const parts = [...this.#queues].flatMap(([controller, queue]) => [queue.run(signal), controller.run?.(signal)]);
    await Promise.all([...parts, this.#resync(signal)]);
  }

  /** Works once on everything that there is, one controller after the other, knowing what the nodes say after so many milliseconds. */
  async once(hearing: number): Promise<void> {
    const { controllers, clock } = this.#options;
    const stop = new AbortController();
    const running = controllers.map((controller) => controller.run?.(stop.signal));
    await clock.sleep(hearing);
    for (const controller of controllers) {
      for (const key of controller.keys()) await controller.reconcile(key);
      await controller.drained?.();
    }
    stop.abort();
    await Promise.all(running);
  }

  async #resync(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for (const { name } of this.#options.controllers) this.touchAll(name);
      await this.#options.clock.sleep(RESYNC, signal);
    }
  }

  #queueOf(controller: Controller): WorkQueue {
    const { clock, observerOf } = this.#options;
    const { concurrency, gatherMs, perNamespace } = controller.pace;
    return new WorkQueue({
      clock,
      work: (key) => controller.reconcile(key),
      concurrency,
      gatherMs,
      laneOf: (key) => key.split('/', 1)[0] ?? '',
      perLane: perNamespace,
      observer: observerOf(controller.name, concurrency),
    });
  }
}
