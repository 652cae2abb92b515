/** `make bench` and `make bench-quick`: takes measurements one after another, keeps every sample, and writes the page and its plots. */
import { Command, InvalidArgumentError } from 'commander';
import { progressTo, spoken } from '../lab/machine/progress.ts';
import { type Measurement, NEEDS } from './measurement.ts';
import { MEASUREMENTS } from './measurements.ts';
import * as place from './report/machine.ts';
import { publish } from './report/publish.ts';
import { FOLDER, rawFile, readResults } from './report/results.ts';
import { measureAll } from './take.ts';

interface Options {
  readonly only: readonly string[];
  readonly quick?: boolean;
  readonly repeats: number;
  readonly to: string;
  readonly page?: boolean;
}

const REPEATS = 10;
const names = MEASUREMENTS.map(({ name, title, needs }) => `  ${name.padEnd(18)}${title}; needs ${NEEDS[needs]}`);
const program = new Command('scripts/node bench/main.ts')
  .description('Takes measurements one after another, keeps every sample as JSON, and writes bench/RESULTS.md and its plots from them.')
  .option('--only <name>', 'this one, also one that needs a lab; may be given again', named, [])
  .option('--quick', 'fewer samples, and of all measurements only those that need nothing but Node')
  .option('--repeats <n>', 'how often what is done once at a time is done, as a failover', positive, REPEATS)
  .option('--to <folder>', 'where the results, the page and the plots are', FOLDER)
  .option('--page', 'measure nothing: write page and plots anew from the results that are there')
  .addHelpText(
    'after',
    `\nMeasurements:\n${names.join('\n')}\n\nOf what was measured before, a run takes the place of the same measurements only.`,
  )
  .action(async (options: Options) => {
    process.exitCode = options.page ? written(options.to) : await measured(options);
  });
await program.parseAsync();

// --- internal ---

function written(folder: string): number {
  publish(folder, readResults(folder));
  console.log(`wrote ${folder}/RESULTS.md from ${rawFile(folder)}`);
  return 0;
}

async function measured({ only, quick = false, repeats, to }: Options): Promise<number> {
  const progress = progressTo(process.stderr);
  const began = performance.now();
  const words = ['scripts/node bench/main.ts', ...(quick ? ['--quick'] : []), ...(repeats === REPEATS ? [] : [`--repeats ${repeats}`])];
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const run = await measureAll(chosen(only, quick), { isQuick: quick, repeats, to, progress, words, only, place, signal: stop.signal });
  const wrong = run.measured.filter(({ partial }) => partial !== undefined);
  for (const { name, partial } of wrong) console.error(`${name} is not whole: ${partial}`);
  console.log(
    `${run.measured.length} measurements in ${spoken(performance.now() - began)}; every sample: ${rawFile(to)}; the page: ${to}/RESULTS.md`,
  );
  return wrong.length > 0 ? 1 : 0;
}

/** Those to be taken, and of the others why not. */
function chosen(only: readonly string[], isQuick: boolean) {
  const isRoot = process.getuid?.() === 0;
  const whyNot = ({ name, needs }: Measurement): string | undefined => {
    if (only.length > 0) return only.includes(name) ? undefined : 'others were asked for';
    if (isQuick && needs !== 'nothing') return `it needs ${NEEDS[needs]}: not for a quick run`;
    return isRoot || needs === 'nothing' || needs === 'api' ? undefined : `it needs ${NEEDS[needs]}: not for this user`;
  };
  return MEASUREMENTS.map((measurement) => ({ measurement, why: whyNot(measurement) }));
}

function named(name: string, before: readonly string[]): string[] {
  if (!MEASUREMENTS.some((one) => one.name === name))
    throw new InvalidArgumentError(`There are: ${MEASUREMENTS.map((one) => one.name).join(', ')}.`);
  return [...before, name];
}

function positive(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('A whole number from 1 on is needed.');
  return Number(text);
}
