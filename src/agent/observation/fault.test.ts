import { describe, expect, it } from 'vitest';
import { anInstance } from '../../../test/builders/instance.ts';
import { block, line } from '../../conf/tree.ts';
import { type Suspects, whyFault } from './fault.ts';

const v4 = { address: '192.0.2.1', prefixLength: 24 };
const vip = { address: '192.0.2.107', prefixLength: 32 };
const v6 = { address: '2001:db8::1', prefixLength: 64 };
const web = anInstance('ns/web', 7);
const tracking = (keyword: string, ...names: string[]) => ({
  ...web,
  block: [
    ...(web.block ?? []),
    block(
      keyword,
      [],
      names.map((name) => line(name)),
    ),
  ],
});
const suspects = (more: Partial<Suspects> = {}): Suspects => ({
  name: 'ns/web',
  link: 'eth0',
  conf: [web],
  interfaces: [{ name: 'eth0', isUp: true, addresses: [v4] }],
  withoutEndpoints: new Set(),
  ...more,
});

describe('an instance is in FAULT because', () => {
  it.each<[string, Partial<Suspects>]>([
    ['there is no interface eth0', { interfaces: [] }],
    ['interface eth0 is down or has no carrier', { interfaces: [{ name: 'eth0', isUp: false, addresses: [v4] }] }],
    ['interface eth0 has no IPv4 address of its own', { interfaces: [{ name: 'eth0', isUp: true, addresses: [v6, vip] }] }],
    [
      "interface eth0 is a port of br0 and has no IPv4 address of its own; name br0 in the group's spec.interface",
      { interfaces: [{ name: 'eth0', isUp: true, master: 'br0', addresses: [] }] },
    ],
    [
      'interface eth0 is down or has no carrier',
      {
        link: 'vrrp.7',
        interfaces: [
          { name: 'vrrp.7', over: 'eth0', macs: ['00:00:5e:00:01:07'], isUp: false, addresses: [] },
          { name: 'eth0', isUp: false, addresses: [v4] },
        ],
      },
    ],
    ['interface eth0 has no IPv6 address of its own', { conf: [anInstance('ns/web', 7, '2001:db8::107')] }],
    ['something that it tracks has failed (check_web)', { conf: [tracking('track_script', 'check_web')] }],
    ['something that it tracks has failed (eth1)', { conf: [tracking('track_interface', 'eth1')] }],
    ['see the log of the container keepalived', {}],
  ])('%s', (why, more) => {
    expect(whyFault(suspects(more))).toBe(why);
  });

  it('nothing that is wrong, when its Service has no endpoints on the node', () => {
    const conf = [tracking('track_file', 'ns/web', 'keepalived-operator-drain')];
    expect(whyFault(suspects({ conf, withoutEndpoints: new Set(['ns/web']) }))).toBeNull();
  });
});
