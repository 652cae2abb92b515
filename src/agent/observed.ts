import type { DumpedInstance } from '../vrrp/dump.ts';
import { afterDump, afterNotify, type Histories } from '../vrrp/history.ts';
import type { NotifyEvent } from '../vrrp/notify-line.ts';
import type { Daemon, Dump } from './daemon.ts';

/** A dump this young is not asked for again. */
const FRESH_MILLISECONDS = 300;

/** What was last heard of the daemon: states at once from the FIFO, everything else from dumps. */
export class Observed {
  readonly #daemon: Daemon;
  readonly #now: () => number;
  #at = 0;
  #changed = 0;
  #runs = false;
  #instances: readonly DumpedInstance[] = [];
  #histories: Histories = new Map();

  constructor(daemon: Daemon, now: () => number) {
    this.#daemon = daemon;
    this.#now = now;
  }

  get runs(): boolean {
    return this.#runs;
  }

  get instances(): readonly DumpedInstance[] {
    return this.#instances;
  }

  get histories(): Histories {
    return this.#histories;
  }

  notify(event: NotifyEvent): void {
    this.#histories = afterNotify(this.#histories, event, this.#now());
  }

  /** The daemon runs something else from now on: what was heard before does not count. */
  expire(): void {
    this.#changed = this.#now();
  }

  /** Asks the daemon; without instances it never answers, so that is waited for briefly. */
  async refresh(hasInstances: boolean): Promise<void> {
    if (this.#at > this.#changed && this.#now() - this.#at < FRESH_MILLISECONDS) return;
    const asked = this.#now();
    const dump = await this.#dump(hasInstances ? 1000 : 100);
    this.#at = dump.kind === 'dump' ? dump.asked : asked;
    this.#runs = dump.kind !== 'not running';
    if (dump.kind === 'dump') {
      this.#instances = dump.instances;
      this.#histories = afterDump(this.#histories, dump.instances, dump.asked);
    } else if (dump.kind === 'silent' && !hasInstances) {
      this.#instances = [];
      this.#histories = new Map();
    }
  }

  /** A dump that another caller asked for before the last change is followed by one of our own. */
  async #dump(limit: number): Promise<Dump> {
    const dump = await this.#daemon.dump(limit);
    return dump.kind === 'dump' && dump.asked <= this.#changed ? this.#daemon.dump(limit) : dump;
  }
}
