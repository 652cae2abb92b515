/** What a manager writes down of a failover of real keepalived, beside what a client missed. Every figure is printed. */
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { line } from '../../src/conf/tree.ts';
import { gapInWords } from '../../src/observe/journal/move.ts';
import { Bridge } from './bridge.ts';
import { group, instance } from './build.ts';
import { TestNode } from './node.ts';
import { firstAnswer, GapProbe } from './probe.ts';
import { until } from './until.ts';
import { Watcher } from './watcher.ts';

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
  manager = new Watcher([one, two], expected);
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
    // A gap that has no end yet is none to the probe.
    await firstAnswer(client, VIP);
    await passes(100);
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
