import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareAddresses, parseAddress } from './address.ts';

describe('an address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['::', '::'],
    ['192.0.2.01', undefined],
    ['192.0.2', undefined],
    ['0x7f.0.0.1', undefined],
    ['3221225985', undefined],
    ['fe80::1%eth0', undefined],
    ['::ffff:192.0.2.1', undefined],
    ['192.0.2.1/24', undefined],
    [' 192.0.2.1', undefined],
    ['', undefined],
  ])('%s is read as %s', (text, expected) => {
    expect(parseAddress(text)?.text).toBe(expected);
  });

  it('is the same however it is written', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const address = parseAddress(text);
        if (address !== undefined) expect(parseAddress(address.text)).toEqual(address);
      }),
    );
  });

  it('is ordered by its number, IPv4 first', () => {
    const texts = ['2001:db8::10', '192.0.2.100', '2001:db8::9', '192.0.2.9'];
    const addresses = texts.flatMap((text) => parseAddress(text) ?? []);
    expect(addresses.sort(compareAddresses).map(({ text }) => text)).toEqual(['192.0.2.9', '192.0.2.100', '2001:db8::9', '2001:db8::10']);
  });
});
