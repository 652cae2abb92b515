import { expect, it } from 'vitest';
import { stableHash } from './hash.ts';

it('the hash of a text is the same in every release: a change of it would move every VIP', () => {
  expect(['', 'a', 'web/web\nnode1'].map(stableHash)).toMatchInlineSnapshot(`
    [
      "ab3e7c0bebb6c228",
      "1a80b1b32e2ac387",
      "996720243472eb7a",
    ]
  `);
});

it('neighbours hash far apart', () => {
  const hashes = Array.from({ length: 1000 }, (_, index) => stableHash(`node${index}`));
  expect(new Set(hashes).size).toBe(1000);
  const firstDigits = new Map<string, number>();
  for (const hash of hashes) firstDigits.set(hash.charAt(0), (firstDigits.get(hash.charAt(0)) ?? 0) + 1);
  expect(firstDigits.size).toBe(16);
  expect(Math.max(...firstDigits.values())).toBeLessThan(110);
});
