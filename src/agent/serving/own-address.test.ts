import { describe, expect, it } from 'vitest';
import { type Addresses, addressesToServe } from './own-address.ts';

const on = (...cidrs: readonly string[]): Addresses['interfaces'] => [
  {
    name: 'eth0',
    addresses: cidrs.map((cidr) => ({ address: cidr.split('/')[0] ?? '', prefixLength: Number(cidr.split('/')[1]) })),
  },
];
const LOOPBACK = ['127.0.0.1', '::1'];

describe('an agent answers', () => {
  it.each<[string, Addresses, string[]]>([
    ['at loopback before anything is known', { interfaces: [], podAddresses: [], carried: [] }, []],
    [
      "at the node's addresses of both families",
      { interfaces: on('192.0.2.1/24', '2001:DB8::1/64', 'fe80::1/64', '127.0.0.1/8', '::1/128'), podAddresses: [], carried: [] },
      ['192.0.2.1', '2001:db8::1'],
    ],
    [
      'at none of its virtual addresses, nor at those of another group',
      {
        interfaces: on('192.0.2.1/24', '192.0.2.100/32', '192.0.2.101/32', '2001:db8::100/128'),
        podAddresses: [],
        carried: ['192.0.2.100'],
      },
      ['192.0.2.1'],
    ],
    [
      'at none of its virtual addresses that a custom template gives a network',
      { interfaces: on('192.0.2.1/24', '192.0.2.100/24'), podAddresses: [], carried: ['192.0.2.100'] },
      ['192.0.2.1'],
    ],
    [
      'at the address by which the cluster knows the node, though it comes without a network',
      { interfaces: on('198.51.100.7/32', '192.0.2.1/24'), podAddresses: ['198.51.100.7'], carried: [] },
      ['198.51.100.7', '192.0.2.1'],
    ],
    [
      'at no address that the node has no more',
      { interfaces: on('192.0.2.1/24'), podAddresses: ['192.0.2.9'], carried: [] },
      ['192.0.2.1'],
    ],
  ])('%s', (_, addresses, expected) => {
    expect(addressesToServe(addresses)).toEqual([...LOOPBACK, ...expected]);
  });

  it('at a bounded number of addresses', () => {
    const many = Array.from({ length: 300 }, (_, index) => `10.${index >> 8}.${index & 255}.1/24`);
    expect(addressesToServe({ interfaces: on(...many), podAddresses: ['10.0.200.1'], carried: [] }).slice(0, 3)).toEqual([
      ...LOOPBACK,
      '10.0.200.1',
    ]);
    expect(addressesToServe({ interfaces: on(...many), podAddresses: [], carried: [] })).toHaveLength(32);
  });
});
