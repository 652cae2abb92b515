import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InstanceReport, NodeReport } from '../../src/api/node/report.ts';
import { Bridge, ip } from './bridge.ts';
import { group, instance } from './build.ts';
import { instanceIn, TestNode } from './node.ts';
import { until } from './until.ts';

let bridge: Bridge;
let one: TestNode;
let two: TestNode;

beforeEach(() => {
  bridge = new Bridge('two');
  one = new TestNode('n1', bridge.host('n1', ['192.0.2.1/24', '2001:db8::1/64']));
  two = new TestNode('n2', bridge.host('n2', ['192.0.2.2/24', '2001:db8::2/64']));
});

afterEach(async () => {
  await Promise.all([one[Symbol.asyncDispose](), two[Symbol.asyncDispose]()]);
  bridge[Symbol.dispose]();
});

const peers = { n1: ['192.0.2.1', '2001:db8::1'], n2: ['192.0.2.2', '2001:db8::2'] };
const lacking = {
  n1: ['192.0.1.1', '192.0.2.1', '2001:db7::1', '2001:db8::1'],
  n2: ['192.0.1.2', '192.0.2.2', '2001:db7::2', '2001:db8::2'],
};
const web = instance('default/web', { id: 7, addresses: ['192.0.2.100'], order: ['n1', 'n2'] });
const six = instance('default/six', { id: 8, addresses: ['2001:db8::100'], order: ['n2', 'n1'] });

const ofWeb = ({ transitions = [] }: NodeReport) => transitions.filter(({ name }) => name === 'default/web');

/** Whether the node is master of one instance, with these addresses, and backup of the other. */
function holds(instances: readonly InstanceReport[], addresses: readonly string[], master: string, backup: string): boolean {
  const [up, down] = [instanceIn(instances, master), instanceIn(instances, backup)];
  return up?.state === 'MASTER' && `${up.held}` === `${addresses}` && down?.state === 'BACKUP' && down.held.length === 0;
}

describe('two nodes', () => {
  it.each([
    ['by multicast', {}],
    ['by unicast', { unicast: { peers } }],
    ['by unicast, where their Nodes list addresses first that are on no interface', { unicast: { peers: lacking } }],
    ['by unicast with a password', { unicast: { peers }, password: true }],
  ])('share the addresses of both families %s, and the other takes over', async (_, settings) => {
    for (const node of [one, two]) {
      node.setPassword('hunter2\n');
      node.put(group(web, six), settings);
      node.start();
    }
    await one.when('holds only the address of IPv4', ({ instances }) => holds(instances, ['192.0.2.100'], 'default/web', 'default/six'));
    await two.when('holds only the address of IPv6', ({ instances }) => holds(instances, ['2001:db8::100'], 'default/six', 'default/web'));
    expect((await one.runs('r1')).problems).toEqual([]);
    for (const file of [one.paths.configFile, join(one.paths.dumpDir, 'keepalived.json')])
      expect(statSync(file).mode & 0o077, file).toBe(0);

    const start = Date.now();
    await one.signalKeepalived('SIGTERM');
    const after = await two.masterOf('default/web');
    const took = Date.parse(instanceIn(after.instances, 'default/web')?.since ?? '') - start;
    console.log(`n2 was master ${took} ms after SIGTERM of n1's keepalived`);
    expect(took).toBeLessThan(1000);
    expect(one.addresses()).not.toContain('192.0.2.100');
    expect(one.state()).toMatchObject({ daemon: { running: false }, problems: [{ reason: 'DaemonNotRunning' }] });
    expect(ofWeb(one.state())).toMatchObject([{ state: 'MASTER' }, { state: 'STOP', why: 'DaemonStopped' }]);
    const told = await two.when('knows that the other had said so', (report) => ofWeb(report).at(-1)?.resigned !== undefined);
    expect(ofWeb(told)).toMatchObject([{ state: 'MASTER', resigned: true }]);
  });

  it('wait with a new password, also over a restart of the agent, until the settings start a round, and keep their masters', async () => {
    for (const node of [one, two]) {
      node.setPassword('hunter2');
      node.put(group(web), { password: true });
      node.start();
    }
    await one.masterOf('default/web');
    await two.runs('r1');
    one.setPassword('another');
    await one.when('says that one waits', ({ config }) => config.passwordWaitsAfter === 0);
    await one.signalAgent('SIGKILL');
    one.startAgent();
    await one.when('says it again', ({ config }) => config.passwordWaitsAfter === 0);
    one.put(group(web, six), { password: true });
    await one.runs('r2');
    expect(one.configText()).toContain('auth_pass hunter2');

    one.put(group(web, six), { password: true, passwordRound: 1 });
    two.put(group(web, six), { password: true, passwordRound: 1 });
    two.setPassword('another');
    for (const node of [one, two]) {
      const { config } = await node.when('runs the round', ({ config }) => config.revision === (node === one ? 'r3' : 'r2'));
      expect(config.passwordWaitsAfter).toBeUndefined();
      expect(node.configText()).toContain('auth_pass another');
    }
    const heard = (): number => Number(/advert_rcvd\{name="default\/web".*\} (\d+)/.exec(two.get('/metrics'))?.[1]);
    const so = heard() + 3;
    await until('n2 hears the new password', heard, (count) => count > so);
    expect(instanceIn(one.state().instances, 'default/web')).toMatchObject({ state: 'MASTER', held: ['192.0.2.100'] });
    expect(instanceIn(two.state().instances, 'default/web')).toMatchObject({ state: 'BACKUP', held: [] });
    expect(two.get('/metrics')).toMatch(/become_master\{name="default\/web".*\} 0/);
  });
});

describe('one node', () => {
  it('that is the only one serves by unicast and sends no multicast', async () => {
    one.put(group(web, six), { unicast: { peers: { n1: peers.n1 } } });
    one.start();
    await one.masterOf('default/web');
    await one.masterOf('default/six');
    expect((await one.runs('r1')).problems).toEqual([]);
    expect(one.configText()).toContain('unicast_peer');
  });

  it('leaves instances out while its peers are unknown, and takes them up when they come', async () => {
    one.put(group(web), { unicast: { peers: { n2: peers.n2 } } });
    one.start();
    const before = await one.runs('r1');
    expect(before).toMatchObject({ instances: [], problems: [{ reason: 'PeersUnknown' }] });
    one.put(group(web), { unicast: { peers } });
    await one.masterOf('default/web');
    expect((await one.runs('r2')).problems).toEqual([]);
  });

  it('runs keepalived while it waits for its interface', async () => {
    one.put(group(web), { link: { kind: 'name', name: 'eth7' } });
    one.start();
    await one.when('says what is missing', ({ problems }) => problems[0]?.reason === 'InterfaceNotFound');
    expect(one.state().daemon.running).toBe(true);
    one.put(group(web), { link: { kind: 'route', to: '192.0.2.200' } });
    await one.masterOf('default/web');
    expect((await one.runs('r2')).link?.name).toBe('eth0');
  });

  it('finds the interface by an address of its own', async () => {
    one.put(group(web), { link: { kind: 'route', to: '2001:db8::1' } });
    one.start();
    expect((await one.runs('r1')).link).toEqual({
      name: 'eth0',
      addresses: expect.arrayContaining(['192.0.2.1', '2001:db8::1']),
      macs: [expect.stringMatching(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/)],
    });
  });

  it('reports the gateways of its routes, of both families and every table, without any capability', async () => {
    ip('-n', one.namespace, 'route', 'add', 'default', 'via', '192.0.2.254');
    ip('-n', one.namespace, 'route', 'add', 'default', 'via', '192.0.2.253', 'table', '100');
    ip('-n', one.namespace, 'route', 'add', '2001:db8:7::/48', 'via', '2001:db8::fe');
    ip('-n', one.namespace, 'route', 'add', 'default', 'via', 'fe80::1', 'dev', 'eth0');
    one.put(group(web));
    one.start();
    expect((await one.runs('r1')).gateways).toEqual(['192.0.2.253', '192.0.2.254', '2001:db8::fe']);
  });

  it.each([
    ['a word that keepalived does not know', 'global_defs {\n}\nfoo bar\n', 'ConfigRefused', "Unknown keyword 'foo'"],
    ['a brace that is missing', 'vrrp_instance a {\n', 'ConfigInvalid', 'never closed'],
    [
      'an address that is none',
      'vrrp_instance a {\nvirtual_router_id 1\nvirtual_ipaddress {\n192.0.2.300/32\n}\n}\n',
      'ConfigRefused',
      '192.0.2.300',
    ],
    [
      'two instances with one id',
      'vrrp_instance a {\nvirtual_router_id 1\nvirtual_ipaddress {\n192.0.2.9\n}\n}\n'.repeat(2),
      'ConfigRefused',
      'a',
    ],
  ])('keeps what it runs when it is given %s', async (_, text, reason, words) => {
    one.put(group(web));
    one.start();
    await one.masterOf('default/web');
    await one.runs('r1');
    one.putText(text);
    const report = await one.when('refuses', ({ config }) => config.refused?.revision === 'r2');
    expect(report.problems[0]).toMatchObject({ reason, message: expect.stringContaining(words) });
    expect(report).toMatchObject({ config: { revision: 'r1' }, daemon: { running: true, reloads: 0 } });
    expect(instanceIn(report.instances, 'default/web')).toMatchObject({ state: 'MASTER', held: ['192.0.2.100'] });
    const next = one.put(group(web, six));
    expect((await one.runs(next)).problems).toEqual([]);
  });

  it('starts with an empty file when the first one is bad, and goes on when it is corrected', async () => {
    one.putText('foo bar\n');
    one.start();
    await one.when('refuses', ({ config, daemon }) => config.refused?.revision === 'r1' && daemon.running);
    expect(one.get('/readyz')).toContain('ConfigRefused');
    one.put(group(web));
    await one.masterOf('default/web');
    await one.runs('r2');
    expect(one.get('/readyz')).toBe('ok\n');
  });

  it('reloads nothing when its agent is restarted', async () => {
    one.put(group(web));
    one.start();
    await one.masterOf('default/web');
    await one.signalAgent('SIGKILL');
    one.startAgent();
    const report = await one.runs('r1');
    expect(report.daemon.reloads).toBe(0);
    expect(instanceIn(report.instances, 'default/web')?.state).toBe('MASTER');
  });
});
