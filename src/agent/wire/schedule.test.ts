import { describe, expect, it } from 'vitest';
import { NOTHING_KNOWN } from './known.ts';
import { ASKERS, askersOf, MOST_QUESTIONS, questionsNow } from './schedule.ts';

const NODES = Array.from({ length: 100 }, (_, index) => `node${index}`);
const ADDRESSES = Array.from({ length: 5000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);

describe('5,000 addresses on 100 nodes', () => {
  it('have three nodes each, that share the work evenly', () => {
    const load = new Map<string, number>();
    for (const address of ADDRESSES) {
      const askers = askersOf(address, NODES);
      expect(new Set(askers).size).toBe(ASKERS);
      for (const node of askers) load.set(node, (load.get(node) ?? 0) + 1);
    }
    expect(load.size).toBe(100);
    expect(Math.max(...load.values())).toBeLessThan(200);
  });
  it('are asked for by a node within twenty seconds each', () => {
    const mine = ADDRESSES.filter((address) => askersOf(address, NODES).includes('node7'));
    const known = new Map<string, typeof NOTHING_KNOWN>();
    for (let now = 0; now < 20_000; now += 1000)
      for (const address of questionsNow(mine, known, now)) known.set(address, { ...NOTHING_KNOWN, asked: now });
    expect(known.size).toBe(mine.length);
  });
});

it('asks first what is new, then what was asked longest ago', () => {
  const place = { mac: '02:00:00:00:00:01', since: 9000, isConfirmed: false };
  const known = new Map([
    ['a', { ...NOTHING_KNOWN, asked: 5000 }],
    ['b', { ...NOTHING_KNOWN, asked: 4000 }],
    ['c', { ...NOTHING_KNOWN, asked: 8500, place }],
    ['d', { ...NOTHING_KNOWN, asked: 9000 }],
  ]);
  expect(questionsNow(['a', 'b', 'c', 'd', 'e'], known, 10_000)).toEqual(['c', 'e', 'b', 'a']);
  expect(MOST_QUESTIONS).toBe(10);
});

it('is the same whoever asks, and few nodes all ask', () => {
  expect(askersOf('192.0.2.1', [...NODES].reverse())).toEqual(askersOf('192.0.2.1', NODES));
  expect(askersOf('192.0.2.1', ['a', 'b'])).toEqual(['a', 'b']);
});
