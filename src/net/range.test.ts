import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress } from './address.ts';
import { contains, containsAny, locate, parseRange } from './range.ts';

const holds = (text: string, address: string): boolean => {
  const [range, parsed] = [parseRange(text), parseAddress(address)];
  return range !== undefined && parsed !== undefined && contains(range, locate(parsed));
};

describe('a range of addresses', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['192.0.2.0/24', ['192.0.2.0', '192.0.2.255'], ['192.0.1.255', '192.0.3.0', '2001:db8::1', 'x']],
    ['192.0.2.77/24', ['192.0.2.0', '192.0.2.255'], ['192.0.3.0']],
    ['192.0.2.10-192.0.2.20', ['192.0.2.10', '192.0.2.20'], ['192.0.2.9', '192.0.2.21']],
    ['192.0.2.7', ['192.0.2.7'], ['192.0.2.6', '192.0.2.8']],
    ['0.0.0.0/0', ['0.0.0.0', '255.255.255.255'], ['::']],
    ['192.0.2.1/32', ['192.0.2.1'], ['192.0.2.2']],
    ['2001:db8::/32', ['2001:db8::', '2001:DB8:ffff::1'], ['2001:db9::', '192.0.2.1']],
    ['2001:db8::a-2001:db8::1:0', ['2001:db8::a', '2001:db8::ffff'], ['2001:db8::9', '2001:db8::1:1']],
    ['::/0', ['::', 'ffff::1'], ['0.0.0.0']],
  ])('%s holds what is in it and nothing else', (text, inside, outside) => {
    expect(inside.filter((address) => holds(text, address))).toEqual(inside);
    expect(outside.filter((address) => holds(text, address))).toEqual([]);
  });

  it.each([
    '',
    '-',
    '/',
    '192.0.2.0/33',
    '192.0.2.0/-1',
    '192.0.2.0/1/2',
    '192.0.2.20-192.0.2.10',
    '192.0.2.1-2001:db8::1',
    '192.0.2',
    '::/129',
    'a-b',
  ])('is not %j', (text) => {
    expect(parseRange(text)).toBeUndefined();
  });

  it('is read or not, and nothing breaks, whatever the text is', () => {
    const parts = fc.constantFrom('192.0.2.1', '::', '2001:db8::1', '/', '-', '24', '128', '.', ':', '%', ' ', '0', 'f');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(parts, { maxLength: 6 }).map((all) => all.join('')),
        ),
        (text) => {
          const range = parseRange(text);
          expect(range === undefined || range.first <= range.last).toBe(true);
        },
      ),
    );
  });

  it('is found among many exactly when one of them holds the address', () => {
    const text = fc.tuple(fc.nat(255), fc.integer({ min: 24, max: 32 })).map(([last, length]) => `192.0.2.${last}/${length}`);
    fc.assert(
      fc.property(fc.array(text, { maxLength: 8 }), fc.nat(255), (texts, last) => {
        const ranges = texts.flatMap((one) => parseRange(one) ?? []);
        const address = locate({ text: `192.0.2.${last}`, family: 'IPv4' });
        expect(containsAny(ranges)(address)).toBe(ranges.some((range) => contains(range, address)));
      }),
    );
  });
});
