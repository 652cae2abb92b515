import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { EXAMPLE } from './example.ts';
import { publication } from './page.ts';
import { type Results, readResults } from './results.ts';

const GOLDEN = join(import.meta.dirname, 'golden');

describe('the page of an example', () => {
  const made = publication(EXAMPLE);

  it('has a plot for each measurement', () =>
    expect([...made.keys()]).toEqual(['RESULTS.md', 'results/failover.svg', 'results/planning.svg']));

  it.each([...made])('is as it was: %s (UPDATE=1 writes it)', (file, text) => {
    const golden = join(GOLDEN, file);
    if (process.env.UPDATE) {
      mkdirSync(dirname(golden), { recursive: true });
      writeFileSync(golden, text);
    }
    expect(text).toBe(readFileSync(golden, 'utf8'));
  });

  const page = made.get('RESULTS.md') ?? '';
  it.each([
    ['that a measurement ended early, and why', '**Not whole:** It failed after 21 samples: node2 does not answer'],
    ['what others had of the machine', 'others had 2.5 of 8 cores'],
    ['that figures are worse for it', '**A first filling.**'],
    ['what was not measured, and how it is', '| What the agent costs a node | `scripts/node bench/main.ts --only agent` |'],
    ['the exponent of a growth', '| all new & \\<odd> | 1.50 | 1.000 |'],
  ])('says %s', (_, words) => expect(page).toContain(words));

  it('does not list as missing what another run measured', () =>
    expect(page).not.toMatch(/\| `scripts\/node bench\/main.ts --only failover` \|.*does without/));

  it('of a quiet and whole run warns of nothing', () => {
    const calm = publication({ runs: EXAMPLE.runs.slice(1) }).get('RESULTS.md');
    expect(calm).not.toContain('first filling');
    expect(calm).not.toContain('Not whole');
  });

  it('says so when nothing was measured', () => expect(publication({ runs: [] }).get('RESULTS.md')).toContain('Nothing was measured yet.'));
});

describe.each<[string, Results]>([
  ['an example', EXAMPLE],
  ['what is published', readResults()],
])('the plots of %s', (_, results) => {
  const plots = [...publication(results)].filter(([file]) => file.endsWith('.svg'));

  it('exist', () => expect(plots.length).toBeGreaterThan(1));

  it.each(plots)('are well-formed XML, without a script: %s', (_file, text) => {
    const elements = elementsOf(text);
    expect(elements[0]).toBe('svg');
    expect(elements).toContain('title');
    expect(elements).toContain('desc');
    expect(elements).toContain('text');
    expect(elements.filter((name) => ['script', 'foreignObject', 'image', 'use'].includes(name))).toEqual([]);
  });

  it.each(plots)('have a look for light and for dark, a title for each axis, and no place that is not a number: %s', (_file, text) => {
    expect(text).toContain('@media(prefers-color-scheme:dark)');
    expect(text).toMatch(/class="axis"/);
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });
});

// --- internal ---

/** Names of all elements; throws where the text is no well-formed XML. */
function elementsOf(text: string): string[] {
  const names: string[] = [];
  const parser = new SaxesParser({ xmlns: true });
  parser.on('opentag', ({ name }) => names.push(name));
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(text).close();
  return names;
}
