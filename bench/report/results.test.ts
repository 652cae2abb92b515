import { mkdtempDisposableSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXAMPLE } from './example.ts';
import { type Measured, type Run, rawFile, readResults, seriesOf, withRun, writeResults } from './results.ts';

const [first, second] = EXAMPLE.runs as readonly [Run, Run];
const called = (...names: string[]): Run => ({
  ...first,
  measured: names.map((name): Measured => ({ ...(first.measured[0] as Measured), name })),
});
const namesOf = (runs: readonly Run[]): string[][] => runs.map(({ measured }) => measured.map(({ name }) => name));

describe('results', () => {
  it('take a new run in the place of the same measurements alone', () => {
    const { runs } = withRun({ runs: [called('a', 'b'), called('c')] }, called('b', 'c', 'd'));
    expect(namesOf(runs)).toEqual([['a'], ['b', 'c', 'd']]);
  });

  it('are the same once they were written and read, a line for each series', () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'results-'));
    expect(readResults(folder.path)).toEqual({ runs: [] });
    writeResults(folder.path, { runs: [first, second] });
    expect(readResults(folder.path)).toEqual({ runs: [first, second] });
    expect(readFileSync(rawFile(folder.path), 'utf8')).toContain('"samples": [812, 830, 799, 1204.5, 820]\n');
  });
});

describe('samples', () => {
  it('of the same name, unit and amount are one series, with four digits', () => {
    const samples = [
      { of: 'a', unit: 'ms', at: 1, value: 1.23456 },
      { of: 'a', unit: 'ms', at: 2, value: 123_456 },
      { of: 'a', unit: 'ms', at: 1, value: 2 },
      { of: 'a', unit: 'KiB', at: 1, value: 3 },
    ];
    expect(seriesOf(samples)).toEqual([
      { of: 'a', unit: 'ms', at: 1, samples: [1.235, 2] },
      { of: 'a', unit: 'ms', at: 2, samples: [123_500] },
      { of: 'a', unit: 'KiB', at: 1, samples: [3] },
    ]);
  });
});
