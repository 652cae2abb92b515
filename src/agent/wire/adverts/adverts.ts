import type { WireAdvert } from '../../../api/node/wire.ts';
import type { Instance } from '../../../localise/instance.ts';
import type { NetworkInterface } from '../../../localise/node-facts.ts';
import type { Family } from '../../../net/address.ts';
import type { Log } from '../../log.ts';
import type { RunCommand } from '../../run-command.ts';
import type { Ask } from '../ask.ts';
import type { Channel } from '../broadcast/channel.ts';
import type { Members } from '../members.ts';
import { neighboursIn } from '../neighbour.ts';
import { type Carried, carriedIn } from './carried.ts';
import { type Ear, FAMILY_DIGIT } from './ear.ts';
import { afterAdverts, type HeardAdverts, toldOf } from './heard.ts';

/** What the node is and carries, as far as it matters to adverts. */
export interface AdvertSituation {
  readonly link: string | null;
  readonly interfaces: readonly NetworkInterface[];
  /** Of the file that runs. */
  readonly instances: readonly Instance[];
  readonly members: Members | null;
}

export interface AdvertsContext {
  readonly channel: Pick<Channel, 'send'>;
  readonly ears: Readonly<Record<Family, Pick<Ear, 'listen'>>>;
  readonly run: RunCommand;
  readonly ask: Ask;
  readonly log: Log;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly situation: () => AdvertSituation;
}

/** Milliseconds. */
const TIMES = {
  look: 1000,
  /** The asker is told again, because it may be another one by now. */
  again: 15_000,
  /** The same where it heard so much that it ended: a crowded link is listened to for a moment, now and then. */
  afterFlood: 4000,
  answer: 500,
  command: 900,
};

/**
 * Has the asker, which may do so, hear the adverts of VRRP on the link, and finds out which of them concern the group and aren't what its nodes
 * send. Whose they are is the manager's to judge, which knows all nodes. Without an asker nothing is known, and nothing is amiss.
 */
export class Adverts {
  readonly #context: AdvertsContext;
  readonly #macs = new Map<string, string>();
  #heard: HeardAdverts = new Map();
  #report: readonly WireAdvert[] | undefined;
  #carried: (Pick<AdvertSituation, 'instances' | 'members'> & { readonly all: Carried }) | undefined;
  #told = '';
  #next = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #isBusy = false;
  #trouble: string | undefined;

  constructor(context: AdvertsContext) {
    this.#context = context;
  }

  /** What is heard, as it is reported; undefined while nobody listens. */
  get report(): readonly WireAdvert[] | undefined {
    return this.#report;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#inTurn(), TIMES.look);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Takes in what was heard, and tells the asker what to listen to when that is due. */
  async step(): Promise<void> {
    const { now, situation } = this.#context;
    const seen = situation();
    const families = [...new Set(seen.instances.map(({ family }) => family))].sort();
    if (seen.link === null || families.length === 0) return this.#forget();
    const line = ['hear', seen.link, ...families.map((family) => FAMILY_DIGIT[family])].join(' ');
    if (line !== this.#told || now() >= this.#next) {
      if (line !== this.#told) this.#heard = new Map();
      this.#next = now() + TIMES.again;
      this.#told = line;
      if (!(await this.#context.channel.send(line))) return this.#forget();
    }
    await this.#listen(families, seen);
  }

  // --- internal ---

  async #inTurn(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    await this.step().catch((error: Error) =>
      this.#context.log.warn({ error: error.message }, 'the adverts on the link could not be read'),
    );
    this.#isBusy = false;
  }

  async #listen(families: readonly Family[], seen: AdvertSituation): Promise<void> {
    const { ears, now } = this.#context;
    const earfuls = await Promise.all(families.map((family) => ears[family].listen()));
    const heard = earfuls.filter((one) => one !== null);
    if (heard.length === 0) return;
    this.#tell(heard.find(({ trouble }) => trouble !== undefined)?.trouble);
    if (heard.every(({ trouble }) => trouble !== undefined)) {
      this.#report = undefined;
      return;
    }
    if (heard.some(({ isFull }) => isFull)) this.#next = Math.min(this.#next, now() + TIMES.afterFlood);
    const own = new Set(seen.interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address)));
    const adverts = heard.flatMap((one) => one.adverts).filter(({ source }) => !own.has(source) && !seen.members?.sources?.has(source));
    this.#heard = afterAdverts(this.#heard, adverts, this.#carriedIn(seen), now());
    const told = toldOf(this.#heard);
    await this.#findMacs(told, seen.link ?? '');
    this.#report = told.map((one) => this.#withMac(one));
  }

  #carriedIn({ instances, members }: AdvertSituation): Carried {
    const known = this.#carried;
    if (known?.instances === instances && known.members === members) return known.all;
    const all = carriedIn(instances, members);
    this.#carried = { instances, members, all };
    return all;
  }

  /** A packet to a sender makes the kernel find out its link-layer address; one sender in each step. */
  async #findMacs(told: readonly WireAdvert[], link: string): Promise<void> {
    const senders = new Set(told.map(({ source }) => source));
    for (const source of this.#macs.keys()) if (!senders.has(source)) this.#macs.delete(source);
    const [source] = [...senders].filter((one) => !this.#macs.has(one));
    if (source === undefined) return;
    const { ask, run } = this.#context;
    await ask(source.startsWith('fe80:') ? `${source}%${link}` : source, TIMES.answer);
    const { status, stdout } = await run('ip', ['-json', 'neigh', 'show', source, 'dev', link], TIMES.command);
    const mac = (status === 0 ? neighboursIn(stdout) : null)?.find(({ address }) => address === source)?.mac;
    // An empty one says that it can't be found out, so that it isn't looked for each second.
    this.#macs.set(source, mac ?? '');
  }

  #withMac(one: WireAdvert): WireAdvert {
    const mac = this.#macs.get(one.source);
    return mac ? { ...one, mac } : one;
  }

  #forget(): void {
    this.#told = '';
    this.#heard = new Map();
    this.#report = undefined;
  }

  /** Says once what is amiss. */
  #tell(trouble: string | undefined): void {
    if (trouble !== undefined && trouble !== this.#trouble)
      this.#context.log.warn({ why: trouble }, "strangers' VRRP adverts can not be heard; one that uses an id of the group goes unseen");
    this.#trouble = trouble;
  }
}
