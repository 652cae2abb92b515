import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const ADR = 'docs/adr/0060-a-clock-that-is-set.md';
const READS = /\bDate\.now\(|\bnew Date\(\)|clock\s*\.now\(\)|\bwall\b|\bDate\.parse\(/;
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');

it(`each file that reads the wall clock stands in ${ADR}, which says why a clock that is set does no harm there`, () => {
  const listed = [...readFileSync(ADR, 'utf8').matchAll(/^\|(.*?)\|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(src\/[^`]+)`/g)].map(([, file = '']) => file),
  );
  const reads = globSync('src/**/*.{ts,tsx}').filter(
    (file) => !file.includes('.test.') && READS.test(withoutComments(readFileSync(file, 'utf8'))),
  );
  expect(reads.toSorted()).toEqual(listed.toSorted());
});
