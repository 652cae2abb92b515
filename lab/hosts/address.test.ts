import { describe, expect, it } from 'vitest';
import { addressesOf, CLIENT, CONTROL, FIRST_VIP, MOST_NODES, nodeNames, podSubnets } from './address.ts';

const lastOctet = (address: string): number => Number(address.split('.').at(-1));

describe('the address plan', () => {
  it('gives every host addresses and a MAC address of its own', () => {
    const all = [CONTROL, CLIENT, ...nodeNames(MOST_NODES)].map(addressesOf);
    for (const family of ['v4', 'v6', 'mac'] as const) expect(new Set(all.map((host) => host[family])).size).toBe(MOST_NODES + 2);
  });

  it('keeps the nodes below the VIPs', () => {
    const highest = Math.max(...nodeNames(MOST_NODES).map((node) => lastOctet(addressesOf(node).v4)));
    expect(highest).toBeLessThan(lastOctet(FIRST_VIP));
  });

  it.each([
    [CONTROL, '192.0.2.2', '2001:db8::2', '02:00:c0:00:02:02'],
    ['node1', '192.0.2.11', '2001:db8::11', '02:00:c0:00:02:0b'],
    ['node150', '192.0.2.160', '2001:db8::160', '02:00:c0:00:02:a0'],
  ])('says where %s is', (host, v4, v6, mac) => {
    expect(addressesOf(host)).toEqual({ v4, v6, mac });
  });

  it('gives the pods of every node subnets of their own', () => {
    expect(podSubnets('node7')).toEqual({ v4: '198.18.7.0/24', v6: '2001:db8:1:7::/64' });
  });

  it.each(['node0', 'node151', 'node', 'switch', 'nodes1', ''])('refuses "%s", which is no host on the switch', (name) => {
    expect(() => addressesOf(name)).toThrow('is no host of a lab: control, client, node1 ... node150');
  });
});
