/** A Service that only nodes with endpoints serve, wherever kube-proxy listens, and a node whose kube-proxy is not healthy. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { block, line, type Statement } from '../../src/conf/tree.ts';
import { Bridge } from './bridge.ts';
import { group, instance } from './build.ts';
import { HealthPort } from './health-port.ts';
import { TestNode } from './node.ts';

let bridge: Bridge;
let one: TestNode;
let two: TestNode;
let ports: HealthPort[];

beforeEach(() => {
  ports = [];
  bridge = new Bridge('ends');
  one = new TestNode('n1', bridge.host('n1', ['192.0.2.1/24', '2001:db8::1/64']));
  two = new TestNode('n2', bridge.host('n2', ['192.0.2.2/24', '2001:db8::2/64']));
});
afterEach(async () => {
  for (const port of ports) port[Symbol.dispose]();
  await Promise.all([one[Symbol.asyncDispose](), two[Symbol.asyncDispose]()]);
  bridge[Symbol.dispose]();
});

const NAME = 'default/local';
const checks = [{ trackFile: NAME, port: 30_000 }];
const tracked = (...lines: Statement[]): Statement =>
  instance(NAME, { id: 9, addresses: ['192.0.2.102'], order: ['n1', 'n2'], lines: [block('track_file', [], [line(NAME)]), ...lines] });
const weight = (value: number): Statement => block('vrrp_track_file', [NAME], [line('weight', value)]);

function listen(node: TestNode, host: string, endpoints: number, port?: number): HealthPort {
  const answers = new HealthPort(node.namespace, host, port);
  answers.say(endpoints > 0 ? 200 : 503, endpoints);
  ports.push(answers);
  return answers;
}

function start(...statements: Statement[]): void {
  for (const node of [one, two]) {
    node.put(group(...statements), { checks: statements.some(({ keyword }) => keyword === 'vrrp_track_file') ? checks : [] });
    node.start();
  }
}

const finds = (node: TestNode, finding: string) => node.when(`finds ${finding}`, (report) => report.checks?.[0]?.finding === finding, 30);

describe('a node is asked for endpoints', () => {
  it.each([
    ["at the node's own address, as kube-proxy listens in nftables mode", '192.0.2.1', '192.0.2.2'],
    ['at an address of IPv6 only, as for a Service of IPv6', '2001:db8::1', '2001:db8::2'],
    ['at loopback of IPv6', '::1', '::1'],
  ])('%s, so the address is where an endpoint is', async (_, first, second) => {
    listen(one, first, 0);
    listen(two, second, 1);
    start(weight(-100), tracked());
    await two.masterOf(NAME, 30);
    expect((await finds(one, 'none')).instances[0]?.priority).toBe(154);
    expect(two.state().problems).toEqual([]);
  });

  it('and if no health check answers, it ranks between nodes with and nodes without endpoints, and reports that', async () => {
    const answers = listen(two, '192.0.2.2', 0);
    start(weight(-100), tracked());
    const report = await finds(one, 'unanswered');
    expect(report.problems[0]).toMatchObject({ reason: 'HealthCheckUnanswered', message: expect.stringContaining(NAME) });
    await one.when('is MASTER at half the weight', ({ instances: [local] }) => local?.state === 'MASTER' && local.priority === 204, 30);
    answers.say(200, 1);
    await two.masterOf(NAME, 30);
  });

  it('and if no health check answers, it is not in FAULT, with preempt: false', async () => {
    start(weight(-254), tracked(line('nopreempt')));
    await finds(one, 'unanswered');
    await one.masterOf(NAME, 30);
    expect(two.state().instances[0]?.state).toBe('BACKUP');
  });
});

it('a node whose kube-proxy is no longer healthy ranks after the others, until kube-proxy is healthy again', async () => {
  const health = listen(one, '127.0.0.1', 1, 10_256);
  const web = instance('default/web', { id: 7, addresses: ['192.0.2.100'], order: ['n1', 'n2'] });
  start(web);
  await one.masterOf('default/web', 30);
  await one.when('knows its kube-proxy', ({ dataPath }) => dataPath === 'healthy');
  health.say(503, 0);
  await two.masterOf('default/web', 60);
  expect(one.state()).toMatchObject({ dataPath: 'unhealthy', problems: [{ reason: 'DataPathUnhealthy' }] });
  expect(two.state().dataPath).toBeUndefined();
  health.say(200, 1);
  await one.masterOf('default/web', 60);
});

it('an instance in FAULT says why', async () => {
  start(instance('default/web', { id: 7, addresses: ['192.0.2.100'], order: ['n1', 'n2'] }));
  await one.masterOf('default/web', 30);
  bridge.plug('n1', false);
  const why = 'interface eth0 is down or has no carrier';
  await one.when(`says that ${why}`, ({ problems: [fault] }) => fault?.reason === 'InstanceFault' && fault.message.includes(why), 20);
});
