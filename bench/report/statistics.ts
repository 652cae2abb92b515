import { max, quantile } from 'd3-array';

/** What a table says of the samples of one series. */
export interface Summary {
  readonly count: number;
  readonly median: number;
  readonly p95: number;
  readonly longest: number;
  /** What the middle half of the samples lies between: the 25th and the 75th percentile. */
  readonly spread: readonly [number, number];
}

/** Percentiles between two samples are interpolated. Without a sample all are NaN. */
export function summary(samples: readonly number[]): Summary {
  const at = (share: number): number => quantile(samples, share) ?? Number.NaN;
  return { count: samples.length, median: at(0.5), p95: at(0.95), longest: max(samples) ?? Number.NaN, spread: [at(0.25), at(0.75)] };
}

/** How a value grows. */
export interface Growth {
  /** The `e` of `value = c * amount ** e`: 1 is linear, 2 is quadratic. */
  readonly exponent: number;
  /** The share of the variance that the fit explains, 1 at best. */
  readonly fit: number;
}

/** A straight line through the logarithms, by least squares. Undefined where fewer than three different amounts have a positive value. */
export function growth(points: readonly (readonly [amount: number, value: number])[]): Growth | undefined {
  const logs = points
    .filter(([amount, value]) => amount > 0 && value > 0)
    .map(([amount, value]) => [Math.log(amount), Math.log(value)] as const);
  if (new Set(logs.map(([x]) => x)).size < 3) return undefined;
  const [meanX, meanY] = [mean(logs.map(([x]) => x)), mean(logs.map(([, y]) => y))];
  const together = (of: (dx: number, dy: number) => number): number => mean(logs.map(([x, y]) => of(x - meanX, y - meanY)));
  const [xx, xy, yy] = [together((dx) => dx * dx), together((dx, dy) => dx * dy), together((_, dy) => dy * dy)];
  return { exponent: xy / xx, fit: yy === 0 ? 1 : xy ** 2 / (xx * yy) };
}

// --- internal ---

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
