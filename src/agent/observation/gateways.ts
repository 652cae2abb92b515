import { MOST_NEXT_HOPS } from '../../api/node/report.ts';
import type { Log } from '../log.ts';
import type { RunCommand } from '../run-command.ts';
import { readNextHops } from './node-reader.ts';

const INTERVAL_MILLISECONDS = 30_000;
/** How long a next hop is told that no route has any more: a link or a DHCP client that takes a route away for a while frees no address. */
const REMEMBERED_MILLISECONDS = 3_600_000;

/** When each next hop was seen last, by address; the most important first. */
export type NextHops = ReadonlyMap<string, number>;

/** The next hops after one more look. */
export function afterLook(before: NextHops, seen: readonly string[], now: number): NextHops {
  const remembered = [...before].filter(([address, at]) => !seen.includes(address) && now - at < REMEMBERED_MILLISECONDS);
  return new Map([...seen.map((address): [string, number] => [address, now]), ...remembered]);
}

/** Looks twice a minute what the node's routes lead through. */
export class Gateways {
  readonly #run: RunCommand;
  readonly #log: Log;
  readonly #now: () => number;
  #hops: NextHops | null = null;
  #isUnreadable = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(run: RunCommand, log: Log, now: () => number) {
    this.#run = run;
    this.#log = log;
    this.#now = now;
  }

  /** Canonical and sorted; undefined while the routes could not be read. */
  get addresses(): readonly string[] | undefined {
    return this.#hops === null ? undefined : [...this.#hops.keys()].slice(0, MOST_NEXT_HOPS).sort();
  }

  /** Resolves after the first look. */
  async start(): Promise<void> {
    this.#timer = setInterval(() => void this.#look(), INTERVAL_MILLISECONDS);
    await this.#look();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const seen = await readNextHops(this.#run);
    if (seen === null && !this.#isUnreadable)
      this.#log.warn({}, 'the routes of the node could not be read (ip -json route show table all)');
    this.#isUnreadable = seen === null;
    if (seen !== null) this.#hops = afterLook(this.#hops ?? new Map(), seen, this.#now());
  }
}
