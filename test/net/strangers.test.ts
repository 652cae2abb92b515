/**
 * Whether VRRP adverts of a stranger's keepalived are told, with who sends them, and those of the group's own nodes never, whatever happens to them.
 * A manager asks all the time; every figure is printed.
 */
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { block, type Conf, line, type Statement } from '../../src/conf/tree.ts';
import { routerIDsUnique } from '../../src/observe/wire/foreign-words.ts';
import { wireInWords } from '../../src/observe/wire/words.ts';
import { Bridge, ip } from './bridge.ts';
import { group, instance } from './build.ts';
import { type Settings, TestNode } from './node.ts';
import { Rogue } from './rogue.ts';
import { throughout, until } from './until.ts';
import { Watcher } from './watcher.ts';

const [NAME, NAME6] = ['default/web', 'default/web/ipv6'];
const [VIP, VIP6] = ['192.0.2.100', '2001:db8::100'];
const ORDER = ['n1', 'n2', 'n3'];
const STRANGER = '192.0.2.66';
/** Seconds. */
const AIM = 10;
const routers = [
  { name: NAME, addresses: [VIP], ranks: ORDER, id: 7 },
  { name: NAME6, addresses: [VIP6], ranks: ORDER, id: 7 },
];
const figures: string[] = [];

let bridge: Bridge;
let nodes: readonly TestNode[];
let manager: Watcher;
let rogue: Rogue;
/** Everything that was told of strangers. */
const told = new Set<string>();
/** What the agents reported, whoever sent it. */
const reported = new Set<string>();

beforeEach(() => {
  bridge = new Bridge('strangers');
  nodes = ORDER.map((name, index) => new TestNode(name, bridge.host(name, [`192.0.2.${index + 1}/24`, `2001:db8::${index + 1}/64`])));
  rogue = new Rogue(bridge.host('rogue', [`${STRANGER}/24`, '2001:db8::66/64']));
  manager = new Watcher(nodes, { nodes: ORDER, routers });
  told.clear();
  reported.clear();
});
afterEach(async () => {
  await rogue.stop();
  rogue[Symbol.dispose]();
  await Promise.all(nodes.map((one) => one[Symbol.asyncDispose]()));
  bridge[Symbol.dispose]();
});
afterAll(() =>
  console.log(['', "From a stranger's first advert, or the end of its keepalived, to the word of it:", ...figures, ''].join('\n')),
);

interface Planned {
  readonly order?: readonly string[];
  readonly addresses?: readonly string[];
  readonly addresses6?: readonly string[];
}
const conf = ({ order = ORDER, addresses = [VIP], addresses6 = [VIP6] }: Planned = {}): Conf =>
  group(instance(NAME, { id: 7, addresses, order }), instance(NAME6, { id: 7, addresses: addresses6, order }));

async function serving(planned: Conf = conf(), settings: Settings = {}): Promise<void> {
  for (const node of nodes) {
    if (settings.password) node.setPassword('adverts1');
    node.put(planned, settings);
    node.start();
    node.startAsker();
  }
  await nodes[0]?.masterOf(NAME);
  await nodes[0]?.masterOf(NAME6);
  await until('all nodes listen', condition, (seen) => seen?.status === 'True', 20);
}

function look() {
  const { wire, words } = manager.look();
  for (const { report } of words) for (const { source, differs } of report.wire?.adverts ?? []) reported.add(`${source} ${differs}`);
  const seen = routerIDsUnique(wire.foreign);
  const verdicts = [VIP, VIP6].map((address) => [address, wire.judged.get(address)?.shown] as const);
  const advertised = verdicts.flatMap(([address, shown]) => (shown?.kind === 'Advertised' ? wireInWords(address, shown) : []));
  if (seen?.status === 'False') told.add(seen.message);
  for (const sentence of advertised) told.add(sentence);
  return { seen, advertised };
}
const condition = () => look().seen;
const sentences = (): string => {
  const { seen, advertised } = look();
  return [...(seen?.status === 'False' ? [seen.message] : []), ...advertised].join('\n');
};

/** What a stranger's keepalived is told to claim. */
const claim = (id: number, priority: number, address: string, ...more: readonly Statement[]): Statement[] => [
  line('state', 'MASTER'),
  line('interface', 'eth0'),
  line('virtual_router_id', id),
  line('priority', priority),
  line('advert_int', 1),
  ...more,
  block('virtual_ipaddress', [], [line(`${address}/${address.includes(':') ? 128 : 32}`)]),
];

const linkOf = (name: string) => JSON.parse(ip('-n', bridge.namespaceOf(name), '-json', 'address', 'show', 'dev', 'eth0'))[0];

/** The time from the moment that the stranger is master, when it begins to send. */
async function tellsOf(what: string, wished: readonly string[], address: string): Promise<string> {
  await until('the stranger is master', () => rogue.holds(address), Boolean, 15);
  return timed(what, (text) => wished.every((words) => text.includes(words)), AIM + 5);
}
async function timed(what: string, wished: (text: string) => boolean, seconds: number): Promise<string> {
  const began = performance.now();
  const text = await until(what, sentences, wished, seconds);
  figures.push(`  ${what}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  return text;
}

describe("a stranger's keepalived", () => {
  it.each<[string, Statement[], string, string, readonly string[]]>([
    [
      'with the same id, other addresses and a lower priority',
      claim(7, 50, '192.0.2.201'),
      '192.0.2.201',
      STRANGER,
      [
        'virtual router id 7 (VRRP version 2, priority 50, 192.0.2.201)',
        NAME,
        'with the highest priority that host takes the id',
        'blacklistRouterIDs',
      ],
    ],
    [
      'with the same id and address and a higher priority, which takes both',
      claim(7, 255, VIP),
      VIP,
      STRANGER,
      [
        'virtual router id 7 (VRRP version 2, priority 255',
        'no node has its addresses while these adverts come',
        `another host announces ${VIP}`,
      ],
    ],
    [
      'with the same address under another id',
      claim(99, 100, VIP),
      VIP,
      STRANGER,
      [`another host announces ${VIP} by VRRP`, 'virtual router id 99', 'out of its VRRP configuration'],
    ],
    [
      'of another version with the same id',
      claim(7, 100, '192.0.2.201', line('version', 3)),
      '192.0.2.201',
      STRANGER,
      ['virtual router id 7 (VRRP version 3', 'because they have another version'],
    ],
    [
      'of another version with the same id, more often than the group',
      claim(7, 100, '192.0.2.201', line('version', 3), line('advert_int', 0.2)),
      '192.0.2.201',
      STRANGER,
      ['virtual router id 7 (VRRP version 3', 'another node takes over for a moment, again and again'],
    ],
    [
      'of IPv6 with the same id',
      claim(7, 50, '2001:db8::201'),
      '2001:db8::201',
      'fe80:',
      ['virtual router id 7 (VRRP version 3, priority 50, 2001:db8::201)', NAME6, 'with the highest priority that host takes the id'],
    ],
  ])(
    '%s is reported with its address and MAC address',
    async (what, lines, address, source, wished) => {
      await serving();
      rogue.claim(lines);
      const text = await tellsOf(what, [...wished, source, linkOf('rogue').address, 'since 20'], address);
      expect(text).toContain('hear');
      console.log(text);
      await rogue.stop();
      await timed('  and is gone', (seen) => seen === '', 40);
    },
    120_000,
  );
});

describe("the group's own nodes are never reported as strangers", () => {
  const passing = (seconds: number): Promise<void> => throughout(seconds, () => void look());

  it('in a failover, and as the lost node returns', async () => {
    await serving();
    bridge.connect('n1', false);
    manager.silent.add('n1');
    await passing(12);
    bridge.connect('n1', true);
    manager.silent.delete('n1');
    await passing(12);
    expect([...told]).toEqual([]);
  }, 90_000);

  it('while their file changes at different moments, so that they refuse the order or the list of addresses of each other', async () => {
    await serving();
    for (const node of nodes) node.put(conf({ order: ['n2', 'n1', 'n3'] }));
    await passing(8);
    for (const node of nodes) {
      node.put(conf({ order: ['n2', 'n1', 'n3'], addresses: [VIP, '192.0.2.101'], addresses6: [VIP6, '2001:db8::101'] }));
      await passing(8);
    }
    expect([...told]).toEqual([]);
    // The nodes themselves have heard what they would not send.
    expect([...reported].join()).toContain('addresses');
  }, 120_000);

  it('in a round of passwords, and where they have different ones', async () => {
    await serving(conf(), { password: true });
    for (const node of nodes) node.setPassword('adverts2');
    for (const [index, node] of nodes.entries()) {
      node.put(conf({ order: ['n2', 'n1', 'n3'] }), { password: true, passwordRound: 1 });
      await passing(index === 0 ? 10 : 4);
    }
    expect([...told]).toEqual([]);
  }, 120_000);

  it('over a restart of each process', async () => {
    await serving();
    for (const node of nodes) {
      await node.signalAgent('SIGKILL');
      node.startAgent();
      await passing(4);
      await node.stopAsker();
      node.startAsker();
      await passing(4);
      await node.signalKeepalived('SIGTERM');
      node.setup();
      node.startKeepalived();
      await passing(6);
    }
    expect([...told]).toEqual([]);
    await until('all nodes listen again', condition, (seen) => seen?.status === 'True', 20);
    rogue.claim(claim(7, 50, '192.0.2.201'));
    await tellsOf('with the same id, after all that', [STRANGER], '192.0.2.201');
  }, 180_000);
});
