/** What a run came to, for people and as JSON. Pure. */
import { summary } from '../report/statistics.ts';
import type { StepReport } from './run.ts';

/** What clients missed in all steps of a kind: of each step the longest time without an answer of any steady address. */
export interface KindSummary {
  readonly kind: string;
  readonly steps: number;
  readonly medianMs: number;
  readonly longestMs: number;
}

/** A step with two faults is of a kind of its own. */
export function byKind(reports: readonly StepReport[]): KindSummary[] {
  const groups = Map.groupBy(reports, ({ kinds }) => kinds.toSorted().join(' + '));
  return [...groups]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([kind, some]) => {
      const { median, longest } = summary(some.map(longestMissed));
      return { kind, steps: some.length, medianMs: Math.round(median), longestMs: Math.round(longest) };
    });
}

/** A line for a step, and one for each invariant that it broke. */
export function lineOf(report: StepReport): string {
  const { step, began, faults, longestSharedMs, settledAfterMs, notJudgedMs, broken } = report;
  const shared = longestSharedMs === 0 ? '' : `, two owners for ${longestSharedMs} ms`;
  const unsure = notJudgedMs === 0 ? '' : `; the machine was busy for ${(notJudgedMs / 1000).toFixed(1)} s of it`;
  const head = `${began.slice(11, 19)} ${String(step).padStart(4)}  ${faults.join(' + ')}: missed ${longestMissed(report)} ms${shared}, well after ${(settledAfterMs / 1000).toFixed(1)} s${unsure}`;
  return [head, ...broken.map(({ invariant, message }) => `      BROKEN ${invariant}: ${message}`)].join('\n');
}

export function table(kinds: readonly KindSummary[]): string {
  const width = Math.max(TITLE.length, ...kinds.map(({ kind }) => kind.length));
  const row = (...[kind, steps, median, longest]: readonly (string | number)[]): string =>
    `${String(kind).padEnd(width)} ${String(steps).padStart(6)} ${String(median).padStart(8)} ${String(longest).padStart(8)}`;
  const rows = kinds.map(({ kind, steps, medianMs, longestMs }) => row(kind, steps, medianMs, longestMs));
  return [row(TITLE, 'steps', 'median', 'longest'), ...rows].join('\n');
}

// --- internal ---

const TITLE = 'what a client missed, in ms';
const longestMissed = ({ missed }: StepReport): number => Math.max(0, ...missed.map(({ longestMs }) => longestMs));
