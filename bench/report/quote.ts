/**
 * Figures that pages quote from the results. In Markdown: `<!-- measured: planning; plan and render; 1000; median -->12 ms<!-- end -->`, that is the
 * measurement, what it is of, the amount where something varies, and `median`, `95th percentile`, `longest` or `count`; or `exponent`, without an amount.
 */
import { numeral } from './numeral.ts';
import type { Measured, Results } from './results.ts';
import { growth, type Summary, summary } from './statistics.ts';

/** The page with the figures that the results have now. Throws a sentence where they have none of that name. */
export function withFigures(text: string, results: Results): string {
  return text.replace(MARKED, (_, begin: string, key: string, __, end: string) => `${begin}${figure(key, results)}${end}`);
}

export interface Differing {
  readonly key: string;
  readonly quoted: string;
  readonly measured: string;
}

/** The figures of a page that are not those of the results. */
export function differing(text: string, results: Results): Differing[] {
  const quotes = [...text.matchAll(MARKED)].map(([, , key = '', quoted = '']) => ({ key, quoted, measured: figure(key, results) }));
  return quotes.filter(({ quoted, measured }) => quoted !== measured);
}

/** How many figures a page quotes. */
export const quotes = (text: string): number => [...text.matchAll(MARKED)].length;

// --- internal ---

/** Not what is code, as in a page that tells of the marks. */
const MARKED = /(?<!`)(<!-- measured: (.*?) -->)(.*?)(<!-- end -->)/gs;
const FIGURES: Readonly<Record<string, (one: Summary) => number>> = {
  median: ({ median }) => median,
  '95th percentile': ({ p95 }) => p95,
  longest: ({ longest }) => longest,
};

function figure(key: string, results: Results): string {
  const [name = '', of = '', ...rest] = key.split('; ');
  const which = rest.at(-1) ?? '';
  const measured = results.runs.flatMap((run) => run.measured).find((one) => one.name === name);
  if (measured === undefined)
    throw missing(
      key,
      `measurement ${name}`,
      results.runs.flatMap((run) => run.measured).map((one) => one.name),
    );
  if (which === 'exponent') return exponentOf(key, measured, of);
  const at = rest.length > 1 ? Number(rest[0]) : undefined;
  const series = measured.series.find((one) => one.of === of && one.at === at);
  if (series === undefined)
    throw missing(
      key,
      `series`,
      measured.series.map((one) => [one.of, ...(one.at === undefined ? [] : [one.at])].join('; ')),
    );
  if (which === 'count') return String(series.samples.length);
  const pick = FIGURES[which];
  if (pick === undefined) throw missing(key, `figure ${which}`, [...Object.keys(FIGURES), 'count', 'exponent']);
  return `${numeral(pick(summary(series.samples)))} ${series.unit}`;
}

function exponentOf(key: string, { series }: Measured, of: string): string {
  const points = series.filter((one) => one.of === of).map(({ at = 0, samples }) => [at, summary(samples).median] as const);
  const found = growth(points);
  if (found === undefined) throw missing(key, 'growth', [...new Set(series.map((one) => one.of))]);
  return found.exponent.toFixed(2);
}

const missing = (key: string, what: string, there: readonly string[]): Error =>
  new Error(
    `A page quotes "${key}", and the results have no such ${what}. They have: ${there.join(', ') || 'nothing'}. Measure it, or mend the mark.`,
  );
