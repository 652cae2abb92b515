import { readFile } from 'node:fs/promises';
import { MOST_WIRE_ADDRESSES, type WireReport } from '../../api/node/wire.ts';
import type { Instance } from '../../localise/instance.ts';
import type { NetworkInterface } from '../../localise/node-facts.ts';
import type { Log } from '../log.ts';
import type { RunCommand } from '../run-command.ts';
import type { Ask } from './ask.ts';
import { afterQuestion, afterReading, type Known, NOTHING_KNOWN, WIRE_TIMES } from './known.ts';
import type { Members } from './members.ts';
import { type Neighbour, neighboursIn } from './neighbour.ts';
import { askable, copiesAmong } from './place.ts';
import { askersOf, questionsNow } from './schedule.ts';

/** What the node is and carries, as far as it is known at a moment. */
export interface Situation {
  readonly link: string | null;
  /** As the newest look found them. */
  readonly interfaces: readonly NetworkInterface[];
  /** Of the file that runs. */
  readonly instances: readonly Pick<Instance, 'name' | 'addresses'>[];
  readonly members: Members | null;
  /** Names of the instances that are MASTER here. */
  readonly owned: ReadonlySet<string>;
}

export interface WireContext {
  readonly node: string;
  readonly run: RunCommand;
  readonly ask: Ask;
  readonly log: Log;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly situation: () => Situation;
  /** The value of a sysctl of the node; null where it can't be read. */
  readonly sysctl?: (path: string) => Promise<number | null>;
}

const INTERVAL_MILLISECONDS = 1000;
const LIMIT_MILLISECONDS = 900;

/**
 * Finds out who answers on the network for addresses that other nodes own: reads the kernel's neighbour table each second, and makes the kernel
 * ask by a packet to a few of them. It needs no capability and deletes no entry.
 */
export class Wire {
  readonly #context: WireContext;
  readonly #known = new Map<string, Known>();
  /** Questions of which it is said that the host can't be reached: by a host that forbids them, which is an answer, or by the kernel, which finds none. */
  readonly #unclear = new Map<string, { readonly asked: number; readonly mac: string | null }>();
  #report: WireReport = { findings: [] };
  #timer: NodeJS.Timeout | undefined;
  #isBusy = false;
  #isUnreadable = false;

  constructor(context: WireContext) {
    this.#context = context;
  }

  /** What is known, as it is reported. */
  get report(): WireReport {
    return this.#report;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#inTurn(), INTERVAL_MILLISECONDS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** One reading, and the questions that follow from it; resolves when they are answered, or were not in time. */
  async round(): Promise<void> {
    const { node, situation } = this.#context;
    const { link, interfaces, instances, members, owned } = situation();
    const others = instances.filter(({ name }) => !owned.has(name));
    const assigned = others.flatMap((one) => mine(one, members, node)).slice(0, MOST_WIRE_ADDRESSES);
    const addresses = askable(assigned, interfaces, link);
    this.#keep(addresses);
    const copied = others.flatMap((one) => one.addresses);
    const copies = copiesAmong(copied, interfaces, { link, arpIgnore: await this.#arpIgnore(link) });
    if (addresses.length > 0 && link !== null) await this.#read(addresses, link);
    const tell = (): void => {
      this.#report = { findings: this.#findings(addresses), ...(copies.length > 0 && { answersFor: copies }) };
    };
    tell();
    await Promise.all(questionsNow(addresses, this.#known, this.#context.now()).map((address) => this.#question(address)));
    tell();
  }

  // --- internal ---

  /** A round that takes longer than the time between two is waited for. */
  async #inTurn(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    await this.round().catch((error: Error) => this.#context.log.warn({ error: error.message }, 'the network could not be asked'));
    this.#isBusy = false;
  }

  #keep(addresses: readonly string[]): void {
    const wanted = new Set(addresses);
    for (const address of this.#known.keys()) if (!wanted.has(address)) this.#known.delete(address);
  }

  async #read(addresses: readonly string[], link: string): Promise<void> {
    const { run, now, log } = this.#context;
    const { status, stdout } = await run('ip', ['-json', 'neigh', 'show', 'dev', link, 'nud', 'all'], LIMIT_MILLISECONDS);
    const entries = status === 0 ? neighboursIn(stdout) : null;
    if (entries === null && !this.#isUnreadable)
      log.warn({ interface: link }, 'the neighbours of the node could not be read (ip -json neigh show)');
    this.#isUnreadable = entries === null;
    if (entries === null) return;
    const byAddress = new Map(entries.map((entry): [string, Neighbour] => [entry.address, entry]));
    for (const address of addresses) {
      const known = afterReading(this.#of(address), byAddress.get(address), address, now());
      const unclear = this.#unclear.get(address);
      const isAnswered = known.place !== null && known.place.mac === unclear?.mac;
      this.#known.set(address, unclear === undefined ? known : afterQuestion(known, { ...unclear, isAnswered }, address, now()));
    }
    this.#unclear.clear();
  }

  async #question(address: string): Promise<void> {
    const { ask, now } = this.#context;
    const asked = now();
    const before = this.#of(address);
    this.#known.set(address, { ...before, asked });
    const outcome = await ask(address, WIRE_TIMES.answer);
    const known = this.#known.get(address);
    if (known === undefined || outcome === 'unsent') return;
    const mac = before.place?.mac ?? null;
    if (outcome === 'unreachable') this.#unclear.set(address, { asked, mac });
    else this.#known.set(address, afterQuestion(known, { isAnswered: outcome === 'answered', asked, mac }, address, now()));
  }

  #of(address: string): Known {
    return this.#known.get(address) ?? NOTHING_KNOWN;
  }

  #findings(addresses: readonly string[]): WireReport['findings'] {
    return addresses.flatMap((address) => this.#of(address).told ?? []).sort((a, b) => (a.address < b.address ? -1 : 1));
  }

  /** For an interface the larger of two values counts. */
  async #arpIgnore(link: string | null): Promise<number | null> {
    if (link === null) return null;
    const { sysctl = readSysctl } = this.#context;
    const values = await Promise.all(['all', link].map((name) => sysctl(`net/ipv4/conf/${name}/arp_ignore`)));
    return values.includes(null) ? null : Math.max(...values.map(Number));
  }
}

// --- internal ---

function mine({ name, addresses }: Situation['instances'][number], members: Members | null, node: string): readonly string[] {
  const nodes = members?.byInstance.get(name) ?? [];
  return nodes.length === 0 ? addresses : addresses.filter((address) => askersOf(address, nodes).includes(node));
}

/** Of the host's network namespace, which the pod is in. */
const readSysctl = (path: string): Promise<number | null> =>
  readFile(`/proc/sys/${path}`, 'utf8').then(
    (text) => (Number.isInteger(Number(text)) ? Number(text) : null),
    () => null,
  );
