import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXAMPLE } from './example.ts';
import { differing, quotes, withFigures } from './quote.ts';
import { readResults } from './results.ts';

const marked = (key: string, quoted: string): string => `It takes <!-- measured: ${key} -->${quoted}<!-- end -->, mostly.`;

describe('a quoted figure', () => {
  it.each([
    ['planning; plan and render; 1000; median', '100 ms'],
    ['planning; plan and render; 1000; longest', '125 ms'],
    ['planning; all new & <odd>; 10000; median', '100,000 ms'],
    ['planning; all new & <odd>; exponent', '1.50'],
    ['failover; defaults: power off, IPv4; 95th percentile', '1,130 ms'],
    ['failover; defaults: power off, IPv4; count', '5'],
  ])('%s is %s', (key, figure) => {
    expect(withFigures(marked(key, 'something'), EXAMPLE)).toBe(marked(key, figure));
    expect(differing(marked(key, figure), EXAMPLE)).toEqual([]);
    expect(differing(marked(key, 'something'), EXAMPLE)).toEqual([{ key, quoted: 'something', measured: figure }]);
  });

  it.each([
    ['planing; plan and render; 1000; median', 'no such measurement planing. They have: failover, planning'],
    ['planning; plan; 1000; median', 'no such series. They have: plan and render; 10, plan and render; 100'],
    ['planning; plan and render; 1001; median', 'no such series'],
    ['planning; plan and render; 1000; mean', 'no such figure mean. They have: median, 95th percentile, longest, count, exponent'],
    ['failover; defaults: power off, IPv4; exponent', 'no such growth'],
  ])('that is not there is an error: %s', (key, why) => expect(() => withFigures(marked(key, '1'), EXAMPLE)).toThrow(why));

  it.each([
    ['what has no mark', '100 ms <!-- end --> <!-- a comment -->'],
    ['code', '`<!-- measured: planning; plan and render; 1000; median -->12 ms<!-- end -->`'],
  ])('leaves %s as it is', (_, text) => {
    expect(withFigures(text, EXAMPLE)).toBe(text);
    expect(quotes(text)).toBe(0);
  });
});

describe('the figures that the documentation quotes', () => {
  const pages = [...globSync('*.md'), ...globSync('docs/**/*.md')];

  it('exist', () => expect(pages.reduce((sum, page) => sum + quotes(readFileSync(page, 'utf8')), 0)).toBeGreaterThan(0));

  const quoting = pages.filter((page) => quotes(readFileSync(page, 'utf8')) > 0);
  it.each([...new Set(['README.md', 'docs/comparison.md', 'docs/reference/failover.md', ...quoting])])(
    'are those of bench/results/results.json in %s (`make gen` writes them)',
    (page) => expect(differing(readFileSync(page, 'utf8'), readResults())).toEqual([]),
  );
});
