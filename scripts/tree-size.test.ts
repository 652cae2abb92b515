import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MOST_FILES, MOST_LINES, outgrown } from './tree-size.ts';

const lines = (count: number): string => 'x\n'.repeat(count);
const folder = (count: number, suffix = '.ts'): [string, string][] =>
  Array.from({ length: count }, (_, index) => [`src/room/f${index}${suffix}`, 'x\n']);

describe('the size of the tree', () => {
  it('is within its limits in src', () => {
    const names = globSync('src/**/*.{ts,tsx}');
    expect(names.length).toBeGreaterThan(100);
    expect(outgrown(new Map(names.map((name) => [name, readFileSync(name, 'utf8')])))).toEqual([]);
  });

  it.each<[string, [string, string][]]>([
    ['a file at its limit', [['src/a.ts', lines(MOST_LINES)]]],
    ['a test of any length', [['src/a.test.ts', lines(MOST_LINES + 1)]]],
    ['a folder at its limit, beside its tests', [...folder(MOST_FILES), ...folder(MOST_FILES, '.test.ts')]],
  ])('%s is not too much', (_, files) => {
    expect(outgrown(new Map(files))).toEqual([]);
  });

  it('names a file that is too long, and a folder that is too full', () => {
    expect(outgrown(new Map([['src/a.ts', lines(MOST_LINES + 1)], ...folder(MOST_FILES + 1)]))).toEqual([
      expect.stringContaining('src/a.ts has 201 lines'),
      expect.stringContaining('src/room has 15 files'),
    ]);
  });
});
