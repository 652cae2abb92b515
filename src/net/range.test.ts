import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contains, parseRange } from './range.ts';

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
    const range = parseRange(text);
    expect(inside.filter((address) => range && contains(range, address))).toEqual(inside);
    expect(outside.filter((address) => range && contains(range, address))).toEqual([]);
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
});
