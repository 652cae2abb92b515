/** What a keepalived of a stranger on the same switch comes to; docs/security.md says what to do about it. All ways to forge are in forged.test.ts. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { block, line, type Statement } from '../../src/conf/tree.ts';
import { Bridge } from './bridge.ts';
import { group, instance } from './build.ts';
import { type Settings, TestNode } from './node.ts';
import { Rogue } from './rogue.ts';
import { throughout, until } from './until.ts';

const VIP = '192.0.2.100';
const PASSWORD = 'adverts1';
const UNICAST: Settings = { unicast: { peers: { n1: ['192.0.2.1'], n2: ['192.0.2.2'] } } };

let bridge: Bridge;
let nodes: [TestNode, TestNode];
let rogue: Rogue;

beforeEach(() => {
  bridge = new Bridge('rogue');
  const node = (number: number) => new TestNode(`n${number}`, bridge.host(`n${number}`, [`192.0.2.${number}/24`]));
  nodes = [node(1), node(2)];
  rogue = new Rogue(bridge.host('rogue', ['192.0.2.66/24']));
});
afterEach(async () => {
  await rogue.stop();
  rogue[Symbol.dispose]();
  await Promise.all(nodes.map((one) => one[Symbol.asyncDispose]()));
  bridge[Symbol.dispose]();
});

/** Both nodes serve; the first is master. */
async function serving(settings: Settings = {}, lines: readonly Statement[] = []): Promise<void> {
  const conf = group(instance('web/web', { id: 7, addresses: [VIP], order: ['n1', 'n2'], lines }));
  for (const node of nodes) {
    if (settings.password) node.setPassword(PASSWORD);
    node.put(conf, settings);
    node.start();
  }
  await nodes[0].masterOf('web/web');
  await until('the VIP is on n1 alone', holders, (seen) => seen.join() === 'n1');
}

const holders = (): string[] => [
  ...nodes.flatMap((node) => (node.addresses().includes(VIP) ? [node.name] : [])),
  ...(rogue.holds(VIP) ? ['rogue'] : []),
];

/** The rogue's own instance with the same id and a higher priority. */
const forged = (...more: readonly Statement[]): Statement[] => [
  line('state', 'MASTER'),
  line('interface', 'eth0'),
  line('virtual_router_id', 7),
  line('priority', 255),
  line('advert_int', 1),
  ...more,
  block('virtual_ipaddress', [], [line(`${VIP}/32`)]),
];
const AUTHENTICATION = block('authentication', [], [line('auth_type', 'PASS'), line('auth_pass', PASSWORD)]);
const TO_NODES = [line('unicast_src_ip', '192.0.2.66'), block('unicast_peer', [], [line('192.0.2.1'), line('192.0.2.2')])];
const ONLY_PEERS = [line('check_unicast_src')];

const taken = (): Promise<string[]> => until('the VIP is on the rogue alone', holders, (seen) => seen.join() === 'rogue', 15);
/** The rogue has it too, and the group doesn't give it up: both answer, as with any address that two hosts have. */
const doubled = async (): Promise<void> => {
  await until('the rogue has the VIP too', holders, (seen) => seen.includes('rogue'), 15);
  // Longer than three adverts, after which a master that heard a better one is none any more.
  await throughout(4, () => expect(holders()).toContain('n1'));
};

describe('a forged advert of higher priority', () => {
  it.each<[string, Settings, readonly Statement[], readonly Statement[], () => Promise<unknown>]>([
    ['takes the VIP from a group without password', {}, [], forged(), taken],
    ['takes nothing from a group with password, which goes on beside the rogue', { password: true }, [], forged(), doubled],
    ['takes the VIP from a group whose password was overheard', { password: true }, [], forged(AUTHENTICATION), taken],
    ['takes nothing from a unicast group by multicast, which goes on beside the rogue', UNICAST, [], forged(), doubled],
    ['takes the VIP from a unicast group when it is sent to the nodes', UNICAST, [], forged(...TO_NODES), taken],
    ['takes nothing from a unicast group that checks the sender (check_unicast_src)', UNICAST, ONLY_PEERS, forged(...TO_NODES), doubled],
  ])('%s', async (_, settings, lines, attack, outcome) => {
    await serving(settings, lines);
    rogue.claim(attack);
    await outcome();
  });
});
