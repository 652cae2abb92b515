/** What was measured, as it is kept in a file. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Sample } from '../measurement.ts';
import type { Load, Machine } from './machine.ts';

/** Of every run those measurements that no later run has taken again; the oldest run first. */
export interface Results {
  readonly runs: readonly Run[];
}

export interface Run {
  readonly command: string;
  /** RFC 3339. */
  readonly date: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly measured: readonly Measured[];
  /** Measurements that were not taken, and why. */
  readonly left: readonly { readonly name: string; readonly title: string; readonly why: string }[];
}

export interface Measured {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly varies?: string;
  readonly command: string;
  readonly seconds: number;
  /** What else the machine had to do, just before. */
  readonly load: Load;
  /** Why samples are missing, where some are. */
  readonly partial?: string;
  readonly series: readonly Series[];
}

export interface Series extends Omit<Sample, 'value'> {
  readonly samples: readonly number[];
}

/** The folder that results are published in. */
export const FOLDER = 'bench';

export const rawFile = (folder: string): string => join(folder, 'results/results.json');

/** What a folder has; no runs where there is no file yet. */
export function readResults(folder: string = FOLDER): Results {
  const file = rawFile(folder);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : { runs: [] };
}

/** At once, so that a reader and an interruption find a whole file. */
export function writeResults(folder: string, results: Results): void {
  const file = rawFile(folder);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, text(results));
  renameSync(`${file}.new`, file);
}

/** With a run, which takes the place of what older ones measured under the same names. */
export function withRun({ runs }: Results, run: Run): Results {
  const names = new Set(run.measured.map(({ name }) => name));
  const older = runs.map((one) => ({ ...one, measured: one.measured.filter(({ name }) => !names.has(name)) }));
  return { runs: [...older.filter(({ measured }) => measured.length > 0), run] };
}

/** Samples by what they are of, in the order in which each first came, with four digits that mean something. */
export function seriesOf(samples: readonly Sample[]): Series[] {
  const groups = Map.groupBy(samples, ({ of, unit, at }) => JSON.stringify([of, unit, at]));
  return [...groups.values()].flatMap((some) => {
    const [first] = some;
    if (first === undefined) return [];
    const { value: _, ...what } = first;
    return { ...what, samples: some.map(({ value }) => Number(value.toPrecision(4))) };
  });
}

// --- internal ---

/** A line for each series, so that a difference is read. */
function text(results: Results): string {
  const lists = /\[\n\s+(-?[\d.e+-]+(?:,\n\s+-?[\d.e+-]+)*)\n\s+\]/g;
  return `${JSON.stringify(results, null, 1).replace(lists, (_, list: string) => `[${list.replaceAll(/\n\s+/g, ' ')}]`)}\n`;
}
