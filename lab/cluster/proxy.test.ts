import { describe, expect, it } from 'vitest';
import { hasMode, nodePortAddressesIn, proxyConfig } from './proxy.ts';

describe("kube-proxy's modes", () => {
  it.each([
    ['iptables', '1.20.2', true],
    ['nftables', '1.30.14', false],
    ['nftables', '1.31.0', true],
    ['nftables', '1.37.2', true],
  ] as const)('%s with Kubernetes %s: %s', (mode, version, expected) => {
    expect(hasMode(mode, { version })).toBe(expected);
  });
});

describe('where kube-proxy serves node ports', () => {
  it.each([
    ['primary', ['primary']],
    ['127.0.0.0/8', ['127.0.0.0/8']],
    ['192.0.2.0/24,2001:db8::/64', ['192.0.2.0/24', '2001:db8::/64']],
  ])('%s is read', (text, expected) => {
    expect(nodePortAddressesIn(text)).toEqual(expected);
  });

  it.each(['', '192.0.2.1', 'primary,127.0.0.0/8', '192.0.2.0/24, 127.0.0.0/8'])('"%s" is refused with what is expected', (text) => {
    expect(() => nodePortAddressesIn(text)).toThrow(`Found "${text}"; expected "primary", or prefixes`);
  });

  it('is in what kube-proxy reads, with its mode', () => {
    expect(
      proxyConfig(
        '/kubeconfig',
        { dir: '/k', version: '1.37.2', source: 'cache', passedOver: [] },
        { mode: 'nftables', nodePortAddresses: ['primary'] },
      ),
    ).toMatchObject({
      mode: 'nftables',
      nodePortAddresses: ['primary'],
    });
  });
});
