import { describe, expect, it } from 'vitest';
import { type Health, hear, type NodeNews, unsteadyAt } from './steadiness.ts';

const SECOND = 1000;
/** What is known after news at these seconds. */
const known = (...news: readonly (readonly [number, NodeNews])[]): Health | undefined =>
  news.reduce<Health | undefined>((health, [at, one]) => hear(health, one, at * SECOND), undefined);
const restsAt = (health: Health | undefined, seconds: number): boolean =>
  unsteadyAt(new Map(health ? [['node1', health]] : []), seconds * SECOND).nodes.length > 0;

describe('a node', () => {
  it.each<[string, readonly (readonly [number, NodeNews])[], number, number | undefined]>([
    ['that was always Ready is steady', [[0, 'Ready']], 0, undefined],
    [
      'that is Ready again is so after ten seconds',
      [
        [0, 'NotReady'],
        [60, 'Ready'],
      ],
      60,
      70,
    ],
    ['that lost its addresses once is at once', [[0, 'Lost']], 0, undefined],
    [
      'that lost them twice is at once',
      [
        [0, 'Lost'],
        [60, 'Lost'],
      ],
      60,
      undefined,
    ],
    [
      'that lost them three times is after a minute',
      [
        [0, 'Lost'],
        [60, 'Lost'],
        [120, 'Lost'],
      ],
      120,
      180,
    ],
    [
      'that lost them a fourth time is after two',
      [
        [0, 'Lost'],
        [60, 'Lost'],
        [120, 'Lost'],
        [200, 'Lost'],
      ],
      200,
      320,
    ],
    [
      'that lost power once was lost once',
      [
        [0, 'Lost'],
        [40, 'NotReady'],
        [100, 'Ready'],
      ],
      100,
      110,
    ],
    [
      'that lost many addresses at a time was lost once',
      [
        [0, 'Lost'],
        [1, 'Lost'],
        [2, 'Lost'],
        [3, 'Lost'],
      ],
      3,
      undefined,
    ],
    [
      'that was lost now and then is at once',
      [
        [0, 'Lost'],
        [700, 'Lost'],
        [1400, 'Lost'],
      ],
      1400,
      undefined,
    ],
    [
      'whose kubelet flaps is after a minute',
      [
        [0, 'NotReady'],
        [100, 'Ready'],
        [200, 'NotReady'],
        [300, 'Ready'],
        [400, 'NotReady'],
        [500, 'Ready'],
      ],
      500,
      560,
    ],
  ])('%s', (_, news, from, until) => {
    const health = known(...news);
    if (until === undefined) return expect(restsAt(health, from)).toBe(false);
    expect([from, until - 1, until].map((at) => restsAt(health, at))).toEqual([true, true, false]);
  });

  it('never waits for more than ten minutes', () => {
    const often = Array.from({ length: 30 }, (_, index) => [index * 60, 'Lost'] as const);
    expect([30 * 60, 29 * 60 + 600].map((at) => restsAt(known(...often), at))).toEqual([true, false]);
  });

  it('that rests says how often it was lost, and when to look again', () => {
    const health = known([0, 'Lost'], [60, 'Lost'], [120, 'Lost']);
    expect(unsteadyAt(new Map([['node1', health as Health]]), 130 * SECOND)).toEqual({
      nodes: [{ node: 'node1', losses: 3 }],
      again: 50_000,
    });
  });
});
