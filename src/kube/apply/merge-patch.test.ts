import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isSame, mergePatch } from './merge-patch.ts';

it.each<[string, unknown, unknown, unknown]>([
  ['nothing where both are the same', { a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 }, undefined],
  ['what changed, and only that', { a: 1, b: { c: 2, d: 3 } }, { a: 1, b: { c: 2, d: 4 } }, { b: { d: 4 } }],
  ['what is new', {}, { a: { b: 1 } }, { a: { b: 1 } }],
  ['null for what is gone', { a: 1, b: 2 }, { a: 1 }, { b: null }],
  ['null for what is undefined', { a: 1 }, { a: undefined }, { a: null }],
  ['nothing for what was and is undefined', {}, { a: undefined }, undefined],
  ['a list as a whole', { a: [1, 2] }, { a: [2, 1] }, { a: [2, 1] }],
  ['the new value where the kind changed', { a: [1] }, { a: { b: 1 } }, { a: { b: 1 } }],
])('a merge patch holds %s', (_, before, after, expected) => {
  expect(mergePatch(before, after)).toEqual(expected);
});

/** Merge patches can't say null, so neither do the objects. */
const json = fc.object({ values: [fc.integer(), fc.string(), fc.boolean()], maxDepth: 3, key: fc.constantFrom('a', 'b', 'c', 'd') });

it('makes the one of the other, for any two objects', () => {
  fc.assert(
    fc.property(json, json, (before, after) => {
      expect(applied(before, mergePatch(before, after) ?? {})).toEqual(after);
    }),
  );
});

it('is undefined exactly when both are the same', () => {
  fc.assert(
    fc.property(json, json, (before, after) => {
      expect(mergePatch(before, after) === undefined).toBe(isSame(before, after));
      expect(mergePatch(before, structuredClone(before))).toBeUndefined();
    }),
  );
});

/** RFC 7386, section 2. */
function applied(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> = typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = applied(result[key], value);
  }
  return result;
}
