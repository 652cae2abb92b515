import type { NodeReport } from '../../src/api/node/report.ts';
import { reportIn } from '../../src/manager/observe/fetch-report.ts';
import type { Word } from '../../src/observe/evidence.ts';
import { related } from '../../src/observe/journal/clock.ts';
import type { Move } from '../../src/observe/journal/move.ts';
import { type Expected, observe, type Truth } from '../../src/observe/observe.ts';
import type { TestNode } from './node.ts';
import { until } from './until.ts';

/** Asks the agents of nodes, as a manager does, and judges. */
export class Watcher {
  /** Nodes that the manager doesn't reach. */
  readonly silent = new Set<string>();
  readonly moves: Move[] = [];
  readonly #nodes: readonly TestNode[];
  readonly #expected: Expected;
  readonly #words = new Map<string, Word>();
  #truth: Truth | undefined;

  constructor(nodes: readonly TestNode[], expected: Expected) {
    this.#nodes = nodes;
    this.#expected = expected;
  }

  look(): Truth {
    for (const node of this.#nodes) this.#ask(node);
    const ledger = { wall: Date.now(), recordedOf: () => ({ moves: [] }) };
    this.#truth = observe(this.#expected, [...this.#words.values()], this.#truth, performance.now(), ledger);
    this.moves.push(...this.#truth.moves);
    return this.#truth;
  }

  firstMoveTo(node: string): Promise<Move> {
    const found = (): Move | undefined => {
      this.look();
      return this.moves.find(({ to }) => to === node);
    };
    return until(`a move to ${node} is told`, found, (move) => move !== undefined) as Promise<Move>;
  }

  #ask(node: TestNode): void {
    const before = this.#words.get(node.name);
    const asked = performance.now();
    const answer = this.silent.has(node.name) ? undefined : answerOf(node);
    if (answer === undefined) {
      if (before !== undefined) this.#words.set(node.name, { ...before, silentSince: before.silentSince ?? asked });
      return;
    }
    const heard = performance.now();
    const isSame = before !== undefined && JSON.stringify(before.report) === JSON.stringify(answer.report);
    const clock = related(before?.clock, { asked, heard, node: answer.clock });
    const changedAfter = isSame ? before.changedAfter : before?.asked;
    const report = isSame ? before.report : answer.report;
    this.#words.set(node.name, { report, asked, heard, clock, ...(changedAfter !== undefined && { changedAfter }) });
  }
}

// --- internal ---

function answerOf(node: TestNode): { report: NodeReport; clock: number } | undefined {
  try {
    const [head = '', body = ''] = node.answer('/state').split('\r\n\r\n');
    const report = reportIn(body);
    return report && { report, clock: Number(/^keepalived-agent-clock: \d+ (\d+)/im.exec(head)?.[1]) };
  } catch {
    return undefined;
  }
}
