import { describe, expect, it } from 'vitest';
import { addressesIn } from './holder.ts';

describe('addressesIn', () => {
  it('takes the addresses of every interface, both families', () => {
    const output = JSON.stringify([
      { ifname: 'lo', addr_info: [{ family: 'inet', local: '127.0.0.1', prefixlen: 8 }] },
      {
        ifname: 'eth0',
        addr_info: [
          { family: 'inet', local: '192.0.2.200', prefixlen: 32 },
          { family: 'inet6', local: '2001:db8::c8' },
        ],
      },
    ]);
    expect([...addressesIn(output)]).toEqual(['127.0.0.1', '192.0.2.200', '2001:db8::c8']);
  });

  it('writes IPv6 addresses in one way', () => {
    expect([...addressesIn(JSON.stringify([{ addr_info: [{ local: '2001:DB8:0:0::C8' }] }]))]).toEqual(['2001:db8::c8']);
  });

  it('finds none on interfaces without addresses', () => {
    expect(addressesIn('[{"ifname":"eth0"},{},{"addr_info":[{}]}]').size).toBe(0);
  });
});
