/** Milliseconds that `work` takes: the median of as many runs as fit into a second and a half, after two that count for nothing. */
export function medianMilliseconds(work: () => unknown): number {
  for (let warm = 0; warm < 2; warm++) work();
  const times: number[] = [];
  const end = performance.now() + 1500;
  do {
    const start = performance.now();
    work();
    times.push(performance.now() - start);
  } while (performance.now() < end || times.length < 5);
  return median(times);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Minimum, median and maximum, rounded. */
export function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b).map(Math.round);
  return `${sorted[0]} / ${median(sorted)} / ${sorted.at(-1)}`;
}

/** One line: what was measured, and the figure with its unit. */
export const row = (what: string, value: number, unit: string): string =>
  `${what.padEnd(58)} ${(value < 10 ? value.toFixed(2) : value.toFixed(1)).padStart(9)} ${unit}`;
