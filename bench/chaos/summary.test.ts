import { describe, expect, it } from 'vitest';
import type { StepReport } from './run.ts';
import { byKind, lineOf, table } from './summary.ts';

const report = (step: number, kinds: readonly string[], longestMs: number, more: Partial<StepReport> = {}): StepReport => ({
  step,
  began: '2026-01-02T03:04:05.000Z',
  kinds,
  faults: kinds,
  done: [],
  missed: [{ address: '192.0.2.200', longestMs, lost: longestMs / 20 }],
  longestSharedMs: 0,
  settledAfterMs: 2100,
  moves: [],
  notJudgedMs: 0,
  broken: [],
  isSettled: true,
  ...more,
});

describe('the summary', () => {
  it('has the median and the longest of each kind, two faults being one in whatever order', () => {
    const reports = [report(1, ['b', 'a'], 100), report(2, ['a', 'b'], 300), report(3, ['a'], 20)];
    expect(byKind(reports)).toEqual([
      { kind: 'a', steps: 1, medianMs: 20, longestMs: 20 },
      { kind: 'a + b', steps: 2, medianMs: 200, longestMs: 300 },
    ]);
  });

  it('is a table', () => {
    expect(table(byKind([report(1, ['power off'], 780)])).split('\n')).toEqual([
      'what a client missed, in ms  steps   median  longest',
      'power off                        1      780      780',
    ]);
  });

  it('has a line for a step, and one for what it broke', () => {
    expect(lineOf(report(2, ['power off'], 780, { longestSharedMs: 40 }))).toBe(
      '03:04:05    2  power off: missed 780 ms, two owners for 40 ms, well after 2.1 s',
    );
    const broken = [{ invariant: 'some owner', message: 'nobody held it' }] as const;
    expect(lineOf(report(2, ['power off'], 780, { broken })).split('\n')[1]).toBe('      BROKEN some owner: nobody held it');
  });
});
