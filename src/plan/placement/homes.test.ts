import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Home, type Resident, rebalance, settle } from './homes.ts';

const NONE: ReadonlyMap<string, Home> = new Map();
const nodesOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `node${index}`);
const vips = (count: number, prefix = 'web/s'): Resident[] =>
  Array.from({ length: count }, (_, index) => ({ name: `${prefix}${index}`, weight: 1 }));

/** Addresses on each node while some are lost: on the first node of the home that is left. */
function loads(
  residents: readonly Resident[],
  homes: ReadonlyMap<string, Home>,
  nodes: readonly string[],
  lost: readonly string[] = [],
): number[] {
  const counts = new Map(nodes.filter((node) => !lost.includes(node)).map((node) => [node, 0]));
  for (const { name, weight } of residents) {
    const at = homes.get(name)?.find((node) => !lost.includes(node));
    if (at !== undefined) counts.set(at, (counts.get(at) ?? 0) + weight);
  }
  return [...counts.values()];
}
const unevenness = (counts: readonly number[]): number => Math.max(...counts) - Math.min(...counts);
const movedBetween = (before: ReadonlyMap<string, Home>, after: ReadonlyMap<string, Home>): string[] =>
  [...before].filter(([name, [first]]) => after.get(name)?.[0] !== first).map(([name]) => name);

describe('homes of new virtual routers', () => {
  it.each([3, 5, 10, 50].flatMap((nodes) => [3, 30, 255].map((count): [number, number] => [nodes, count])))(
    'are even on %i nodes for %i addresses, at rest and after the loss of any one node',
    (count, addresses) => {
      const [nodes, residents] = [nodesOf(count), vips(addresses)];
      const homes = settle(residents, nodes, NONE);
      expect(unevenness(loads(residents, homes, nodes))).toBeLessThanOrEqual(1);
      const mean = addresses / (count - 1);
      for (const lost of nodes) expect(Math.max(...loads(residents, homes, nodes, [lost]))).toBeLessThanOrEqual(Math.ceil(mean * 1.1) + 1);
    },
  );

  it('are as even when they come one after the other', () => {
    const [nodes, residents] = [nodesOf(5), vips(52)];
    const homes = residents.reduce((saved, _, at) => settle(residents.slice(0, at + 1), nodes, saved), NONE);
    expect(unevenness(loads(residents, homes, nodes))).toBeLessThanOrEqual(1);
  });

  it('count addresses, not virtual routers', () => {
    const residents = [{ name: 'web/big', weight: 9 }, ...vips(18)];
    expect(loads(residents, settle(residents, nodesOf(3), NONE), nodesOf(3))).toEqual([9, 9, 9]);
  });

  it('are apart for residents of one set, also after a loss, as far as nodes go', () => {
    const siblings = vips(3, 'web/spread/').map((resident): Resident => ({ ...resident, set: 'web/spread' }));
    const residents = [...vips(40), ...siblings];
    const homes = settle(residents, nodesOf(4), NONE);
    const firsts = siblings.map(({ name }) => homes.get(name)?.[0]);
    expect(new Set(firsts).size).toBe(3);
    for (const { name } of siblings) expect(firsts).not.toContain(homes.get(name)?.[1]);
  });

  it('have one node where there is one, and none where there is none', () => {
    expect([...settle(vips(2), nodesOf(1), NONE).values()]).toEqual([['node0'], ['node0']]);
    expect([...settle(vips(1), [], NONE).values()]).toEqual([[]]);
  });

  it('do not depend on the order of the lists', () => {
    const [nodes, residents] = [nodesOf(4), vips(9)];
    const usual = [...settle(residents, nodes, NONE)].sort();
    fc.assert(
      fc.property(
        fc.shuffledSubarray(nodes, { minLength: 4 }),
        fc.shuffledSubarray(residents, { minLength: 9 }),
        (someNodes, someResidents) => {
          expect([...settle(someResidents, someNodes, NONE)].sort()).toEqual(usual);
        },
      ),
    );
  });
});

describe('homes that are saved', () => {
  const [nodes, residents] = [nodesOf(5), vips(100)];
  const homes = settle(residents, nodes, NONE);

  it('stay when a node joins', () => expect(settle(residents, [...nodes, 'node9'], homes)).toEqual(homes));

  it('stay when others come and go', () => {
    const others = [...residents.slice(0, 60), ...vips(30, 'web/new')];
    const after = settle(others, nodes, new Map([...homes].slice(0, 60)));
    for (const { name } of residents.slice(0, 60)) expect(after.get(name)).toEqual(homes.get(name));
  });

  it('are given to the second node where the first is gone for good, evenly, and nobody else moves', () => {
    const left = nodes.slice(1);
    const saved = new Map([...homes].map(([name, home]) => [name, home.filter((node) => node !== 'node0')]));
    const after = settle(residents, left, saved);
    for (const name of movedBetween(homes, after)) {
      expect(homes.get(name)?.[0]).toBe('node0');
      expect(after.get(name)?.[0]).toBe(homes.get(name)?.[1]);
    }
    expect(unevenness(loads(residents, after, left))).toBeLessThanOrEqual(1);
    expect([...after.values()].every((home) => home.length === 2)).toBe(true);
  });
});

describe('a rebalance', () => {
  const [nodes, residents] = [[...nodesOf(3), 'node9'], vips(40)];
  const before = settle(residents, nodesOf(3), NONE);

  it('makes homes even again after a node joined, and moves no more than that takes', () => {
    const after = rebalance(residents, nodes, before, Number.POSITIVE_INFINITY);
    expect(loads(residents, after, nodes)).toEqual([10, 10, 10, 10]);
    expect(movedBetween(before, after)).toHaveLength(10);
    for (const name of movedBetween(before, after)) expect(after.get(name)?.[0]).toBe('node9');
  });

  it('stops at its budget', () => {
    expect(movedBetween(before, rebalance(residents, nodes, before, 4))).toHaveLength(4);
    expect(movedBetween(before, rebalance(residents, nodes, before, 0))).toEqual([]);
  });

  it('ends, whatever the weights', () => {
    const weighed = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(weighed, fc.integer({ min: 1, max: 6 }), (weights, count) => {
        const some = weights.map((weight, index): Resident => ({ name: `web/s${index}`, weight }));
        const crowded = new Map(some.map(({ name }): [string, Home] => [name, ['node0']]));
        const after = rebalance(some, nodesOf(count), crowded, Number.POSITIVE_INFINITY);
        expect(unevenness(loads(some, after, nodesOf(count)))).toBeLessThanOrEqual(Math.max(...weights));
      }),
    );
  });
});
