import type { Node } from '../../api/core.ts';
import type { KeepalivedGroupStatus } from '../../api/group/keepalived-group.ts';
import type { Store } from '../../kube/store.ts';
import { nameOf } from '../../observe/journal/move.ts';
import type { Truth } from '../../observe/observe.ts';
import { type Health, hear, isLoss, type NodeNews, remembered, unsteadyAt } from '../../observe/steadiness.ts';
import type { UnsteadyNode } from '../../plan/input.ts';
import { standingTold } from '../../plan/placement/standing.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { TruthObserver } from './observe.ts';

export interface SteadyNodesOptions {
  readonly nodes: Store<Node>;
  readonly clock: Clock;
  readonly onChange: () => void;
}

/** Which nodes were lost and have to be well for a while before they take their addresses back. */
export class SteadyNodes implements TruthObserver {
  readonly #options: SteadyNodesOptions;
  readonly #healths = new Map<string, Health>();
  readonly #owners = new Map<string, Truth['owners']>();
  /** By group, the virtual routers that a node gave up while it rested and without a loss, and the node. */
  readonly #givenUp = new Map<string, Map<string, string>>();
  /** Groups of which it is known what was written down before this process. */
  readonly #remembered = new Set<string>();
  /** What was theirs at the last look, by group, where any node rested. */
  readonly #theirs = new Map<string, string>();
  #rested = Promise.withResolvers<void>();

  constructor(options: SteadyNodesOptions) {
    this.#options = options;
    options.nodes.onChange(({ key, before, after }) => {
      if (after === undefined) this.#healths.delete(key);
      // One that is seen for the first time, by a manager that has just started, may have been lost before.
      else if ((before === undefined || isReady(before)) !== isReady(after)) this.#hear(key, isReady(after) ? 'Ready' : 'NotReady');
    });
  }

  /**
   * Those nodes, and what of a group is theirs all the same: what they own, and, where they come first, what they owned while they rested, and gave
   * up without being lost. Nodes hear of a plan later than the manager hears of them: one that had its addresses again already would lose them, and
   * get them back for having had them, time and again. A manager that has just begun goes by what the one before told.
   */
  unsteadyIn(group: string, status: KeepalivedGroupStatus = {}): readonly UnsteadyNode[] {
    const owners = [...(this.#owners.get(group) ?? [])];
    const givenUp = [...(this.#givenUp.get(group) ?? [])];
    const { nodes } = unsteadyAt(this.#healths, this.#options.clock.monotonic());
    const own = nodes.map((one): UnsteadyNode => {
      const owns = owners.flatMap(([router, owner]) => (owner.kind === 'Owned' && owner.node === one.node ? [router] : []));
      const gaveUp = givenUp.flatMap(([router, node]) => (node === one.node ? [router] : []));
      return { ...one, owns, ...(gaveUp.length > 0 && { gaveUp }) };
    });
    const { unsteady: told = [] } = this.#remembered.has(group) ? {} : standingTold(status);
    return [...own, ...told.filter(({ node }) => !own.some((one) => one.node === node))];
  }

  /**
   * Takes note of who owns a group's virtual routers, and from whom they went. A node that has others of them still was not lost. Says so when
   * something else is theirs now that rest.
   */
  looked(group: string, _: unknown, { owners, moves, chronicles }: Pick<Truth, 'owners' | 'moves' | 'chronicles'>): void {
    this.#owners.set(group, owners);
    this.#remember(group, { moves, chronicles });
    this.#noteGivenUp(group, { owners, moves });
    const losers = new Set(moves.flatMap(({ from, cause }) => (from !== undefined && isLoss(cause) ? [from] : [])));
    if (losers.size > 0) this.#lost(losers, owners);
    const theirs = JSON.stringify(this.unsteadyIn(group));
    const isSame = theirs === (this.#theirs.get(group) ?? NOTHING);
    this.#theirs.set(group, theirs);
    if (!isSame) this.#options.onChange();
  }

  gone(group: string): void {
    for (const known of [this.#owners, this.#givenUp, this.#remembered, this.#theirs]) known.delete(group);
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

  /** Takes note, once, of the losses that were written down before this process. */
  #remember(group: string, { moves, chronicles }: Pick<Truth, 'moves' | 'chronicles'>): void {
    const known = [...chronicles.values()];
    if (this.#remembered.has(group) || known.some(({ origin }) => origin === undefined)) return;
    this.#remembered.add(group);
    const { clock, onChange } = this.#options;
    const isNew = new Set(moves.map(nameOf));
    const before = known.flatMap(({ journal }) => journal.filter((one) => !isNew.has(nameOf(one))));
    const wall = clock.now().getTime();
    for (const [node, health] of remembered(this.#healths, before, clock.monotonic(), ({ time }) => wall - Date.parse(time)))
      this.#healths.set(node, health);
    this.#rested.resolve();
    onChange();
  }

  #lost(losers: Set<string>, owners: Truth['owners']): void {
    for (const owner of owners.values()) if (owner.kind === 'Owned') losers.delete(owner.node);
    for (const node of losers) this.#hear(node, 'Lost');
  }

  #noteGivenUp(group: string, { owners, moves }: Pick<Truth, 'owners' | 'moves'>): void {
    if (moves.length === 0) return;
    const resting = new Set(unsteadyAt(this.#healths, this.#options.clock.monotonic()).nodes.map(({ node }) => node));
    const givenUp = new Map([...(this.#givenUp.get(group) ?? [])].filter(([router]) => owners.has(router)));
    for (const { router, from, cause } of moves) {
      if (from !== undefined && resting.has(from) && !isLoss(cause)) givenUp.set(router, from);
      else givenUp.delete(router);
    }
    this.#givenUp.set(group, givenUp);
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

/** Of no node that rests. */
const NOTHING = '[]';

/** Milliseconds. */
const IDLE = 10 * 60_000;

const isReady = ({ status }: Node): boolean => status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
