import { describe, expect, it } from 'vitest';
import { managerArguments } from './manager-options.ts';

const reserved = (args: readonly string[], environment = {}) =>
  managerArguments(args, environment).settings.reservedAddresses?.map(({ range, is }) => `${range}: ${is}`);

describe('addresses that no Service may have', () => {
  it('are none when nothing says so', () => {
    expect(reserved([])).toEqual([]);
  });

  it('are that of the API inside the cluster, and those of the flag', () => {
    expect(
      reserved(['--reserved-addresses', '10.96.0.0/12, 192.0.2.1-192.0.2.9', '--reserved-addresses=2001:db8::1'], {
        KUBERNETES_SERVICE_HOST: '10.96.0.1',
      }),
    ).toEqual([
      '10.96.0.1: the address of the Kubernetes API',
      '10.96.0.0/12: in 10.96.0.0/12, which --reserved-addresses of the operator names',
      '192.0.2.1-192.0.2.9: in 192.0.2.1-192.0.2.9, which --reserved-addresses of the operator names',
      '2001:db8::1: in 2001:db8::1, which --reserved-addresses of the operator names',
    ]);
  });

  it('are not a host name', () => {
    expect(reserved([], { KUBERNETES_SERVICE_HOST: 'api.example.org' })).toEqual([]);
    expect(() => managerArguments(['--reserved-addresses', 'example.org'], {})).toThrow();
  });
});
