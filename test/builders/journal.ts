/** Nodes whose keepalived changes state, each with clocks of its own, and managers that hear of it. */
import type { NodeReport, TransitionReport, VrrpState } from '../../src/api/node/report.ts';
import type { MoveRecord } from '../../src/api/virtual-ip/virtual-ip.ts';
import type { Word } from '../../src/observe/evidence.ts';
import { related } from '../../src/observe/journal/clock.ts';
import { gapInWords, nameOf } from '../../src/observe/journal/move.ts';
import { type Expected, observe, type Truth } from '../../src/observe/observe.ts';
import { aReport } from './object.ts';

const VIP = '192.0.2.200';
export const ROUTER = 'web/web';
const NAMES = ['node1', 'node2', 'node3'];
/** A backup takes over so long after the last advert, in milliseconds. */
export const SILENCE = { atLeast: 507, atMost: 757 };

interface Member {
  readonly name: string;
  /** What its clocks are off, in milliseconds. */
  readonly wall: number;
  readonly monotonic: number;
  state: VrrpState;
  transitions: TransitionReport[];
  report: NodeReport;
  last?: Word;
}

/** Time passes only when a test says so. All moments are the manager's, in milliseconds. */
export class JournalWorld {
  now = 0;
  /** Wall time at 0. */
  readonly epoch = Date.UTC(2026, 0, 1);
  /** Nodes that answer nobody. */
  readonly silent = new Set<string>();
  /** Nodes that nobody has asked again. */
  readonly unasked = new Set<string>();
  /** Nodes whose agents are of an older version. */
  readonly old = new Set<string>();
  /** That a node's keepalived runs with. */
  readonly priorities = new Map<string, number>();
  /** Milliseconds between question and answer. */
  roundTrip = 4;
  expected: Expected = { nodes: NAMES, routers: [{ name: ROUTER, addresses: [VIP], ranks: NAMES }] };
  truth: Truth | undefined;
  /** What is written on the VirtualIP, the latest last; null: it can't be read yet. */
  written: readonly MoveRecord[] | null = [];
  readonly told: string[] = [];
  /** The same by what tells one move from another. */
  readonly toldNames: string[] = [];
  readonly #members: ReadonlyMap<string, Member>;

  /** @param skews - what each node's wall clock is off */
  constructor(skews: readonly number[] = [0, 0, 0]) {
    const members = NAMES.map((name, index): [string, Member] => [
      name,
      {
        name,
        wall: skews[index] ?? 0,
        monotonic: (index + 1) * 100_000,
        state: 'BACKUP',
        transitions: [],
        report: aReport(name, 'r', [{}]),
      },
    ]);
    this.#members = new Map(members);
  }

  /** The state of the instance on a node changes now. */
  becomes(name: string, state: VrrpState, more: Partial<TransitionReport> = {}): this {
    const node = this.#member(name);
    const isMaster = state === 'MASTER';
    const wasMaster = node.state === 'MASTER';
    const time = new Date(this.epoch + this.now + node.wall).toISOString();
    const entry = { name: ROUTER, state, time, at: this.now + node.monotonic, ...(isMaster && { resigned: false }), ...more };
    if (isMaster !== wasMaster) node.transitions = [...node.transitions, entry].slice(-16);
    node.state = state;
    return this.#refresh(node);
  }

  /** A node finds out more of its last transition. */
  learns(name: string, more: Partial<TransitionReport>): this {
    const node = this.#member(name);
    node.transitions = node.transitions.map((one, index, all) => (index === all.length - 1 ? { ...one, ...more } : one));
    return this.#refresh(node);
  }

  /** Something else in the report of a node. */
  reports(name: string, more: Partial<NodeReport>): this {
    const node = this.#member(name);
    node.report = { ...node.report, ...more };
    return this;
  }

  /** The agent of a node begins anew, and remembers nothing. */
  forgets(name: string): this {
    const node = this.#member(name);
    node.transitions = [];
    return this.#refresh(node);
  }

  pass(milliseconds: number): this {
    this.now += milliseconds;
    return this;
  }

  /** The manager asks everyone and judges, then as often as its judgement asks for, until nothing waits. */
  look(): this {
    this.#lookOnce();
    for (let rounds = 0; this.truth?.again !== undefined && rounds < 40; rounds += 1) {
      this.now += Math.min(this.truth.again, 500);
      this.#lookOnce();
    }
    return this;
  }

  /** Another manager takes over; it knows what is written. */
  restarts(): this {
    this.truth = undefined;
    return this;
  }

  /** The moves that are written: `node1>node2 NodeSilent 0.51 to 0.76 s`. */
  get moves(): string[] {
    return (this.written ?? []).map(({ from = '', to, cause, withoutOwner }) =>
      [`${from}>${to}`, cause, gapInWords(withoutOwner)].filter((one) => one !== undefined).join(' '),
    );
  }

  // --- internal ---

  #lookOnce(): void {
    const asked = this.now;
    const words = [...this.#members.values()].flatMap((node) => this.#wordOf(node, asked) ?? []);
    this.now += this.roundTrip;
    const wall = this.epoch + this.now;
    const { written } = this;
    const recordedOf = written === null ? undefined : () => ({ moves: written });
    const truth = observe(this.expected, words, this.truth, this.now, { wall, recordedOf });
    this.truth = truth;
    this.told.push(...truth.moves.map(({ from = '', to, cause }) => `${from}>${to} ${cause.kind}`));
    this.toldNames.push(...truth.moves.map(nameOf));
    if (written !== null) this.written = truth.chronicles.get(ROUTER)?.journal ?? [];
  }

  #wordOf(node: Member, asked: number): Word | undefined {
    if (this.silent.has(node.name)) {
      if (node.last !== undefined) node.last = { ...node.last, silentSince: node.last.silentSince ?? asked };
      return node.last;
    }
    if (this.unasked.has(node.name)) return node.last;
    const heard = asked + this.roundTrip;
    const clock = related(node.last?.clock, { asked, heard, node: Math.round((asked + heard) / 2) + node.monotonic });
    const changed = node.last !== undefined && node.last.report !== node.report && { changedAfter: node.last.asked };
    node.last = { report: node.report, asked, heard, ...changed, ...(!this.old.has(node.name) && { clock }) };
    return node.last;
  }

  #member(name: string): Member {
    const node = this.#members.get(name);
    if (node === undefined) throw new Error(`there is no node ${name}`);
    return node;
  }

  #refresh(node: Member): this {
    const isMaster = node.state === 'MASTER';
    const priority = this.priorities.get(node.name) ?? 100;
    const instance = { state: node.state, priority, ...(isMaster && { addresses: [VIP], held: [VIP] }) };
    const { transitions: _, ...report } = { ...node.report, instances: aReport(node.name, 'r', [instance]).instances };
    node.report = { ...report, ...(node.transitions.length > 0 && !this.old.has(node.name) && { transitions: node.transitions }) };
    return this;
  }
}
