import type { WireContested } from '../../../api/node/wire.ts';
import type { Log } from '../../log.ts';
import { macsOf } from '../mac.ts';
import type { Situation } from '../wire.ts';
import { type Round, roundIn } from './answers.ts';
import { type Assigned, assignedTo, BROADCAST_TIMES, batchOf, type Question, questionsOf, routinePause } from './batch.ts';
import type { Channel } from './channel.ts';
import { afterAnswers, type Hearing, NOTHING_HEARD } from './hearing.ts';

export interface BroadcastContext {
  readonly node: string;
  readonly channel: Channel;
  readonly log: Log;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly situation: () => Situation;
  /** Number of the first round; one that an asker can't have heard from the agent before this one. */
  readonly first: number;
}

const INTERVAL_MILLISECONDS = 250;

/**
 * Has the asker, which may do so, ask all hosts of the link who has the addresses, a few at a time, and finds out where more than one answers.
 * Without an asker nothing is known, and nothing is amiss.
 */
export class Broadcast {
  readonly #context: BroadcastContext;
  readonly #hearings = new Map<string, Hearing>();
  #asked: { readonly number: number; readonly at: number; readonly questions: readonly Question[] } | undefined;
  #assigned: (Pick<Situation, 'instances' | 'members'> & { readonly all: Assigned }) | undefined;
  #next: number;
  #nextBatch = 0;
  #nextRoutine = 0;
  #contested: readonly WireContested[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isBusy = false;
  #trouble: string | undefined;

  constructor(context: BroadcastContext) {
    this.#context = context;
    this.#next = context.first;
  }

  /** Addresses for which more than one host answers. */
  get contested(): readonly WireContested[] {
    return this.#contested;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#inTurn(), INTERVAL_MILLISECONDS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Takes in what was heard, and asks what is next. */
  async step(): Promise<void> {
    const now = this.#context.now();
    const round = this.#asked === undefined ? null : roundIn((await this.#context.channel.answers()) ?? '');
    if (this.#asked !== undefined && round?.number !== this.#asked.number) {
      if (now - this.#asked.at < BROADCAST_TIMES.answer) return;
      this.#forget('the asker did not answer');
    }
    if (this.#asked === undefined && now < this.#nextBatch) return;
    const situation = this.#context.situation();
    const questions = questionsOf(this.#assignedIn(situation), situation);
    if (round !== null) this.#hear(round, situation, questions);
    this.#keep(questions);
    if (now >= this.#nextBatch) await this.#ask(situation, questions, now);
  }

  // --- internal ---

  async #inTurn(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    await this.step().catch((error: Error) => this.#context.log.warn({ error: error.message }, 'the asker could not be asked'));
    this.#isBusy = false;
  }

  #assignedIn({ instances, members }: Situation): Assigned {
    const known = this.#assigned;
    if (known?.instances === instances && known.members === members) return known.all;
    const all = assignedTo(this.#context.node, { instances, members });
    this.#assigned = { instances, members, all };
    return all;
  }

  #hear(round: Round, { interfaces, link }: Situation, questions: readonly Question[]): void {
    const { at, questions: all = [] } = this.#asked ?? {};
    if (at === undefined) return;
    this.#asked = undefined;
    this.#tell(round.trouble);
    const own = macsOf(interfaces, link);
    const isStill = new Map(questions.map(({ address, isOwned }) => [address, isOwned]));
    for (const { address, isOwned } of all) {
      // Who owned it when it was asked, and does no more, can't say what the answers mean.
      if (isStill.get(address) !== isOwned) continue;
      const macs = (round.macsOf.get(address) ?? []).filter((mac) => !own.includes(mac));
      const heard = { address, macs, asked: at, tooMany: isOwned ? 1 : 2 };
      this.#hearings.set(address, afterAnswers(this.#of(address), heard));
    }
  }

  async #ask({ link, members }: Situation, questions: readonly Question[], now: number): Promise<void> {
    this.#nextBatch = now + BROADCAST_TIMES.batch;
    const isRoutine = now >= this.#nextRoutine;
    const batch = link === null ? [] : batchOf(questions, this.#hearings, { now, isRoutine });
    if (batch.length === 0) return;
    const number = this.#next++;
    const words = batch.flatMap(({ sender, address }) => [sender, address]);
    if (!(await this.#context.channel.send([number, link, ...words].join(' ')))) {
      this.#nextBatch = now + BROADCAST_TIMES.answer;
      return this.#forget(undefined);
    }
    this.#asked = { number, at: now, questions: batch };
    if (isRoutine) this.#nextRoutine = now + routinePause(new Set([...(members?.byInstance.values() ?? [])].flat()).size);
    for (const { address } of batch) this.#hearings.set(address, { ...this.#of(address), asked: now });
  }

  #of(address: string): Hearing {
    return this.#hearings.get(address) ?? NOTHING_HEARD;
  }

  /** Of what is not asked, nothing is known. */
  #keep(questions: readonly Question[]): void {
    const wanted = new Set(questions.map(({ address }) => address));
    for (const address of this.#hearings.keys()) if (!wanted.has(address)) this.#hearings.delete(address);
    this.#contested = [...this.#hearings.values()].flatMap(({ told }) => told ?? []).sort((a, b) => (a.address < b.address ? -1 : 1));
  }

  #forget(why: string | undefined): void {
    this.#asked = undefined;
    this.#hearings.clear();
    this.#contested = [];
    this.#tell(why);
  }

  /** Says once what is amiss. */
  #tell(trouble: string | undefined): void {
    if (trouble !== undefined && trouble !== this.#trouble)
      this.#context.log.warn(
        { why: trouble },
        'the hosts of the link can not all be asked who has an address; a silent second owner goes unseen',
      );
    this.#trouble = trouble;
  }
}
