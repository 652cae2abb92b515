import { afterEach, beforeEach, expect, it } from 'vitest';
import type { NodeReport } from '../../src/api/node/report.ts';
import type { Statement } from '../../src/conf/tree.ts';
import { Bridge } from './bridge.ts';
import { group, instance } from './build.ts';
import { TestNode } from './node.ts';
import { Probe } from './probe.ts';

let bridge: Bridge;
let nodes: TestNode[];
let client: string;

beforeEach(() => {
  bridge = new Bridge('re');
  nodes = [1, 2].map((number) => new TestNode(`n${number}`, bridge.host(`n${number}`, [`192.0.2.${number}/24`])));
  client = bridge.host('client', ['192.0.2.3/24']);
});

afterEach(async () => {
  await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]()));
  bridge[Symbol.dispose]();
});

const order = ['n1', 'n2'];
const kept = Array.from({ length: 20 }, (_, index) =>
  instance(`kept/svc-${index}`, { id: index + 1, addresses: [`192.0.2.${100 + index}`], order }),
);
/** The instances that change: of `count`, each with one address more in every other version. */
const changing = (count: number, version: number): Statement[] =>
  Array.from({ length: count }, (_, index) => {
    const addresses = [`198.51.100.${index + 1}`, ...(version % 2 === 0 ? [] : [`198.51.100.${index + 101}`])];
    return instance(`changing/svc-${index}`, { id: index + 101, addresses, order });
  });

const mastersOf = ({ instances }: NodeReport, prefix: string): number =>
  instances.filter(({ name, state, held, addresses }) => name.startsWith(prefix) && state === 'MASTER' && held.length === addresses.length)
    .length;

/** Transitions that both agents have seen of the instances that nobody touched. */
function transitions(): number {
  const lines = nodes.flatMap((node) => node.get('/metrics').split('\n'));
  const counts = lines.filter((line) => line.startsWith('keepalived_instance_transitions_total{name="kept/'));
  return counts.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

async function startAll(...statements: Statement[]): Promise<void> {
  for (const node of nodes) {
    node.put(group(...statements));
    node.start();
  }
  await nodes[0]?.when('is master of all', (report) => mastersOf(report, 'kept/') === 20, 20);
  await nodes[1]?.when('is backup of all', (report) => mastersOf(report, 'kept/') === 0, 20);
}

it('changes of 50 instances disturb none of 20 others: no transition, no packet lost', async () => {
  await startAll(...kept);
  const before = transitions();
  const probes = Array.from({ length: 20 }, (_, index) => new Probe(client, `192.0.2.${100 + index}`));
  const steps: readonly [string, Statement[]][] = [
    ['added', [...kept, ...changing(50, 0)]],
    ['with an address more', [...changing(50, 1), ...kept]],
    ['with an address less', [...kept, ...changing(50, 2)]],
    ['25 removed', [...kept, ...changing(25, 2)]],
    ['all removed', kept],
  ];
  for (const [step, statements] of steps) {
    const revision = nodes.map((node) => node.put(group(...statements)))[0] ?? '';
    await Promise.all(nodes.map((node) => node.runs(revision)));
    const wanted = statements.length - 20;
    const report = await nodes[0]?.when(`${step}: holds ${wanted}`, (state) => mastersOf(state, 'changing/') === wanted);
    expect(report?.problems).toEqual([]);
  }
  const losses = await Promise.all(probes.map((probe) => probe.stop()));
  const sent = losses.reduce((sum, loss) => sum + loss.sent, 0);
  const lost = losses.reduce((sum, loss) => sum + loss.lost, 0);
  console.log(
    `20 untouched addresses during ${steps.length} changes of 50 others: ${transitions() - before} transitions, ${lost} of ${sent} packets lost`,
  );
  expect(sent).toBeGreaterThan(1000);
  expect(lost).toBe(0);
  expect(transitions() - before).toBe(0);
});

it('a burst of 100 changes becomes a few reloads and ends at the last', async () => {
  await startAll(...kept);
  const [node] = nodes;
  const before = node?.state().daemon.reloads ?? 0;
  const start = Date.now();
  let last = '';
  for (let version = 1; version <= 100; version++) {
    last = node?.put(group(...kept, ...changing(version % 7 === 0 ? 10 : 11, version))) ?? '';
    // Changes come one after the other, as a manager writes them.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const written = Date.now() - start;
  const report = await node?.runs(last);
  const reloads = (report?.daemon.reloads ?? 0) - before;
  console.log(`100 changes written in ${written} ms: ${reloads} reloads, the last ran after ${Date.now() - start} ms`);
  expect(reloads).toBeLessThanOrEqual(10);
  expect(report?.problems).toEqual([]);
});

it('a change runs within a second of the swap, and an address added to a master is on the interface', async () => {
  await startAll(...kept, ...changing(1, 0));
  const [node] = nodes;
  await node?.masterOf('changing/svc-0');
  const took: number[] = [];
  for (let version = 1; version <= 5; version++) {
    const start = Date.now();
    const revision = node?.put(group(...kept, ...changing(1, version))) ?? '';
    const report = await node?.runs(revision);
    took.push(Date.parse(report?.config.since ?? '') - start);
    expect(node?.addresses().includes('198.51.100.101')).toBe(version % 2 === 1);
  }
  console.log(`swap to confirmed, 21 instances: ${took.sort((a, b) => a - b).join(', ')} ms`);
  expect(took[2]).toBeLessThan(1000);
});
