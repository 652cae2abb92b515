import { describe, expect, it } from 'vitest';
import { parse } from '../../conf/parse.ts';
import { interfacesIn } from '../observation/node-reader.ts';
import { starting } from '../state.ts';
import { macsOf } from './mac.ts';
import { hear } from './members.ts';
import { neighboursIn } from './neighbour.ts';
import { askable } from './place.ts';

describe('link-layer addresses', () => {
  const interfaces = interfacesIn(
    JSON.stringify([
      { ifname: 'lo', address: '00:00:00:00:00:00', addr_info: [] },
      {
        ifname: 'eth0',
        address: '02:00:00:00:00:0A',
        permaddr: '02:00:00:00:00:01',
        master: 'bond0',
        flags: ['SLAVE', 'UP'],
        addr_info: [],
      },
      { ifname: 'bond0', address: '02:00:00:00:00:0a', flags: ['MASTER'], addr_info: [] },
      { ifname: 'bond0.91', link: 'bond0', address: '02:00:00:00:00:0a', addr_info: [] },
      { ifname: 'vrrp.7', link: 'bond0.91', address: '00:00:5e:00:01:07', addr_info: [] },
      { ifname: 'veth1', address: '02:00:00:00:00:77', master: 'br0', addr_info: [] },
      { ifname: 'eth1', address: '02:00:00:00:00:b1', addr_info: [{ local: '192.0.2.9', prefixlen: 24 }] },
      { ifname: 'eth2', address: '02:00:00:00:00:c2', flags: ['UP', 'LOWER_UP'], addr_info: [] },
      { ifname: 'eth3', address: '02:00:00:00:00:c3', flags: [], addr_info: [] },
      { ifname: 'veth2', address: '02:00:00:00:00:78', flags: ['UP', 'LOWER_UP'], link_netnsid: 0, addr_info: [] },
      { ifname: 'veth3', address: '02:00:00:00:00:79', flags: ['UP', 'LOWER_UP'], master: 'br0', addr_info: [] },
      { ifname: 'tun0', address: '10.0.0.1', addr_info: [] },
    ]),
  );
  it.each<[string, string | null, readonly string[]]>([
    [
      'of a VLAN: its own, those of the bond below and its ports, and VRRP on top',
      'bond0.91',
      ['00:00:5e:00:01:07', '02:00:00:00:00:01', '02:00:00:00:00:0a', '02:00:00:00:00:b1', '02:00:00:00:00:c2'],
    ],
    ['of an interface that has none: those of others, with an address or without', 'tun0', ['02:00:00:00:00:b1', '02:00:00:00:00:c2']],
    ['of no interface', null, []],
    ['of loopback: those of others', 'lo', ['02:00:00:00:00:b1', '02:00:00:00:00:c2']],
  ])('%s', (_, link, expected) => expect(macsOf(interfaces ?? [], link)).toEqual(expected));

  it('leave out those of virtual routers first', () => {
    const virtual = Array.from({ length: 40 }, (_, id) => ({
      name: `vrrp.${id}`,
      over: 'eth0',
      addresses: [],
      macs: [`00:00:5e:00:01:${id + 10}`],
    }));
    const others = ['eth0', 'eth1'].map((name, index) => ({ name, isUp: true, addresses: [], macs: [`02:00:00:00:01:${index + 10}`] }));
    const macs = macsOf([...virtual, ...others], 'eth0');
    expect([macs.length, macs.filter((mac) => mac.startsWith('02:'))]).toEqual([16, ['02:00:00:00:01:10', '02:00:00:00:01:11']]);
  });
  it('are sixteen at most, its own among them', () => {
    const many = Array.from({ length: 40 }, (_, index) => ({
      name: `eth${index}`,
      isUp: true,
      addresses: [],
      macs: [`02:00:00:00:01:${index + 10}`],
    }));
    const macs = macsOf(many, 'eth39');
    expect([macs.length, macs.includes('02:00:00:00:01:49')]).toEqual([16, true]);
  });
});

it('reads the table of neighbours', () => {
  const table = [
    { dst: '192.0.2.1', lladdr: '02:00:00:00:00:0A', state: ['REACHABLE'] },
    { dst: '192.0.2.2', lladdr: '02:00:00:00:00:02', state: ['DELAY'] },
    { dst: '2001:db8::1', state: ['FAILED'] },
    { dst: '192.0.2.3', state: ['INCOMPLETE'] },
    { dst: '192.0.2.4', state: ['NOARP'] },
    {},
    null,
  ];
  expect(neighboursIn(JSON.stringify(table))).toEqual([
    { address: '192.0.2.1', mac: '02:00:00:00:00:0a', state: 'confirmed' },
    { address: '192.0.2.2', mac: '02:00:00:00:00:02', state: 'known' },
    { address: '2001:db8::1', mac: null, state: 'failed' },
    { address: '192.0.2.3', mac: null, state: 'asked' },
  ]);
  expect(neighboursIn('Cannot find device')).toBeNull();
});

it('asks only for what is in the subnets of the interface', () => {
  const interfaces = [
    {
      name: 'eth0',
      addresses: [
        { address: '192.0.2.2', prefixLength: 24 },
        { address: '2001:db8::2', prefixLength: 64 },
        { address: 'fe80::1', prefixLength: 64 },
        { address: '198.51.100.9', prefixLength: 32 },
      ],
    },
  ];
  const all = ['192.0.2.100', '198.51.100.9', '198.51.100.10', '2001:db8::100', '2001:db8:1::100', 'fe80::100', 'x'];
  expect(askable(all, interfaces, 'eth0')).toEqual(['192.0.2.100', '2001:db8::100']);
  expect(askable(all, interfaces, 'eth1')).toEqual([]);
});

describe('the nodes of an instance', () => {
  const membersOf = (text: string) => {
    const settings = { version: 1, revision: 'r', group: 'g', link: { kind: 'name', name: 'eth0' }, password: false, checks: [] } as const;
    const look = {
      node: null,
      file: null,
      healthy: new Set<string>(),
      interfaces: [],
      podAddresses: [],
      paths: { notifyFifo: '', trackDir: '' },
    };
    const { state } = hear(starting(null), { kind: 'looked', bundle: { kind: 'bundle', settings, conf: parse(text) }, ...look });
    return Object.fromEntries(state.members?.byInstance ?? []);
  };
  it('are those with a priority of their own', () =>
    expect(membersOf('vrrp_instance a {\n priority 100\n @n1 priority 254\n @n2 priority 253\n @^n3 priority 1\n}\n')).toEqual({
      a: ['n1', 'n2'],
    }));
  it('are all that are named anywhere, where it names none', () =>
    expect(membersOf('vrrp_instance a {\n priority 7\n}\nvrrp_instance b {\n @n1 priority 254\n}\n')).toEqual({ a: ['n1'], b: ['n1'] }));
});
