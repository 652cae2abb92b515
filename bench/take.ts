/** Takes measurements one after another; after each, the file has all that was measured until then. */
import { setImmediate as breathe } from 'node:timers/promises';
import type { Progress, Step } from '../lab/machine/progress.ts';
import type { Measurement, Sample } from './measurement.ts';
import type * as machine from './report/machine.ts';
import { numeral } from './report/numeral.ts';
import { publish } from './report/publish.ts';
import { type Measured, type Run, readResults, seriesOf, withRun, writeResults } from './report/results.ts';
import { summary } from './report/statistics.ts';

export interface Choice {
  readonly measurement: Measurement;
  /** Why it is not taken, where it isn't. */
  readonly why: string | undefined;
}

export interface TakeOptions {
  readonly isQuick: boolean;
  readonly repeats: number;
  readonly to: string;
  readonly progress: Progress;
  /** The command line, without what chooses measurements. */
  readonly words: readonly string[];
  readonly only: readonly string[];
  /** What is known of the machine and the checkout. */
  readonly place: Pick<typeof machine, 'thisMachine' | 'commitNow' | 'loadNow'>;
  /** Ends the run after the sample that is being taken. */
  readonly signal: AbortSignal;
}

export async function measureAll(choices: readonly Choice[], options: TakeOptions): Promise<Run> {
  const { to, words, only, place, signal } = options;
  const before = readResults(to);
  const taken = choices.filter(({ why }) => why === undefined);
  const left = choices.flatMap(({ measurement: { name, title }, why }) => (why === undefined ? [] : [{ name, title, why }]));
  const command = [...words, ...only.map((name) => `--only ${name}`)].join(' ');
  let run: Run = {
    command,
    date: new Date().toISOString(),
    commit: await place.commitNow(),
    machine: await place.thisMachine(),
    measured: [],
    left,
  };
  for (const { measurement } of taken) {
    if (signal.aborted) {
      const { name, title } = measurement;
      run = { ...run, left: [...run.left, { name, title, why: 'the run was ended before' }] };
      continue;
    }
    const measured = await measureOne(measurement, options);
    console.log(rowsOf(measured).join('\n'));
    run = { ...run, measured: [...run.measured, measured] };
    writeResults(to, withRun(before, run));
  }
  const results = withRun(before, run);
  writeResults(to, results);
  publish(to, results);
  return run;
}

// --- internal ---

async function measureOne({ samples, ...measurement }: Measurement, options: TakeOptions): Promise<Measured> {
  const { name, title, about, varies } = measurement;
  const load = await options.place.loadNow();
  const began = performance.now();
  const found: Sample[] = [];
  const take = async (step: Step): Promise<string | undefined> => {
    const effort = { ...options, say: (detail: string) => step.say(detail) };
    let shown = performance.now();
    for await (const sample of samples(effort)) {
      found.push(sample);
      if (options.signal.aborted) return `It was ended by hand after ${found.length} samples.`;
      if (performance.now() - shown > SHOW_MS) {
        await breathe();
        shown = performance.now();
      }
    }
    return undefined;
  };
  const partial = await options.progress
    .step(title, take)
    .catch((error: Error) => `It failed after ${found.length} samples: ${firstLine(error.message)}`);
  return {
    ...{ name, title, about, ...(varies !== undefined && { varies }) },
    command: [...options.words, `--only ${name}`].join(' '),
    seconds: Math.round((performance.now() - began) / 1000),
    load,
    ...(partial !== undefined && { partial }),
    series: seriesOf(found),
  };
}

/** A step's line moves in between. */
const SHOW_MS = 100;

const firstLine = (text: string): string => text.split('\n', 1).join();

function rowsOf({ series }: Measured): string[] {
  return series.map(({ of, at, unit, samples }) => {
    const { count, median, p95, longest } = summary(samples);
    const what = `  ${of}${at === undefined ? '' : `, ${numeral(at)}`}`;
    const figures = [median, ...(count === 1 ? [] : [p95, longest])].map(numeral).join(' / ');
    return `${what.padEnd(58)} ${figures} ${unit}${count === 1 ? '' : ` (median / 95th / longest of ${count})`}`;
  });
}
