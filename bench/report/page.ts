/** `RESULTS.md` and its plots, from what was measured. */
import { numeral } from './numeral.ts';
import { plot } from './plot.ts';
import type { Measured, Results, Run, Series } from './results.ts';
import { growth, summary } from './statistics.ts';

/** Texts by file, relative to the folder that the results are in. */
export function publication(results: Results): ReadonlyMap<string, string> {
  const plots = measuredIn(results).flatMap((one) => {
    const text = plot(one);
    return text === undefined ? [] : [[plotFile(one), text] as const];
  });
  return new Map([['RESULTS.md', page(results, new Set(plots.map(([file]) => file)))], ...plots]);
}

/** Whether others had so much of the machine that figures tell of them, too. */
export const isDisturbed = ({ load: { others, isIdleClass } }: Measured, cores: number): boolean => isIdleClass || others > cores * ENOUGH;

// --- internal ---

/** Share of all cores. */
const ENOUGH = 0.1;

const plotFile = ({ name }: Measured): string => `results/${name}.svg`;
const measuredIn = ({ runs }: Results): readonly Measured[] => runs.flatMap(({ measured }) => measured);

function page(results: Results, plots: ReadonlySet<string>): string {
  const { runs } = results;
  const parts = [
    '# Measurements',
    'Every number here was measured by the command above it, good or bad, and nobody wrote it by hand: the page is made of [results.json](results/results.json), which has every sample. `make bench-quick` measures what needs no lab, `make bench` all of it, and both write this page anew.',
    ...warnings(runs),
    '## Where',
    ...machines(runs),
    '## How to read it',
    'Percentiles between two samples are interpolated; *spread* is what the middle half of the samples lies between, the 25th and the 75th percentile. A growth is fitted to the medians by least squares, on logarithms: an exponent of 1 is linear, 2 quadratic. *Load* is what the kernel says (1, 5 and 15 minutes) before a measurement; what was measured before it is in it. How many cores others had is counted in two seconds in which the measurement waits.',
    ...runs.flatMap((run) => run.measured.flatMap((one) => section(one, run, plots))),
    ...left(runs),
  ];
  return `${parts.join('\n\n')}\n`;
}

function warnings(runs: readonly Run[]): string[] {
  const disturbed = runs.flatMap(({ measured, machine }) => measured.filter((one) => isDisturbed(one, machine.cores)));
  const partial = runs.flatMap(({ measured }) => measured.filter((one) => one.partial !== undefined));
  return [
    ...(disturbed.length > 0
      ? [
          '**A first filling.** Other programs used the machine meanwhile, or went first, so these figures are worse than those of a quiet machine, and scattered. Each measurement says how it was.',
        ]
      : []),
    ...(partial.length > 0
      ? [`**Not whole:** ${partial.map(({ title }) => title).join('; ')}. What is missing, and why, stands there.`]
      : []),
  ];
}

function machines(runs: readonly Run[]): string[] {
  const rows: readonly (readonly [string, (run: Run) => string])[] = [
    ['measured', ({ measured }) => measured.map(({ name }) => name).join(', ')],
    ['command', ({ command }) => `\`${command}\``],
    ['date', ({ date }) => date],
    ['commit', ({ commit }) => commit],
    ['processor', ({ machine }) => `${machine.processor}, ${machine.cores} cores`],
    ['memory', ({ machine }) => `${numeral(machine.memoryMiB)} MiB`],
    ['kernel', ({ machine }) => machine.kernel],
    ['Node', ({ machine }) => machine.node],
    ['keepalived', ({ machine }) => machine.keepalived ?? 'none'],
    ['Kubernetes', ({ machine }) => machine.kubernetes ?? 'none'],
  ];
  if (runs.length === 0) return ['Nothing was measured yet.'];
  return [
    table(
      ['', ...runs.map((_, index) => `run ${index + 1}`)],
      rows.map(([name, of]) => [name, ...runs.map(of)]),
    ),
  ];
}

function section(one: Measured, run: Run, plots: ReadonlySet<string>): string[] {
  const file = plotFile(one);
  return [
    `## ${one.title}`,
    one.about,
    `\`${one.command}\`: ${circumstances(one, run)}.`,
    ...(one.partial === undefined ? [] : [`**Not whole:** ${plain(one.partial)}`]),
    ...(plots.has(file) ? [`![${one.title}](${file})`] : []),
    ...(one.series.length > 0 ? [figures(one)] : []),
    ...growths(one),
  ];
}

function circumstances({ seconds, load: { average, others, isIdleClass } }: Measured, { machine }: Run): string {
  const words = [`took ${numeral(seconds)} s`, `load ${average.join(', ')}`, `others had ${others} of ${machine.cores} cores`];
  return [...words, ...(isIdleClass ? ['in the idle class: all other programs went first'] : [])].join('; ');
}

function figures({ series, varies }: Measured): string {
  const rows = series.map(({ of, unit, at, samples }) => {
    const { count, median, p95, longest, spread } = summary(samples);
    const amount = varies === undefined ? [] : [at === undefined ? '' : numeral(at)];
    const more = count === 1 ? ['', '', ''] : [numeral(p95), numeral(longest), `${numeral(spread[0])} to ${numeral(spread[1])}`];
    return [of, ...amount, unit, String(count), numeral(median), ...more];
  });
  return table(
    ['what', ...(varies === undefined ? [] : [varies]), 'unit', 'count', 'median', '95th percentile', 'longest', 'spread'],
    rows,
  );
}

/** Of each line the exponent, and of its last tenfold apart: what doesn't grow hides what does while there is little of it. */
function growths({ series, varies }: Measured): string[] {
  if (varies === undefined) return [];
  const rows = [...Map.groupBy(series, ({ of }) => of)].flatMap(([of, some]) => {
    const most = Math.max(...some.map(({ at = 0 }) => at));
    const [all, last] = [fitted(some), fitted(some.filter(({ at = 0 }) => at >= most / 10))];
    return all === undefined ? [] : [[of, all.exponent.toFixed(2), all.fit.toFixed(3), last?.exponent.toFixed(2) ?? '']];
  });
  return rows.length === 0 ? [] : [table(['what', 'exponent', 'fit (R²)', 'exponent of the last tenfold'], rows)];
}

const fitted = (some: readonly Series[]) => growth(some.map(({ at = 0, samples }) => [at, summary(samples).median]));

function left(runs: readonly Run[]): string[] {
  const names = new Set(runs.flatMap(({ measured }) => measured.map(({ name }) => name)));
  const missing = new Map(runs.flatMap((run) => run.left.filter(({ name }) => !names.has(name)).map((one) => [one.name, one] as const)));
  if (missing.size === 0) return [];
  const rows = [...missing.values()].map(({ name, title, why }) => [title, `\`scripts/node bench/main.ts --only ${name}\``, why]);
  return ['## Not measured here', table(['what', 'command', 'why'], rows)];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.map((cell) => plain(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [row(head), `|${head.map(() => '---|').join('')}`, ...rows.map(row)].join('\n');
}

/** What comes from elsewhere is no HTML. */
const plain = (text: string): string => text.replaceAll('<', '\\<');
