import { describe, expect, it } from 'vitest';
import { aBalancer, anAllocation, aPool, aVirtualIP, claimedBy } from '../../../test/builders/addresses.ts';
import { aNode, aService } from '../../../test/builders/object.ts';
import { allocate } from '../allocate.ts';

describe('a pool counts', () => {
  it('what it can give, what Services have, what is kept, and what is left', () => {
    const { pools } = allocate(
      anAllocation({
        pools: [aPool(['192.0.2.0/28', '2001:db8::/64'])],
        services: [aBalancer('a'), aService('b', ['192.0.2.3'])],
        virtualIPs: [aVirtualIP('192.0.2.5', { reservation: {} }, false)],
        nodes: [aNode('n', { addresses: ['192.0.2.7'] })],
      }),
    );
    expect(pools).toMatchObject([
      {
        ipv4: { total: 13, used: 2, reserved: 1, free: 10 },
        ipv6: { total: Number.MAX_SAFE_INTEGER, used: 0, free: Number.MAX_SAFE_INTEGER },
        isReady: true,
      },
    ]);
  });

  it('who has an address that it no longer holds', () => {
    const { pools } = allocate(anAllocation({ services: [aBalancer('a')], virtualIPs: [claimedBy('192.0.2.99', 'a')] }));
    expect(pools[0]?.outside).toEqual(['shop/a']);
  });
});
