import { existsSync, mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { createProgress } from '../lab/machine/progress.ts';
import { type Measurement, type Sample, timed } from './measurement.ts';
import { MEASUREMENTS } from './measurements.ts';
import { EXAMPLE } from './report/example.ts';
import { readResults } from './report/results.ts';
import { measureAll } from './take.ts';

const { machine } = EXAMPLE.runs[0] as (typeof EXAMPLE.runs)[0];
const load = { average: [0, 0, 0], others: 0, isIdleClass: false } as const;
const place = { thisMachine: async () => machine, commitNow: async () => 'abc', loadNow: async () => load };
const sample = (value: number): Sample => ({ of: 'a', unit: 'ms', value });
const measurement = (name: string, samples: Measurement['samples']): Measurement => ({
  name,
  title: name,
  about: '',
  needs: 'nothing',
  samples,
});

const whole = measurement('whole', () => [sample(1), sample(2)]);
const breaking = measurement('breaking', function* () {
  yield sample(1);
  throw new Error('node2 does not answer\nand more');
});

async function taken(measurements: readonly Measurement[], to: string, signal = new AbortController().signal) {
  vi.spyOn(console, 'log').mockImplementation(() => {});
  const progress = createProgress({ out: { write: () => {} }, logs: join(to, 'logs'), quiet: true });
  const words = ['scripts/node bench/main.ts'];
  const choices = measurements.map((one) => ({ measurement: one, why: one.name === 'left' ? 'it needs a lab' : undefined }));
  return await measureAll(choices, { isQuick: true, repeats: 1, to, progress, words, only: [], place, signal });
}

describe('a run', () => {
  it('keeps what a measurement found before it failed, and goes on with the next', async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'take-'));
    await taken([breaking, measurement('left', () => []), whole], folder.path);
    const [run] = readResults(folder.path).runs;
    expect(run?.measured).toMatchObject([
      { name: 'breaking', partial: 'It failed after 1 samples: breaking: node2 does not answer', series: [{ samples: [1] }] },
      { name: 'whole', command: 'scripts/node bench/main.ts --only whole', load, series: [{ of: 'a', samples: [1, 2] }] },
    ]);
    expect(run?.measured[1]).not.toHaveProperty('partial');
    expect(run).toMatchObject({ commit: 'abc', machine, left: [{ name: 'left', why: 'it needs a lab' }] });
    expect(existsSync(join(folder.path, 'RESULTS.md'))).toBe(true);
  });

  it('that is ended by hand lets the measurement tidy up, and says what is missing', async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'take-'));
    const stop = new AbortController();
    const tidied = vi.fn();
    const endless = measurement('endless', async function* () {
      try {
        for (let value = 1; ; value++) {
          if (value === 3) stop.abort();
          yield sample(value);
        }
      } finally {
        tidied();
      }
    });
    const run = await taken([endless, whole], folder.path, stop.signal);
    expect(tidied).toHaveBeenCalledOnce();
    expect(run.measured).toMatchObject([{ partial: 'It was ended by hand after 3 samples.', series: [{ samples: [1, 2, 3] }] }]);
    expect(run.left).toEqual([{ name: 'whole', title: 'whole', why: 'the run was ended before' }]);
  });
});

describe('what is timed', () => {
  it('is done until it is compiled and measured often enough, and its waiting is not counted', () => {
    const cell = new Int32Array(new SharedArrayBuffer(4));
    let times = 0;
    const work = (): void => {
      times++;
      if (times % 50 === 0) Atomics.wait(cell, 0, 0, 200);
      for (let index = 0; index < 3_000_000; index++) cell[0] = (cell[0] ?? 0) & 0;
    };
    const took = [...timed(work, { isQuick: true })];
    expect(took.length).toBeGreaterThanOrEqual(10);
    expect(took.length).toBeLessThanOrEqual(100);
    expect(times).toBeGreaterThan(took.length + 1);
    expect(took.every((one) => one > 0 && one < 200)).toBe(true);
  });
});

describe('the measurements', () => {
  it('have names of their own, fit for a file', () => {
    const names = MEASUREMENTS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-z-]+$/.test(name))).toEqual([]);
  });

  it.each(MEASUREMENTS.filter(({ needs, varies }) => needs === 'nothing' && varies !== undefined).map((one) => [one.name, one] as const))(
    'begin with a sample of a known amount: %s',
    async (_, { samples }) => {
      const effort = {
        isQuick: true,
        repeats: 1,
        progress: createProgress({ out: { write: () => {} }, logs: tmpdir(), quiet: true }),
        say: () => {},
      };
      for await (const { of, unit, at, value } of samples(effort)) {
        expect([of, unit, typeof at]).toEqual([expect.stringMatching(/./), expect.stringMatching(/^(?:ms of a core|KiB)$/), 'number']);
        expect(value).toBeGreaterThan(0);
        return;
      }
      expect.fail('no sample');
    },
  );
});
