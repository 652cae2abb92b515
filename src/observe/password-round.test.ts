import { describe, expect, it } from 'vitest';
import { aReport } from '../../test/builders/object.ts';
import type { ReportedNode } from '../plan/input.ts';
import { ALONE_PAUSE, type Callers, NO_CALLERS, ROUND_PAUSE, roundIsDue } from './password-round.ts';

const NODES = ['node1', 'node2', 'node3'];
const calling = (round: number, ...nodes: readonly string[]): ReportedNode[] =>
  NODES.map((node) => {
    const report = aReport(node, 'r');
    return nodes.includes(node) ? { ...report, config: { ...report.config, passwordWaitsAfter: round } } : report;
  });

describe('a new round of the password', () => {
  let callers: Callers;
  const ask = (reports: readonly ReportedNode[], round: number, now: number): boolean => {
    const { isDue, callers: after } = roundIsDue(reports, round, callers, now);
    callers = after;
    return isDue;
  };

  it.each<[string, readonly ReportedNode[], boolean]>([
    ['while no node calls for one', calling(0), false],
    ['when a node has a changed password', calling(0, 'node1'), true],
    ['for what a node called for before the last round', calling(7, 'node1'), false],
  ])('is due or not: %s', (_, reports, expected) => {
    callers = NO_CALLERS;
    expect(ask(reports, 0, 0)).toBe(expected);
  });

  it('is called by each node whose kubelet comes late, not sooner than its pause', () => {
    callers = NO_CALLERS;
    expect(ask(calling(0, 'node1'), 0, 0)).toBe(true);
    expect(ask(calling(1, 'node2'), 1, ROUND_PAUSE - 1)).toBe(false);
    expect(ask(calling(1, 'node2'), 1, ROUND_PAUSE)).toBe(true);
  });

  it('is called by most of the nodes however often', () => {
    callers = NO_CALLERS;
    for (let round = 0; round < 10; round += 1) expect(ask(calling(round, 'node1', 'node2'), round, round * ROUND_PAUSE)).toBe(true);
  });

  it('is called only a few times a week by a node that always calls for one alone', () => {
    callers = NO_CALLERS;
    let round = 0;
    for (let now = 0; now < 7 * 24 * 3_600_000; now += ROUND_PAUSE) if (ask(calling(round, 'node1'), round, now)) round += 1;
    expect(round).toBeLessThanOrEqual(Math.log2((7 * 24 * 3_600_000) / ALONE_PAUSE) + 2);
    expect(round).toBeGreaterThan(1);
  });
});
