import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../net/address.ts';
import { virtualIPName } from './name.ts';

describe('the name of a VirtualIP', () => {
  it.each([
    ['192.0.2.10', '192.0.2.10'],
    ['2001:db8::10', '2001-db8-0-0-0-0-0-10'],
    ['::1', '0-0-0-0-0-0-0-1'],
    ['2001:db8::', '2001-db8-0-0-0-0-0-0'],
    ['2001:db8:0:1::5:6', '2001-db8-0-1-0-0-5-6'],
    ['1:2:3:4:5:6:7:8', '1-2-3-4-5-6-7-8'],
  ])('of %s is %s', (address, name) => {
    expect(virtualIPName(address)).toBe(name);
  });

  it('leads back to the address, so that two addresses never have one name', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const address = parseAddress(text)?.text;
        fc.pre(address !== undefined);
        expect(parseAddress(virtualIPName(address).replaceAll('-', ':'))?.text).toBe(address);
      }),
    );
  });
});
