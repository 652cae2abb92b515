/**
 * Addresses with the MAC address of their virtual router, by keepalived as it runs in its container: two capabilities, and settings of the kernel
 * that can only be read. Every figure is printed.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { line, type Statement } from '../../src/conf/tree.ts';
import { Bridge, ip } from './bridge.ts';
import { group, instance } from './build.ts';
import { instanceIn, type Settings, TestNode } from './node.ts';
import { GapProbe, Probe } from './probe.ts';
import { until } from './until.ts';

const [NAME, NAME6] = ['default/web', 'default/web/ipv6'];
const [VIP, VIP6] = ['192.0.2.100', '2001:db8::100'];
const [MAC, MAC6] = ['00:00:5e:00:01:07', '00:00:5e:00:02:07'];
const QUICK: readonly Statement[] = [line('version', 3), line('advert_int', 0.1), line('down_timer_adverts', 8)];
const ORDER = ['n1', 'n2'];
const four = instance(NAME, { id: 7, addresses: [VIP], order: ORDER, lines: QUICK });
const six = instance(NAME6, { id: 7, addresses: [VIP6], order: ORDER, lines: QUICK.slice(1) });
const conf = group(four, six);
const UNICAST = { peers: { n1: ['192.0.2.1', '2001:db8::1'], n2: ['192.0.2.2', '2001:db8::2'] } };
/** That of `default` is for keepalived 2.2.7, which leaves an IPv6 instance's interface to answer ARP. */
const FIT = ['eth0.arp_ignore=1', 'eth0.arp_filter=1', 'eth0.arp_announce=2', 'default.arp_ignore=1'];
const figures: string[] = [];

let bridge: Bridge;
let one: TestNode;
let two: TestNode;
let client: string;

beforeEach(() => {
  bridge = new Bridge('vmac');
  const node = (name: string, id: number): TestNode => new TestNode(name, bridge.host(name, [`192.0.2.${id}/24`, `2001:db8::${id}/64`]));
  one = node('n1', 1);
  two = node('n2', 2);
  client = bridge.host('client', ['192.0.2.3/24', '2001:db8::3/64']);
});
afterEach(async () => {
  await Promise.all([one, two].map((each) => each[Symbol.asyncDispose]()));
  bridge[Symbol.dispose]();
});
afterAll(() => console.log(['', 'Virtual MAC addresses:', ...figures, ''].join('\n')));

const inside = (namespace: string, ...command: readonly string[]): string =>
  execFileSync('ip', ['netns', 'exec', namespace, ...command], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

/** What an administrator sets on a node. */
const set = ({ namespace }: TestNode, ...settings: readonly string[]): string =>
  inside(namespace, 'sysctl', '-qw', ...settings.map((setting) => `net.ipv4.conf.${setting}`));

function start(settings: Settings, nodes: readonly TestNode[] = [one, two]): void {
  for (const node of nodes) {
    node.put(conf, settings);
    node.setup();
    node.startKeepalived('confined');
    node.startAgent();
  }
}

/** The first node is the master of both, and the other one knows it. */
async function settled(): Promise<void> {
  for (const name of [NAME, NAME6]) {
    await one.masterOf(name);
    await two.when(`is backup of ${name}`, ({ instances }) => instanceIn(instances, name)?.state === 'BACKUP');
  }
}

/** The MAC addresses that answer when all hosts are asked. */
function answering(address: string): string[] {
  const command = address.includes(':')
    ? ['ndisc6', '-m', '-n', '-r', '1', '-w', '500', address, 'eth0']
    : ['arping', '-c', '2', '-w', '2', '-I', 'eth0', address];
  const { stdout } = spawnSync('ip', ['netns', 'exec', client, ...command], { encoding: 'utf8' });
  return [...new Set([...stdout.matchAll(/([0-9a-f]{2}:){5}[0-9a-f]{2}/gi)].map(([mac]) => mac.toLowerCase()))].sort();
}

/** The client asks once, and then believes what it heard, as a router does that ignores what nobody asked for. */
function believeForEver(...addresses: readonly string[]): void {
  for (const address of addresses) {
    inside(client, 'ping', '-n', '-c', '1', '-W', '2', address);
    const [entry] = JSON.parse(ip('-n', client, '-json', 'neigh', 'show', 'to', address, 'dev', 'eth0'));
    ip('-n', client, 'neigh', 'replace', address, 'lladdr', entry.lladdr, 'dev', 'eth0', 'nud', 'permanent');
  }
}

const answers = (address: string): boolean =>
  spawnSync('ip', ['netns', 'exec', client, 'ping', '-n', '-c', '1', '-W', '1', address]).status === 0;

/** What keepalived could change on the link or beside it. */
const traces = ({ namespace }: TestNode): readonly string[] => [
  inside(namespace, 'sh', '-c', 'cd /proc/sys/net/ipv4/conf && grep -r . all default eth0 lo | sort'),
  inside(namespace, 'sh', '-c', 'cd /proc/sys/net/ipv6/conf && grep -r . all default eth0 lo | grep -v stable_secret | sort'),
  ip('-n', namespace, '-brief', 'link').replace(/@if\d+/g, ''),
  inside(namespace, 'nft', 'list', 'tables'),
];

describe.each([
  ['multicast', {}],
  ['unicast', { unicast: UNICAST }],
])('by %s', (kind, more) => {
  it('an owner that is cut off is missed by a client that ignores gratuitous ARP for as long as VRRP takes', async () => {
    for (const node of [one, two]) set(node, ...FIT);
    start({ virtualMac: true, ...more });
    await settled();
    expect([answering(VIP), answering(VIP6)]).toEqual([[MAC], [MAC6]]);
    believeForEver(VIP, VIP6);
    const probes = [VIP, VIP6].map((address) => new GapProbe(client, address));
    await until('answers', () => answers(VIP) && answers(VIP6), Boolean);
    bridge.connect('n1', false);
    await two.masterOf(NAME);
    await two.masterOf(NAME6);
    await until('answers again', () => answers(VIP) && answers(VIP6), Boolean);
    const gaps = await Promise.all(probes.map((probe) => probe.stop()));
    expect([answering(VIP), answering(VIP6)]).toEqual([[MAC], [MAC6]]);
    figures.push(
      `${kind}: owner cut off, client ignores announcements: ${gaps.join(' ms (IPv4), ')} ms (IPv6) without an answer; ${MAC}, ${MAC6} before and after`,
    );
    for (const gap of gaps) expect(gap).toBeLessThan(2000);
  });
});

it("without the field the same client has the dead node's MAC address, and waits until somebody removes it", async () => {
  start({});
  await settled();
  const before = answering(VIP);
  believeForEver(VIP);
  bridge.connect('n1', false);
  await two.masterOf(NAME);
  const from = Date.now();
  const end = from + 10_000;
  while (Date.now() < end) expect(answers(VIP)).toBe(false);
  const after = answering(VIP);
  figures.push(
    `without the field: no answer for ${Math.round((Date.now() - from) / 1000)} s, then ended; ${before.join()} before, ${after.join()} after`,
  );
  expect(after).not.toEqual(before);
  ip('-n', client, 'neigh', 'del', VIP, 'dev', 'eth0');
  await until('answers', () => answers(VIP), Boolean);
});

it('a node never names the address with its own MAC address, not when it asks for the client either', async () => {
  for (const node of [one, two]) set(node, ...FIT);
  start({ virtualMac: true });
  await settled();
  for (let turn = 0; turn < 3; turn++) {
    ip('-n', one.namespace, 'neigh', 'flush', 'all');
    expect(answers(VIP)).toBe(true);
    const [entry] = JSON.parse(ip('-n', client, '-json', 'neigh', 'show', 'to', VIP, 'dev', 'eth0'));
    expect(entry.lladdr).toBe(MAC);
  }
});

it('a node whose kernel settings do not allow it uses no virtual MAC address, reports that, and uses it once they do', async () => {
  set(two, ...FIT);
  start({ virtualMac: true });
  await settled();
  expect(answering(VIP)).not.toContain(MAC);
  expect(answering(VIP6)).toEqual([MAC6]);
  const [hint] = one.state().hints ?? [];
  expect(hint).toMatchObject({
    reason: 'VirtualMacUnfit',
    message: expect.stringContaining('net.ipv4.conf.eth0.arp_ignore is 0, expected 1'),
  });
  expect(two.state().hints).toBeUndefined();
  const probe = new Probe(client, VIP);
  set(one, ...FIT);
  await until(
    'the virtual MAC address answers',
    () => answering(VIP),
    (macs) => macs.join() === MAC,
    30,
  );
  await one.when('has no hint', ({ hints }) => hints === undefined);
  const on = await probe.stop();
  const other = new Probe(client, VIP);
  set(one, 'eth0.arp_announce=0');
  await until(
    'the virtual MAC address is gone',
    () => answering(VIP),
    (macs) => macs.length > 0 && !macs.includes(MAC),
    30,
  );
  const off = await other.stop();
  figures.push(`taken up by a running owner: ${on.lost} of ${on.sent} lost, one each 10 ms; given up: ${off.lost} of ${off.sent}`);
});

it('the addresses of a running group are unreachable for a moment when it is turned on or off', async () => {
  for (const node of [one, two]) set(node, ...FIT);
  start({});
  await settled();
  for (const virtualMac of [true, false] as const) {
    const probes = [VIP, VIP6].map((address) => new GapProbe(client, address));
    await until('answers', () => answers(VIP) && answers(VIP6), Boolean);
    const nodes = [one, two].map((node) => ({ node, revision: node.put(conf, virtualMac ? { virtualMac } : {}) }));
    for (const { node, revision } of nodes) await node.runs(revision);
    await settled();
    await until('answers again', () => answers(VIP) && answers(VIP6), Boolean);
    const gaps = await Promise.all(probes.map((probe) => probe.stop()));
    figures.push(`turned ${virtualMac ? 'on' : 'off'} for a group that runs: ${gaps.join(' ms (IPv4), ')} ms (IPv6) without an answer`);
    expect(answering(VIP).map((mac) => mac === MAC)).toEqual([virtualMac]);
    for (const gap of gaps) expect(gap).toBeLessThan(1000);
  }
});

it('nothing is left on the node when keepalived ends', async () => {
  for (const node of [one, two]) set(node, ...FIT);
  const before = traces(one);
  start({ virtualMac: true });
  await settled();
  expect(ip('-n', one.namespace, '-brief', 'link')).toContain('vrrp.7@eth0');
  await one.signalKeepalived('SIGTERM');
  expect(traces(one)).toEqual(before);
});

it('after keepalived was killed, a new pod removes the interface with the address', async () => {
  for (const node of [one, two]) set(node, ...FIT);
  start({ virtualMac: true });
  await settled();
  await one.signalAgent('SIGTERM');
  one.signalProcesses('SIGKILL');
  await two.masterOf(NAME);
  expect(ip('-n', one.namespace, '-brief', 'address')).toContain(VIP);
  one.put(conf, { virtualMac: true });
  one.setup();
  expect(ip('-n', one.namespace, '-brief', 'link')).not.toContain('vrrp');
  one.startKeepalived('confined');
  one.startAgent();
  await settled();
  expect(answering(VIP)).toEqual([MAC]);
});
