/** What a manager writes down of a failover of real keepalived, beside what a client missed. Every figure is printed. */
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NodeReport } from '../../src/api/node/report.ts';
import { line } from '../../src/conf/tree.ts';
import type { Word } from '../../src/observe/evidence.ts';
import { related } from '../../src/observe/journal/clock.ts';
import { gapInWords, type Move } from '../../src/observe/journal/move.ts';
import { observe, type Truth } from '../../src/observe/observe.ts';
import { Bridge } from './bridge.ts';
import { group, instance } from './build.ts';
import { TestNode } from './node.ts';
import { firstAnswer, GapProbe } from './probe.ts';
import { until } from './until.ts';

const [NAME, VIP] = ['default/web', '192.0.2.100'];
/** Milliseconds that the client's own gap may be beside the bounds: a machine that is busy asks, and answers, less often. */
const TOLERANCE = 150;
const web = instance(NAME, { id: 7, addresses: [VIP], order: ['n1', 'n2'], lines: [line('version', 3), line('advert_int', 0.25)] });
const expected = { nodes: ['n1', 'n2'], routers: [{ name: NAME, addresses: [VIP], ranks: ['n1', 'n2'] }] };
const figures: string[] = [];

let bridge: Bridge;
let one: TestNode;
let two: TestNode;
let client: string;
let manager: Watcher;
beforeEach(async () => {
  bridge = new Bridge('tell');
  one = new TestNode('n1', bridge.host('n1', ['192.0.2.1/24']));
  two = new TestNode('n2', bridge.host('n2', ['192.0.2.2/24']));
  client = bridge.host('client', ['192.0.2.3/24']);
  for (const node of [one, two]) {
    node.put(group(web));
    node.start();
  }
  manager = new Watcher();
  await one.masterOf(NAME);
  await two.when('runs its file', ({ config }) => config.revision !== null);
  // The other has to have listened for longer than a failover takes.
  await until(
    'it is n1 that has it',
    () => manager.look(),
    ({ owners }) => owners.get(NAME)?.kind === 'Owned',
  );
  await passes(2000);
});
afterEach(async () => {
  await Promise.all([one[Symbol.asyncDispose](), two[Symbol.asyncDispose]()]);
  bridge[Symbol.dispose]();
});
afterAll(() => console.log(['', 'What is written down, and what the client missed:', ...figures, ''].join('\n')));

describe('a failover', () => {
  it.each<[string, () => unknown, string, string]>([
    ['the cable of the owner is cut', () => cutOff(), 'NodeSilent', 'LastAdvert'],
    ['the link of the owner loses its carrier', () => bridge.plug('n1', false), 'LinkLost', 'Transitions'],
    ['keepalived of the owner is killed', () => one.signalProcesses('SIGKILL'), 'DaemonStopped', 'Transitions'],
    ['keepalived of the owner is ended', () => one.signalProcesses('SIGTERM'), 'DaemonStopped', 'Transitions'],
    ['the pod of the owner ends', () => endPod(), 'Drained', 'Transitions'],
  ])('is written down as it was when %s', async (what, happens, cause, by) => {
    const probe = new GapProbe(client, VIP);
    await firstAnswer(client, VIP);
    await passes(300);
    await happens();
    const move = await manager.firstMoveTo('n2');
    const missed = await probe.stop();
    const { withoutOwner: gap } = move;
    figures.push(`  ${what}: ${move.cause.kind}, ${gapInWords(gap)} by ${gap?.by}; missed ${missed} ms`);
    expect([move.from, move.cause.kind, gap?.by]).toEqual(['n1', cause, by]);
    expect(missed).toBeGreaterThanOrEqual((gap?.atLeastMilliseconds ?? 0) - TOLERANCE);
    expect(missed).toBeLessThanOrEqual((gap?.atMostMilliseconds ?? 0) + TOLERANCE);
  });
});

// --- internal ---

async function passes(milliseconds: number): Promise<void> {
  const start = performance.now();
  await until(
    `${milliseconds} ms have passed`,
    () => performance.now() - start,
    (passed) => passed >= milliseconds,
  );
}

/** Asks both agents, as a manager does, and judges. */
class Watcher {
  readonly silent = new Set<string>();
  readonly moves: Move[] = [];
  readonly #words = new Map<string, Word>();
  #truth: Truth | undefined;

  look(): Truth {
    for (const node of [one, two]) this.#ask(node);
    const ledger = { wall: Date.now(), recordedOf: () => ({ moves: [] }) };
    this.#truth = observe(expected, [...this.#words.values()], this.#truth, performance.now(), ledger);
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

function answerOf(node: TestNode): { report: NodeReport; clock: number } | undefined {
  try {
    const [head = '', body = ''] = node.answer('/state').split('\r\n\r\n');
    return { report: JSON.parse(body), clock: Number(/^keepalived-agent-clock: \d+ (\d+)/im.exec(head)?.[1]) };
  } catch {
    return undefined;
  }
}

/** Off the switch, and so also from the manager. */
function cutOff(): void {
  bridge.connect('n1', false);
  manager.silent.add('n1');
}

/** As kubelet does; the manager hears the agent until it is gone. */
async function endPod(): Promise<void> {
  const ended = one.signalAgent('SIGTERM');
  one.get('/drained/ns/g');
  manager.look();
  await one.signalKeepalived('SIGTERM');
  await ended;
}
