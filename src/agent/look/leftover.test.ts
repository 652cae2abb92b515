import { describe, expect, it } from 'vitest';
import type { AgentSettings } from '../../api/node/config.ts';
import { block, line } from '../../conf/tree.ts';
import type { InterfaceAddress, NetworkInterface, NodeFacts } from '../../localise/node-facts.ts';
import { leftoverAddresses, leftoverInterfaces } from './leftover.ts';

const conf = [
  block(
    'vrrp_instance',
    ['a'],
    [block('virtual_ipaddress', [], [line('192.0.2.100/32')]), block('virtual_ipaddress_excluded', [], [line('2001:DB8::100')])],
  ),
];
const settings: AgentSettings = {
  version: 1,
  revision: 'r1',
  group: 'web/vips',
  link: { kind: 'name', name: 'eth0' },
  password: false,
  checks: [],
  released: ['192.0.2.101'],
  unicast: { peers: { n1: ['192.0.2.1'], n2: ['192.0.2.100'] } },
};
const facts = (address: InterfaceAddress, name = 'eth0'): NodeFacts => ({
  node: 'n1',
  pod: 'p',
  link: 'eth0',
  password: null,
  interfaces: [{ name, addresses: [address] }],
});
const removed = (address: string, prefixLength: number, more: Partial<AgentSettings> = {}, name?: string): string[] =>
  leftoverAddresses(conf, { ...settings, unicast: { peers: {} }, ...more }, facts({ address, prefixLength }, name));

describe('of the addresses on the link a new pod removes', () => {
  it.each([
    ['one that the group carries', '192.0.2.100', 32],
    ['one of IPv6, however it is written', '2001:db8::100', 128],
    ['one that the group gave up', '192.0.2.101', 32],
  ])('%s', (_, address, prefix) => {
    expect(removed(address, prefix)).toEqual([`${address}/${prefix}`]);
  });
  it.each<[string, string, number, Partial<AgentSettings>, string?]>([
    ['not one that nobody told of', '192.0.2.50', 32, {}],
    ["not one with the network's prefix, which is a node's own", '192.0.2.100', 24, {}],
    ['not one that a node of the group is known by', '192.0.2.100', 32, { unicast: { peers: { n2: ['192.0.2.100'] } } }],
    ['not one of another interface', '192.0.2.100', 32, {}, 'eth1'],
  ])('%s', (_, address, prefix, more, name) => {
    expect(removed(address, prefix, more, name)).toEqual([]);
  });
});

describe('of the interfaces on the link a new pod removes', () => {
  const vrrp = (address: string, more: Partial<NetworkInterface> = {}): NodeFacts => ({
    ...facts({ address: '192.0.2.1', prefixLength: 24 }),
    interfaces: [{ name: 'vrrp.7', over: 'eth0', macs: ['00:00:5e:00:01:07'], addresses: [{ address, prefixLength: 32 }], ...more }],
  });
  it.each<[string, NodeFacts, readonly string[]]>([
    ['one for a virtual MAC address that the group carries', vrrp('192.0.2.100'), ['vrrp.7']],
    ['one for a virtual MAC address that the group gave up', vrrp('192.0.2.101'), ['vrrp.7']],
    ['not one of another group', vrrp('192.0.2.50'), []],
    ['not one that has no address, which keepalived takes as its own', vrrp('192.0.2.100', { addresses: [] }), []],
    ['not one of another link', vrrp('192.0.2.100', { over: 'eth1' }), []],
    ['not one with another MAC address', vrrp('192.0.2.100', { macs: ['02:00:00:00:00:01'] }), []],
  ])('%s', (_, about, expected) => {
    expect(leftoverInterfaces(conf, { ...settings, unicast: { peers: {} } }, about)).toEqual(expected);
  });
});
