/** Measurements as pictures: how a value grows, or where samples lie. */
import { extent } from 'd3-array';
import { scaleLinear, scaleLog } from 'd3-scale';
import { area, line, symbol, symbolCircle, symbolDiamond, symbolSquare, symbolTriangle } from 'd3-shape';
import { numeral, spelled } from './numeral.ts';
import type { Measured, Series } from './results.ts';
import { growth, summary } from './statistics.ts';
import { COLOURS, element, label, svg } from './svg.ts';

/** More rows than this are read in the table alone. */
const MOST_ROWS = 40;

/** Of the first unit that a measurement has; undefined where one picture doesn't hold it. */
export function plot(measured: Measured): string | undefined {
  const unit = measured.series[0]?.unit;
  const series = measured.series.filter((one) => one.unit === unit);
  if (unit === undefined) return undefined;
  if (measured.varies !== undefined)
    return growthPlot(
      measured,
      Map.groupBy(series, ({ of }) => of),
      unit,
    );
  return series.length > MOST_ROWS ? undefined : stripPlot(measured, series, unit);
}

// --- internal ---

const WIDTH = 800;
const HEIGHT = 400;
const TOP = 48;
const BOTTOM = 56;
const LEFT = 76;
const LABELS = 236;
const LINE = 18;
const ROW = 26;
const MARKS = [symbolCircle, symbolSquare, symbolTriangle, symbolDiamond];

/** A line for each thing that grows, both axes logarithmic: a straight line is a power, and as steep as its exponent. */
function growthPlot({ title, varies = '' }: Measured, lines: ReadonlyMap<string, readonly Series[]>, unit: string): string {
  const all = [...lines.values()].flat();
  const amounts = [...new Set(all.flatMap(({ at }) => at ?? []))].sort((a, b) => a - b);
  const x = scaleLog(range(amounts), [LEFT, WIDTH - LABELS]);
  const y = scaleLog(range(all.flatMap(({ samples }) => bandOf(samples))), [HEIGHT - BOTTOM, TOP]).nice();
  const [least = 1, most = 1] = y.domain();
  const isTick = most / least > 100 ? isPowerOfTen : isRound;
  const ends = apart([...lines.values()].map((some) => y(medianOf(some.at(-1)))));
  const content = [
    ...y
      .ticks()
      .filter(isTick)
      .flatMap((tick) => [
        element('line', { class: 'grid', x1: LEFT, x2: WIDTH - LABELS, y1: y(tick), y2: y(tick) }),
        label(LEFT - 8, y(tick) + 4, numeral(tick), { 'text-anchor': 'end' }),
      ]),
    ...amounts.map((amount) => label(x(amount), HEIGHT - BOTTOM + 20, numeral(amount), { 'text-anchor': 'middle' })),
    ...axisTitles((LEFT + WIDTH - LABELS) / 2, HEIGHT, varies, spelled(unit)),
    ...[...lines].flatMap(([of, some], index) => grown(of, some, { index, end: ends[index] ?? 0, x: (one) => x(one.at ?? 1), y })),
  ];
  const description = `${spelled(unit)} by ${varies}, both axes logarithmic: a line through the medians, and a band for the middle half of the samples.`;
  return svg({ title, description, width: WIDTH, height: HEIGHT, content });
}

interface Place {
  readonly index: number;
  /** Where the label at the end of the line is. */
  readonly end: number;
  readonly x: (one: Series) => number;
  readonly y: (value: number) => number;
}

function grown(of: string, some: readonly Series[], { index, end, x, y }: Place): string[] {
  const look = `s${index % COLOURS}`;
  const median = (one: Series): number => y(medianOf(one));
  const band = area<Series>(
    x,
    (one) => y(bandOf(one.samples)[0]),
    (one) => y(bandOf(one.samples)[1]),
  );
  const exponent = growth(some.map((one) => [one.at ?? 0, medianOf(one)]))?.exponent;
  const mark = symbol(MARKS[(index + Math.floor(index / COLOURS)) % MARKS.length], 64)() ?? '';
  const marked = (place: readonly [number, number]): string =>
    element('path', { class: look, d: mark, transform: `translate(${place.map((one) => one.toFixed(1))})` });
  return [
    ...(some.every(({ samples }) => samples.length === 1) ? [] : [element('path', { class: `${look} band`, d: rounded(band(some)) })]),
    element('path', { class: `${look} line`, d: rounded(line<Series>(x, median)(some)) }),
    ...some.map((one) => marked([x(one), median(one)])),
    marked([WIDTH - LABELS + 18, end]),
    label(WIDTH - LABELS + 30, end + 4, `${of}${exponent === undefined ? '' : `, n^${exponent.toFixed(2)}`}`),
  ];
}

/** A row for each series: every sample a dot, the median a stroke and a number. */
function stripPlot({ title }: Measured, series: readonly Series[], unit: string): string {
  const height = TOP + series.length * ROW + BOTTOM;
  const left = 24 + 7 * Math.max(...series.map(({ of }) => of.length));
  const [, most] = range(series.flatMap(({ samples }) => samples));
  const x = scaleLinear([0, most], [left, WIDTH - 90]).nice();
  const content = [
    ...x
      .ticks(6)
      .flatMap((tick) => [
        element('line', { class: 'grid', x1: x(tick), x2: x(tick), y1: TOP, y2: height - BOTTOM }),
        label(x(tick), height - BOTTOM + 20, numeral(tick), { 'text-anchor': 'middle' }),
      ]),
    ...series.flatMap(({ of, samples }, index) => {
      const [middle, median] = [TOP + (index + 0.5) * ROW, summary(samples).median];
      return [
        label(left - 12, middle + 4, of, { 'text-anchor': 'end' }),
        ...samples.map((value) => element('circle', { class: 's0 dot', cx: x(value), cy: middle, r: 4 })),
        element('line', { class: 's0 median', x1: x(median), x2: x(median), y1: middle - 9, y2: middle + 9 }),
        label(WIDTH - 78, middle + 4, numeral(median)),
      ];
    }),
    label((left + WIDTH - 90) / 2, height - 12, spelled(unit), { class: 'axis', 'text-anchor': 'middle' }),
    label(WIDTH - 78, TOP - 6, 'median', { class: 'axis' }),
  ];
  return svg({ title, description: `Every sample a dot, in ${spelled(unit)}; the stroke is the median.`, width: WIDTH, height, content });
}

function axisTitles(middle: number, height: number, x: string, y: string): string[] {
  const centre = (TOP + height - BOTTOM) / 2;
  const upright = { class: 'axis', 'text-anchor': 'middle', transform: `rotate(-90 18 ${centre})` };
  return [label(middle, height - 12, x, { class: 'axis', 'text-anchor': 'middle' }), label(18, centre, y, upright)];
}

/** Places of labels, pushed down where they would lie on each other, and the whole pile up where it ends too low. */
function apart(places: readonly number[]): number[] {
  const order = places.map((_, index) => index).sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0));
  const pushed = [...places];
  let next = TOP;
  for (const index of order) {
    pushed[index] = Math.max(next, pushed[index] ?? 0);
    next = (pushed[index] ?? 0) + LINE;
  }
  const over = Math.max(0, next - LINE - (HEIGHT - BOTTOM));
  return pushed.map((place) => place - over);
}

function range(values: readonly number[]): [number, number] {
  const [least, most] = extent(values);
  return [least ?? 0, most ?? 1];
}

const medianOf = (one: Series | undefined): number => summary(one?.samples ?? []).median;
const bandOf = (samples: readonly number[]): readonly [number, number] => summary(samples).spread;
const isPowerOfTen = (value: number): boolean => Number.isInteger(Number(Math.log10(value).toFixed(6)));
/** 1, 2 or 5, times a power of ten. */
const isRound = (value: number): boolean => [1, 2, 5].some((digit) => isPowerOfTen(value / digit));
const rounded = (path: string | null): string => (path ?? '').replace(/\d+\.\d+/g, (digits) => Number(digits).toFixed(1));
