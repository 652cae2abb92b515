import { afterEach, beforeEach, expect, it } from 'vitest';
import { block, line, type Statement } from '../../src/conf/tree.ts';
import { Bridge } from './bridge.ts';
import { group, instance } from './build.ts';
import { HealthPort } from './health-port.ts';
import { instanceIn, TestNode } from './node.ts';
import { firstAnswer, Probe } from './probe.ts';
import { until } from './until.ts';

const ROUNDS = 10;
let bridge: Bridge;
let nodes: [TestNode, TestNode];
let client: string;

beforeEach(() => {
  bridge = new Bridge('new');
  const node = (number: number): TestNode => new TestNode(`n${number}`, bridge.host(`n${number}`, [`192.0.2.${number}/24`]));
  nodes = [node(1), node(2)];
  client = bridge.host('client', ['192.0.2.3/24']);
});

afterEach(async () => {
  await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]()));
  bridge[Symbol.dispose]();
});

const web = instance('default/web', { id: 200, addresses: ['192.0.2.250'], order: ['n1', 'n2'] });
/** The first nodes of new instances take turns. */
const added = (index: number, ...lines: Statement[]): Statement => {
  const order = index % 2 === 0 ? ['n1', 'n2'] : ['n2', 'n1'];
  return instance(`new/svc-${index}`, { id: index + 1, addresses: [`192.0.2.${100 + index}`], order, lines });
};

const NEW = Array.from({ length: ROUNDS }, (_, index) => index);

/** State, addresses held, priority and how often it became master, of each new instance. */
function newInstancesOf(node: TestNode): string[] {
  const metrics = node.get('/metrics');
  const reported = node.state().instances.filter(({ name }) => name.startsWith('new/'));
  return reported.map(({ name, state, held, priority }) => {
    const times = new RegExp(`^keepalived_vrrp_become_master\\{name="${name}",.*\\} (\\d+)$`, 'm').exec(metrics)?.[1];
    return `${name} ${state} ${held} ${priority}, ${times} times master`;
  });
}

const wanted = (node: number): string[] =>
  NEW.map((index) => `new/svc-${index} ${index % 2 === node ? `MASTER 192.0.2.${100 + index} 254, 1` : 'BACKUP  253, 0'} times master`);

async function startWith(...statements: readonly Statement[]): Promise<void> {
  for (const node of nodes) {
    node.put(group(...statements));
    node.start();
  }
  await nodes[0].masterOf('default/web');
  await nodes[1].runs('r1');
}

it(`a new instance answers at once on its first node, ${ROUNDS} times, and never on another`, async () => {
  await startWith(web);
  const probe = new Probe(client, '192.0.2.250');
  const took: number[] = [];
  const statements = [web];
  for (const round of NEW) {
    const answer = firstAnswer(client, `192.0.2.${100 + round}`);
    statements.push(added(round));
    const start = Date.now();
    const revisions = nodes.map((node) => node.put(group(...statements)));
    took.push((await answer) - start);
    await Promise.all(nodes.map((node, index) => node.runs(revisions[index] ?? '')));
  }
  took.sort((a, b) => a - b);
  const { lost, sent } = await probe.stop();
  console.log(
    `swap of the mount to the first answer: median ${took[ROUNDS / 2]} ms, worst ${took.at(-1)} ms of ${ROUNDS}; ${lost} of ${sent} lost elsewhere`,
  );
  expect(nodes.flatMap(newInstancesOf)).toEqual(nodes.flatMap((_, index) => wanted(index)));
  expect(took.at(-1)).toBeLessThan(2000);
  expect(lost).toBe(0);
});

it('an address whose Service is renamed is back at once, on one node', async () => {
  await startWith(web);
  const probe = new Probe(client, '192.0.2.250');
  const renamed = instance('default/renamed', { id: 201, addresses: ['192.0.2.250'], order: ['n1', 'n2'] });
  for (const node of nodes) node.put(group(renamed));
  await nodes[0].runs('r2');
  const report = await nodes[0].masterOf('default/renamed');
  const { lost, sent } = await probe.stop();
  console.log(`address moved from one instance to another: ${lost} of ${sent} lost (one each 10 ms)`);
  expect(instanceIn(report.instances, 'default/renamed')?.held).toEqual(['192.0.2.250']);
  expect(lost).toBeLessThan(50);
});

it('a node that starts late takes its instance over from its owner, and they never both have it', async () => {
  await startWith(web);
  const [late, other] = nodes;
  other.put(group(web, added(0)));
  await other.masterOf('new/svc-0');
  const probe = new Probe(client, '192.0.2.100');
  late.put(group(web, added(0)));
  await late.masterOf('new/svc-0');
  await other.when('has given it up', ({ instances }) => instanceIn(instances, 'new/svc-0')?.held.length === 0);
  expect((await probe.stop()).lost).toBeLessThanOrEqual(2);
});

it('an instance with a health check has a head start where that is healthy, waits where it is not, and keeps to one node', async () => {
  using healthyPort = new HealthPort(nodes[0].namespace);
  using unhealthyPort = new HealthPort(nodes[1].namespace);
  await startWith(web);
  healthyPort.say(200, 1);
  await until(
    'one is healthy',
    () => [healthyPort.status(), unhealthyPort.status()].join(),
    (both) => both === '200,503',
  );
  const checked = (id: number) => {
    const lines = [block('track_file', [], [line(`new/svc-${id}`)])];
    const tracked = instance(`new/svc-${id}`, {
      id,
      addresses: [`192.0.2.${100 + id}`],
      order: id === 1 ? ['n1', 'n2'] : ['n2', 'n1'],
      lines,
    });
    return [block('vrrp_track_file', [`new/svc-${id}`], [line('weight', -100)]), tracked];
  };
  const settings = { checks: [1, 2].map((id) => ({ trackFile: `new/svc-${id}`, port: 30000 })) };
  const answers = [101, 102].map((last) => firstAnswer(client, `192.0.2.${last}`));
  const start = Date.now();
  for (const node of nodes) node.put(group(web, ...checked(1), ...checked(2)), settings);
  const [healthy = 0, elsewhere = 0] = (await Promise.all(answers)).map((at) => at - start);
  console.log(`first answer after ${healthy} ms where the first node is healthy, after ${elsewhere} ms where it is not`);
  expect(healthy).toBeLessThan(2000);
  expect(elsewhere).toBeGreaterThan(2500);
  const report = await nodes[0].masterOf('new/svc-2');
  expect(instanceIn(report.instances, 'new/svc-1')).toMatchObject({ state: 'MASTER', priority: 254, held: ['192.0.2.101'] });
  expect(instanceIn(nodes[1].state().instances, 'new/svc-1')).toMatchObject({ state: 'BACKUP', priority: 153, held: [] });
  expect(instanceIn(nodes[1].state().instances, 'new/svc-2')?.held).toEqual([]);
});

it('an instance with preempt: false has no head start', async () => {
  await startWith(web);
  nodes[0].put(group(web, added(0, line('nopreempt'))));
  await nodes[0].runs('r2');
  expect(instanceIn(nodes[0].state().instances, 'new/svc-0')?.state).toBe('BACKUP');
});
