import { describe, expect, it } from 'vitest';
import { Lanes } from './lanes.ts';

const laneOf = (key: string): string => key.split('/')[0] ?? '';

const all = (lanes: Lanes): string[] => {
  const keys: string[] = [];
  for (let next = lanes.next(); next !== undefined; next = lanes.next()) keys.push(next[0]);
  return keys;
};

describe('lanes', () => {
  it('give each its turn, and in each the oldest first', () => {
    const lanes = new Lanes({ laneOf, perLane: 10 });
    for (const [since, key] of ['a/1', 'a/2', 'a/3', 'b/1', 'c/1', 'b/2'].entries()) lanes.add(key, since);
    expect(lanes.next()).toEqual(['a/1', 0]);
    expect(lanes.size).toBe(5);
    expect(lanes.isWaiting('a/1')).toBe(false);
    expect(lanes.isWaiting('a/2')).toBe(true);
    expect(all(lanes)).toEqual(['b/1', 'c/1', 'a/2', 'b/2', 'a/3']);
  });

  it('let a full one wait until a key of it leaves', () => {
    const lanes = new Lanes({ laneOf, perLane: 2 });
    for (const key of ['a/1', 'a/2', 'a/3', 'a/4', 'b/1']) lanes.add(key, 0);
    expect(all(lanes)).toEqual(['a/1', 'b/1', 'a/2']);
    lanes.leave('b/1');
    expect(lanes.next()).toBeUndefined();
    lanes.leave('a/1');
    expect(all(lanes)).toEqual(['a/3']);
  });

  it('take a key that was worked on again, in the lane that it has by then', () => {
    let lane = 'a';
    const lanes = new Lanes({ laneOf: () => lane, perLane: 1 });
    lanes.add('x', 0);
    lanes.add('y', 0);
    expect(all(lanes)).toEqual(['x']);
    lane = 'b';
    lanes.leave('x');
    lanes.add('x', 1);
    expect(all(lanes)).toEqual(['y', 'x']);
    expect(lanes.size).toBe(0);
  });

  it('are one where nobody tells them apart, and never full', () => {
    const lanes = new Lanes({});
    for (const key of ['c', 'a', 'b']) lanes.add(key, 0);
    expect(all(lanes)).toEqual(['c', 'a', 'b']);
  });

  it('cost the same whether ten or a hundred thousand keys wait in a full one', () => {
    const lanes = new Lanes({ laneOf, perLane: 1 });
    for (let index = 0; index < 100_000; index += 1) lanes.add(`full/${index}`, 0);
    expect(lanes.next()?.[0]).toBe('full/0');
    for (let index = 0; index < 100_000; index += 1) {
      lanes.add('other/1', index);
      expect(lanes.next()).toEqual(['other/1', index]);
      lanes.leave('other/1');
    }
    expect(lanes.size).toBe(99_999);
  });
});
