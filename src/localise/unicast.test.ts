import { describe, expect, it } from 'vitest';
import type { Statement } from '../conf/tree.ts';
import type { Instance } from './instance.ts';
import type { NetworkInterface, NodeFacts } from './node-facts.ts';
import { unicastLines } from './unicast.ts';

type Peers = Record<string, string[]>;
const instance = (family: 'IPv4' | 'IPv6'): Instance => ({
  ...{ name: 'web/a', virtualRouterId: 1, priority: 254, family, version: 3, interval: 0.1, patience: 0.8 },
  ...{ addresses: [], advertised: [] },
});
const on = (name: string, ...addresses: string[]): NetworkInterface => ({
  name,
  addresses: addresses.map((address) => ({ address, prefixLength: address.includes(':') ? 64 : 24 })),
});
/** What a node sends from and to; the reason where it has no lines. */
function of(node: string, peers: Peers, interfaces: readonly NetworkInterface[], family: 'IPv4' | 'IPv6' = 'IPv4') {
  const facts: NodeFacts = { node, pod: 'p', link: 'eth0', password: null, interfaces };
  const lines = unicastLines({ peers }, instance(family), facts);
  if ('reason' in lines) return lines.reason;
  const named = (keyword: string): Statement | undefined => lines.find((line) => line.keyword === keyword);
  return { from: named('unicast_src_ip')?.words[0], to: named('unicast_peer')?.block?.map(({ keyword }) => keyword) };
}

describe('a node with two internal addresses of one family', () => {
  const two: Peers = { n1: ['192.0.2.1', '198.51.100.1'], n2: ['192.0.2.2'] };
  it.each<[string, readonly NetworkInterface[], string]>([
    ['both on the link: the first', [on('eth0', '192.0.2.1', '198.51.100.1')], '192.0.2.1'],
    ['the first on no interface: the second', [on('eth0', '198.51.100.1')], '198.51.100.1'],
    ['the first on another interface: the second', [on('eth1', '192.0.2.1'), on('eth0', '198.51.100.1')], '198.51.100.1'],
    ['both on other interfaces: the first', [on('eth0'), on('eth1', '192.0.2.1', '198.51.100.1')], '192.0.2.1'],
  ])('sends from one that it hears by the link: %s; and its peers know that one', (_, interfaces, source) => {
    expect(of('n1', two, interfaces)).toEqual({ from: source, to: ['192.0.2.2'] });
    const peer = of('n2', two, [on('eth0', '192.0.2.2')]);
    expect(peer).toEqual({ from: '192.0.2.2', to: ['192.0.2.1', '198.51.100.1'] });
  });
  it('has those of the other family to itself', () => {
    const peers: Peers = { n1: ['192.0.2.1', '198.51.100.1', '2001:db8::1', '2001:db8:1::1'], n2: ['192.0.2.2', '2001:db8::2'] };
    const interfaces = [on('eth0', '198.51.100.1', '2001:db8:1::1')];
    expect(of('n1', peers, interfaces)).toEqual({ from: '198.51.100.1', to: ['192.0.2.2'] });
    expect(of('n1', peers, interfaces, 'IPv6')).toEqual({ from: '2001:db8:1::1', to: ['2001:db8::2'] });
    expect(of('n2', peers, [on('eth0', '2001:db8::2')], 'IPv6')).toMatchObject({ to: ['2001:db8::1', '2001:db8:1::1'] });
  });
  it('that has neither of them is left out', () => {
    expect(of('n1', two, [on('eth0', '203.0.113.1')])).toBe('OwnAddressUnknown');
  });
});

describe('an address that several nodes list, as that of a bridge for containers', () => {
  const shared = '172.17.0.1';
  const peers: Peers = { n1: [shared, '192.0.2.1'], n2: [shared, '192.0.2.2'], n3: ['192.0.2.3'] };
  it('is sent to once, and never by a node that lists it itself', () => {
    expect(of('n3', peers, [on('eth0', '192.0.2.3')])).toMatchObject({ to: [shared, '192.0.2.1', '192.0.2.2'] });
    expect(of('n1', peers, [on('eth0', '192.0.2.1'), on('docker0', shared)])).toEqual({
      from: '192.0.2.1',
      to: ['192.0.2.2', '192.0.2.3'],
    });
  });
  it('leaves nobody to send to where there is no other, which is never multicast', () => {
    expect(of('n1', { n1: [shared], n2: [shared] }, [on('eth0', shared)])).toEqual({ from: shared, to: ['127.0.0.1'] });
  });
});
