/**
 * `make chaos`: faults at random in a lab, and whether what always has to hold did. A seed is a walk: the same seed does the same again.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { checkName, readState } from '../lab/cluster/state.ts';
import { nodeNames } from '../lab/hosts/address.ts';
import type { Lab } from '../lab/lab.ts';
import { type Progress, progressTo, spoken } from '../lab/machine/progress.ts';
import { down, up } from '../lab/up.ts';
import { keepEvidence } from './chaos/evidence.ts';
import { titleOf } from './chaos/fault.ts';
import { INVARIANTS } from './chaos/invariant.ts';
import { type StepReport, taken } from './chaos/run.ts';
import { shrunk } from './chaos/shrink.ts';
import { type Chosen, type Source, sourceOf } from './chaos/source.ts';
import { byKind, lineOf, table } from './chaos/summary.ts';
import { type Step, stepsOf } from './chaos/walk.ts';
import { commitNow, loadNow, thisMachine } from './report/machine.ts';

interface Options extends Chosen {
  readonly name: string;
  readonly to?: string;
  readonly keep?: boolean;
  readonly list?: boolean;
  readonly shrink?: number;
}

const NODES = nodeNames(3);
const LISTED = 20;
const program = new Command('scripts/node bench/chaos.ts')
  .description('Lets a lab go through faults at random, one or two at a time, and judges all the while what has to hold whatever happens.')
  .option('--seed <n>', 'which walk; a fresh one unless told, which is printed', whole, Math.floor(Math.random() * 100_000))
  .option('--minutes <n>', 'begin no step after so long', whole, 10)
  .option('--steps <n>', 'the first so many steps, however long they take: a failure again, and by fewer of them its cause', whole)
  .option('--name <name>', 'the lab; one that runs is used and left running', (name) => checkName(name), 'chaos')
  .option(
    '--to <file>',
    'where the report is written as JSON, and beside it the evidence of what was broken; dist/chaos/seed-N.json unless told',
  )
  .option('--keep', 'leave the lab running')
  .option('--walk <file>', 'the steps of this file, which --shrink has written, in place of those of a seed')
  .option(
    '--shrink <tries>',
    'when a step broke something, try so many shorter walks at most, and write the shortest that breaks it again beside the report',
    whole,
  )
  .option('--list', `print the steps, the first ${LISTED} unless told, and do nothing`)
  .addHelpText(
    'after',
    `\nWhat has to hold:\n${Object.entries(INVARIANTS)
      .map(([name, what]) => `  ${name.padEnd(20)}${what}`)
      .join('\n')}`,
  )
  .addHelpText('after', '\nExit status 1 when something was broken. docs/reference/chaos.md has the faults and the bounds.')
  .action(async (options: Options) => {
    if (options.list)
      console.log(
        stepsOf(options.seed, NODES, options.steps ?? LISTED)
          .map(described)
          .join('\n'),
      );
    else process.exitCode = await walked(options);
  });
try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

// --- internal ---

async function walked(options: Options): Promise<number> {
  const { seed, name, keep = false, to = `dist/chaos/seed-${seed}.json`, shrink } = options;
  const progress = progressTo(process.stderr);
  const hasRun = readState(name) !== undefined;
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const source = sourceOf(options, NODES);
  const { command } = source;
  const [date, commit, machine, load] = [new Date().toISOString(), await commitNow(), await thisMachine(), await loadNow()];
  console.log(`${command}; report: ${to}; Ctrl-C ends after the step that goes on`);
  const reports: StepReport[] = [];
  const write = (failed?: string): void => {
    mkdirSync(dirname(to), { recursive: true });
    const kinds = byKind(reports);
    const broken = reports.flatMap(({ step, broken: some }) => some.map((one) => ({ ...one, replay: source.replay(step) })));
    writeFileSync(
      to,
      `${JSON.stringify({ command, date, commit, machine, load, seed, failed, broken, kinds, steps: reports }, null, 1)}\n`,
    );
  };
  const lab = await up({ name, nodes: NODES.length }, progress);
  try {
    await allSteps(lab, progress, until(stop.signal, source.steps()), async (report) => {
      reports.push(report);
      console.log(lineOf(report));
      if (report.broken.length > 0) await keepEvidence(lab, `${to.replace(/\.json$/, '')}-step-${report.step}`, report);
      write();
    });
    const broke = reports.find(({ broken }) => broken.length > 0);
    if (broke && shrink !== undefined) await shorten(lab, source.upTo(broke.step), broke, { tries: shrink, progress, to });
  } catch (error) {
    write(error instanceof Error ? error.message : String(error));
    throw error;
  } finally {
    if (!keep && !hasRun) await down(name, progress);
  }
  return told(reports, source, to);
}

function* until(signal: AbortSignal, steps: Iterable<Step>): Generator<Step> {
  for (const step of steps) {
    if (signal.aborted) return;
    yield step;
  }
}

/** Writes and prints the shortest walk that was found to break again what the step broke. A lab that doesn't become well is made anew. */
async function shorten(
  first: Lab,
  steps: readonly Step[],
  broke: StepReport,
  { tries, progress, to }: { tries: number; progress: Progress; to: string },
): Promise<void> {
  let lab: Lab | undefined = broke.isSettled ? first : undefined;
  const breaks = async (some: readonly Step[]): Promise<boolean> => {
    if (lab === undefined) {
      await down(first.name, progress);
      lab = await up({ name: first.name, nodes: NODES.length }, progress);
    }
    const reports: StepReport[] = [];
    await allSteps(lab, progress, some, async (report) => void reports.push(report));
    if (!reports.every(({ isSettled }) => isSettled)) lab = undefined;
    const broken = new Set(reports.flatMap((report) => report.broken.map(({ invariant }) => invariant)));
    const isSame = broke.broken.some(({ invariant }) => broken.has(invariant));
    console.log(`steps ${some.map(({ number }) => number).join(', ')}: ${isSame ? 'break it, too' : 'break nothing of it'}`);
    return isSame;
  };
  const short = await shrunk(steps, breaks, tries);
  const file = to.replace(/\.json$/, '-short.json');
  writeFileSync(file, `${JSON.stringify(short, null, 1)}\n`);
  console.log(`\n${short.map(described).join('\n')}\nagain: scripts/node bench/chaos.ts --walk ${file}`);
}

function allSteps(lab: Lab, progress: Progress, steps: Iterable<Step>, see: (report: StepReport) => Promise<void>): Promise<void> {
  return progress.step('Chaos', async (running) => {
    let count = 0;
    for await (const report of taken(lab, steps, (detail) => running.say(`step ${count + 1}: ${detail}`))) {
      count = report.step;
      await see(report);
    }
    running.say(`${count} steps`);
  });
}

/** Prints what it came to and gives the exit status. */
function told(reports: readonly StepReport[], { name, replay }: Source, to: string): number {
  const broken = reports.filter((report) => report.broken.length > 0);
  console.log(`\n${table(byKind(reports))}\n`);
  for (const { step, broken: some } of broken) {
    const before = reports.filter((report) => report.step <= step).slice(-3);
    console.log(`Step ${step} broke ${some.map(({ invariant }) => invariant).join(', ')}; the last steps:`);
    for (const report of before) console.log(`  ${report.step}: ${report.faults.join(' + ')}`);
    console.log(`  again: ${replay(step)}\n  evidence: ${to.replace(/\.json$/, '')}-step-${step}`);
  }
  const took = reports.length === 0 ? 0 : Date.now() - Date.parse(reports[0]?.began ?? '');
  console.log(`${reports.length} steps of ${name} in ${spoken(took)}; ${broken.length} broke something; report: ${to}`);
  return broken.length > 0 ? 1 : 0;
}

function described({ number, acts, restMs }: Step): string {
  const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
  const parts = acts.map(({ fault, at, lasts }) => `at ${seconds(at)}${lasts === 0 ? '' : ` for ${seconds(lasts)}`} ${titleOf(fault)}`);
  return `${String(number).padStart(4)}  ${parts.join(', ')}; rest ${seconds(restMs)}`;
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('A whole number is needed.');
  return Number(text);
}
