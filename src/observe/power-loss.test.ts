/** Power losses by the thousand, with the times at which agents are really asked. */
import { expect, it } from 'vitest';
import { aReport } from '../../test/builders/object.ts';
import type { NodeReport } from '../api/node/report.ts';
import { SILENCE, type Word } from './evidence.ts';
import { observe, type Truth } from './observe.ts';

const VIP = '192.0.2.200';
const NODES = ['node1', 'node2', 'node3'];
const EXPECTED = { nodes: NODES, routers: [{ name: 'web/web', addresses: [VIP], ranks: NODES }] };
const reportOf = (node: string, isMaster: boolean): NodeReport =>
  aReport(node, 'r', [isMaster ? { state: 'MASTER', addresses: [VIP], held: [VIP] } : {}]);
const REPORTS = new Map(NODES.map((node) => [node, { master: reportOf(node, true), backup: reportOf(node, false) }]));

/** Milliseconds: an unanswered question is given up, nodes are asked now and then, often after news, and again after silence. */
const [TIMEOUT, STEADY, HURRIED, SILENT, HURRY_FOR] = [2000, 5000, 500, 1000, 5000];
const END = 24_000;

/** node1 is master until the loss, and behind a broken link also after it; node2 is from when it has taken over. */
interface World {
  readonly lossAt: number;
  readonly takenAt: number;
  readonly isSplit: boolean;
  readonly chance: () => number;
}

class Simulation {
  readonly told: { readonly at: number; readonly kind: string | undefined }[] = [];
  readonly #world: World;
  readonly #words = new Map<string, Word>();
  readonly #due: { readonly node: string; at: number }[];
  #truth: Truth | undefined;
  #hurriedUntil = 0;

  constructor(world: World) {
    this.#world = world;
    this.#due = NODES.map((node) => ({ node, at: world.chance() * STEADY }));
  }

  run(): this {
    for (let next = this.#next(); next.at < END; next = this.#next()) this.#ask(next);
    return this;
  }

  #next(): { readonly node: string; at: number } {
    return this.#due.reduce((first, one) => (one.at < first.at ? one : first));
  }

  #ask(question: { readonly node: string; at: number }): void {
    const { node, at: asked } = question;
    const { lossAt, takenAt, isSplit, chance } = this.#world;
    const answered = asked + 1 + chance() * 40;
    const isDead = node === 'node1' && !isSplit && answered >= lossAt;
    const now = isDead ? asked + TIMEOUT : answered;
    const isMaster = node === 'node1' ? isSplit || asked < lossAt : node === 'node2' && asked >= takenAt;
    const isNews = isDead ? this.#takeSilence(node, asked, now) : this.#take(node, isMaster, asked, now);
    question.at = now + (isDead ? SILENT : now < this.#hurriedUntil ? HURRIED : STEADY * (0.9 + chance() / 5));
    if (isNews) this.#hurry(now);
    this.#look(now);
  }

  #take(node: string, isMaster: boolean, asked: number, heard: number): boolean {
    const report = REPORTS.get(node)?.[isMaster ? 'master' : 'backup'] ?? reportOf(node, isMaster);
    const before = this.#words.get(node);
    this.#words.set(node, { report, asked, heard });
    return before?.report !== report || before.silentSince !== undefined;
  }

  #takeSilence(node: string, asked: number, now: number): boolean {
    const before = this.#words.get(node);
    if (before === undefined) return false;
    const isOver = now - before.heard >= SILENCE;
    if (isOver) this.#words.delete(node);
    else this.#words.set(node, { ...before, silentSince: before.silentSince ?? asked });
    return isOver || before.silentSince === undefined;
  }

  #hurry(now: number): void {
    if (now >= this.#hurriedUntil) for (const one of this.#due) one.at = Math.min(one.at, Math.max(one.at - STEADY, now + HURRIED / 10));
    this.#hurriedUntil = now + HURRY_FOR;
  }

  #look(now: number): void {
    this.#truth = observe(EXPECTED, [...this.#words.values()], this.#truth, now);
    const kind = this.#truth.owners.get('web/web')?.kind;
    if (this.told.at(-1)?.kind !== kind) this.told.push({ at: now, kind });
  }
}

/** A fixed sequence of chance, so that a failure comes again. */
function chanceFrom(seed: number): () => number {
  let state = Math.imul(seed, 2_654_435_761) + 1;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 374_761_393) >>> 0;
    return state / 4_294_967_296;
  };
}

function simulated(seed: number, isSplit: boolean): { readonly world: World; readonly told: Simulation['told'] } {
  const chance = chanceFrom(seed);
  const lossAt = 6000 + chance() * 5000;
  const world = { lossAt, takenAt: lossAt + 30 + chance() * 4000, isSplit, chance };
  return { world, told: new Simulation(world).run().told };
}

const seeds = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

it('ten thousand nodes that lose power are never told as two owners, and each time the next owner is told', { timeout: 300_000 }, () => {
  const all = seeds(10_000).map((seed) => simulated(seed, false).told);
  expect(all.filter((told) => told.some(({ kind }) => kind === 'SeveralOwners'))).toHaveLength(0);
  expect(all.filter((told) => told.at(-1)?.kind !== 'Owned')).toHaveLength(0);
});

it('five hundred links that break are told as two owners within ten seconds', { timeout: 60_000 }, () => {
  const missed = seeds(500).filter((seed) => {
    const { world, told } = simulated(seed, true);
    const first = told.find(({ kind }) => kind === 'SeveralOwners');
    return first === undefined || first.at > world.takenAt + 10_000;
  });
  expect(missed).toEqual([]);
});
