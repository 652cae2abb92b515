import { describe, expect, it } from 'vitest';
import { type Breaks, shrunk } from './shrink.ts';
import { type Step, stepsOf } from './walk.ts';

const WALK = stepsOf(7, ['node1', 'node2', 'node3'], 40);
const number = (steps: readonly Step[]): number[] => steps.map(({ number }) => number);
/** A question that counts how often it was asked. */
function asking(breaks: (steps: readonly Step[]) => boolean): { breaks: Breaks; asked: (readonly Step[])[] } {
  const asked: (readonly Step[])[] = [];
  return {
    asked,
    breaks: async (steps) => {
      asked.push(steps);
      return breaks(steps);
    },
  };
}

describe('a walk that breaks something', () => {
  it('is its last step, where that alone does it', async () => {
    const { breaks } = asking((steps) => number(steps).includes(40));
    expect(number(await shrunk(WALK, breaks, 100))).toEqual([40]);
  });

  it('is the steps that are needed, in their order', async () => {
    const { breaks, asked } = asking((steps) => [31, 36, 40].every((one) => number(steps).includes(one)));
    expect(number(await shrunk(WALK, breaks, 100))).toEqual([31, 36, 40]);
    expect(asked.length).toBeLessThan(40);
  });

  it('has the faults that are needed, no longer than needed, and none that lasts for less than any of a walk', async () => {
    const last = WALK.findLast(({ acts }) => acts.length === 2 && (acts[0]?.lasts ?? 0) > 4000);
    const walk = WALK.slice(0, last?.number);
    const kind = last?.acts[0]?.fault.kind;
    const { breaks } = asking((steps) => (steps.at(-1)?.acts ?? []).some(({ fault, lasts }) => fault.kind === kind && lasts >= 1500));
    const [step, ...others] = await shrunk(walk, breaks, 100);
    expect(others).toEqual([]);
    expect(step?.acts).toEqual([{ fault: last?.acts[0]?.fault, at: 0, lasts: 1500 }]);
  });

  it('is what is known so far when enough was asked, and the walk itself when nothing shorter breaks', async () => {
    const needed = asking((steps) => number(steps).includes(5));
    expect(number(await shrunk(WALK, needed.breaks, 7)).length).toBeLessThanOrEqual(40);
    expect(needed.asked).toHaveLength(7);
    const never = asking(() => false);
    expect(await shrunk(WALK, never.breaks, 1000)).toBe(WALK);
    expect(new Set(never.asked.map((steps) => JSON.stringify(steps))).size).toBe(never.asked.length);
    expect(never.asked).not.toContainEqual(WALK);
  });
});
