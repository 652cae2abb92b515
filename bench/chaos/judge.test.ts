import { describe, expect, it } from 'vitest';
import { BOUNDS } from './invariant.ts';
import { judged, type Seen } from './judge.ts';

const VIP = '192.0.2.200';
const calm = { missed: [{ address: VIP, longestMs: 0, lost: 0 }], moves: [] };
const move = (from: string[], to: string[]) => ({ at: 0, address: VIP, from, to });
const missed = (longestMs: number) => ({ ...calm, missed: [{ address: VIP, longestMs, lost: longestMs / 20 }] });
const seen = (what: Partial<Seen>): Seen => ({
  held: new Map([['node1', new Set([VIP])]]),
  touched: [],
  isClientWell: true,
  storm: calm,
  peace: calm,
  homeOf: () => 'node3',
  ...what,
});
const found = (what: Partial<Seen>): string[] => judged(seen(what)).map(({ invariant }) => invariant);

describe('a step', () => {
  it('in which nothing was missed broke nothing', () => {
    expect(found({})).toEqual([]);
  });

  it.each<[string, Partial<Seen>, string[]]>([
    ['a loss of an address whose owner nothing happened to', { storm: missed(20) }, ['undisturbed']],
    ['a move of such an address', { storm: { ...calm, moves: [move(['node1'], ['node2'])] } }, ['undisturbed']],
    ['a loss in peace, whatever happened before', { touched: ['node1'], peace: missed(20) }, ['stays settled']],
    ['a move in peace', { touched: ['node1'], peace: { ...calm, moves: [move(['node1'], ['node2'])] } }, ['stays settled']],
    ['a silence beyond the bound', { touched: ['node1'], storm: missed(BOUNDS.unreachableMs + 20) }, ['reachable']],
  ])('is broken by %s', (_, what, invariants) => {
    expect(found(what)).toEqual(invariants);
  });

  it.each<[string, Partial<Seen>]>([
    ['a loss of an address whose owner is touched', { touched: ['node1'], storm: missed(900) }],
    ['a move home', { peace: { ...calm, moves: [move(['node1'], ['node3'])] } }],
    [
      'a second node that hears nobody and gives way again',
      { storm: { ...calm, moves: [move(['node1'], ['node1', 'node2']), move(['node1', 'node2'], ['node1'])] } },
    ],
    ['a look between the old owner and the new one', { peace: { ...calm, moves: [move(['node1'], []), move([], ['node3'])] } }],
    ['a silence of a client that is cut off itself', { touched: ['node1'], isClientWell: false, storm: missed(BOUNDS.unreachableMs + 20) }],
  ])('is not broken by %s', (_, what) => {
    expect(found(what)).toEqual([]);
  });
});
