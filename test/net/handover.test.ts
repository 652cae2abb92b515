import { afterEach, beforeEach, expect, it } from 'vitest';
import { block, line } from '../../src/conf/tree.ts';
import { Bridge } from './bridge.ts';
import { group, instance } from './build.ts';
import { instanceIn, TestNode } from './node.ts';
import { Probe } from './probe.ts';

let bridge: Bridge;
let one: TestNode;
let two: TestNode;
let client: string;

beforeEach(() => {
  bridge = new Bridge('hand');
  one = new TestNode('n1', bridge.host('n1', ['192.0.2.1/24']));
  two = new TestNode('n2', bridge.host('n2', ['192.0.2.2/24']));
  client = bridge.host('client', ['192.0.2.3/24']);
});

afterEach(async () => {
  await Promise.all([one[Symbol.asyncDispose](), two[Symbol.asyncDispose]()]);
  bridge[Symbol.dispose]();
});

const web = instance('default/web', { id: 7, addresses: ['192.0.2.100'], order: ['n1', 'n2'] });
const api = instance('default/api', { id: 8, addresses: ['192.0.2.101'], order: ['n2', 'n1'] });

/** What kubelet does with a pod that is deleted: SIGTERM to the agent, the question to it, and what follows for keepalived. */
async function deletePod(node: TestNode): Promise<string> {
  const ended = node.signalAgent('SIGTERM');
  const answer = node.get('/drained/ns/g');
  await node.signalKeepalived('SIGTERM');
  await ended;
  return answer;
}

it('a pod that ends gives its addresses to the other node without a lost packet, and the next pod takes them back without one', async () => {
  for (const node of [one, two]) {
    node.put(group(web, api));
    node.start();
  }
  await one.masterOf('default/web');
  await two.masterOf('default/api');
  const probes = ['192.0.2.100', '192.0.2.101'].map((address) => new Probe(client, address));
  const start = Date.now();
  expect(await deletePod(one)).toBe('given up\n');
  const took = Date.now() - start;
  await two.masterOf('default/web');
  expect(one.addresses()).not.toContain('192.0.2.100');
  one.start();
  const report = await one.masterOf('default/web');
  expect(instanceIn(report.instances, 'default/web')?.priority).toBe(254);
  await two.when('has given it back', ({ instances }) => instanceIn(instances, 'default/web')?.held.length === 0);
  const losses = await Promise.all(probes.map((probe) => probe.stop()));
  console.log(
    `pod deleted and made anew: it ended after ${took} ms; lost ${losses.map(({ lost, sent }) => `${lost} of ${sent}`).join(', ')}`,
  );
  expect(losses.map(({ lost }) => lost)).toEqual([0, 0]);
});

it('a shutdown of a node without kubelet, which ends every process at once, interrupts its addresses for milliseconds only', async () => {
  for (const node of [one, two]) {
    node.put(group(web));
    node.start();
  }
  await one.masterOf('default/web');
  await two.when('is backup', ({ instances }) => instances[0]?.state === 'BACKUP');
  const probe = new Probe(client, '192.0.2.100');
  const start = Date.now();
  one.signalProcesses('SIGTERM');
  await Promise.all([one.signalAgent('SIGTERM'), one.signalKeepalived('SIGTERM')]);
  const took = Date.now() - start;
  await two.masterOf('default/web');
  expect(one.addresses()).not.toContain('192.0.2.100');
  const { lost, sent } = await probe.stop();
  console.log(`node shut down without kubelet: its processes ended after ${took} ms; lost ${lost} of ${sent}, one each 10 ms`);
  expect(lost).toBeLessThan(10);
  expect(took).toBeLessThan(5_000);
});

it('a pod whose addresses no other node takes over ends in time, and removes its addresses', async () => {
  one.put(group(web));
  one.start();
  await one.masterOf('default/web');
  const start = Date.now();
  expect(await deletePod(one)).toBe('nobody took over\n');
  expect(Date.now() - start).toBeLessThan(10_000);
  expect(one.addresses()).not.toContain('192.0.2.100');
});

it('a node that is unhealthy for a Service too can be drained', async () => {
  const tracked = instance('default/local', {
    id: 9,
    addresses: ['192.0.2.102'],
    order: ['n1', 'n2'],
    lines: [block('track_file', [], [line('default/local')])],
  });
  const weight = block('vrrp_track_file', ['default/local'], [line('weight', -100)]);
  for (const node of [one, two]) {
    node.put(group(weight, tracked), { checks: [{ trackFile: 'default/local', port: 30000 }] });
    node.start();
  }
  await one.when('is master with 154', ({ instances }) => instances[0]?.state === 'MASTER' && instances[0].priority === 154);
  await two.when('is backup', ({ instances }) => instances[0]?.state === 'BACKUP');
  const probe = new Probe(client, '192.0.2.102');
  expect(await deletePod(one)).toBe('given up\n');
  expect((await probe.stop()).lost).toBe(0);
  await two.masterOf('default/local');
});

it('a request to an agent that keeps running drains nothing', async () => {
  one.put(group(web));
  one.start();
  await one.masterOf('default/web');
  expect(one.get('/drained/ns/other')).toContain('ns/g');
  expect(one.get('/drained/ns/g')).toContain('not asked to end');
  expect(instanceIn(one.state().instances, 'default/web')).toMatchObject({ state: 'MASTER', priority: 254 });
});
