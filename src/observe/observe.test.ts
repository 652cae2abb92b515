import { beforeEach, describe, expect, it } from 'vitest';
import { aReport } from '../../test/builders/object.ts';
import { aWord } from '../../test/builders/word.ts';
import type { KeepalivedGroupStatus } from '../api/group/keepalived-group.ts';
import type { NodeReport } from '../api/node/report.ts';
import { MOST_MOVES } from '../api/virtual-ip/virtual-ip.ts';
import { causeInWords } from './cause.ts';
import { LASTING } from './doubt.ts';
import { SILENCE, type Word } from './evidence.ts';
import { recordOf } from './journal/move.ts';
import { type Before, observe, type Truth } from './observe.ts';

const VIP = '192.0.2.200';
const NODES = ['node1', 'node2', 'node3'];
const EXPECTED = { nodes: NODES, routers: [{ name: 'web/web', addresses: [VIP], ranks: NODES }] };

const reportOf = (node: string, isMaster: boolean, more: Partial<NodeReport> = {}): NodeReport => ({
  ...aReport(node, 'r', [isMaster ? { state: 'MASTER', addresses: [VIP], held: [VIP] } : {}]),
  ...more,
});
/** What the three nodes say while these are masters, all asked at that moment. */
const masters = (at: number, ...owners: readonly string[]): Word[] => NODES.map((node) => aWord(reportOf(node, owners.includes(node)), at));

let truth: Before;
beforeEach(() => {
  truth = undefined;
});
const look = (now: number, words: readonly Word[]): Truth => {
  const seen = observe(EXPECTED, words, truth, now);
  truth = seen;
  return seen;
};
const kindAt = (now: number, words: readonly Word[]): string | undefined => look(now, words).owners.get('web/web')?.kind;
const movesAt = (now: number, words: readonly Word[]): string[] =>
  look(now, words).moves.map(({ from, to, cause }) => `${from}>${to} ${cause.kind}`);

describe('the owner of an address', () => {
  it('is told at once, and so is a move', () => {
    expect(look(0, masters(0, 'node1'))).toMatchObject({ moves: [] });
    expect(movesAt(1, masters(1, 'node2'))).toEqual(['node1>node2 Resigned']);
    expect(movesAt(2, masters(2, 'node2'))).toEqual([]);
  });

  it.each<[string, (at: number) => Word[], string]>([
    ['two masters', (at) => masters(at, 'node1', 'node2'), 'SeveralOwners'],
    ['no master', (at) => masters(at), 'NoOwner'],
    ['nobody who answers', () => [], 'Unknown'],
  ])('is in no trouble by %s before it lasts', (_, words, kind) => {
    look(0, masters(0, 'node1'));
    expect(look(1000, words(1000)).again).toBe(LASTING);
    expect(kindAt(1500, words(1500))).toBe('Owned');
    expect(kindAt(1000 + LASTING, words(1000 + LASTING))).toBe(kind);
  });

  it('is not doubled by a word that nobody has repeated since the doubt began', () => {
    look(0, masters(0, 'node1'));
    const [first, ...others] = masters(100, 'node2');
    const old = aWord(reportOf('node1', true), 0);
    expect(first).toBeDefined();
    expect(kindAt(100, [old, ...others])).toBe('Owned');
    expect(kindAt(100 + LASTING, [old, ...masters(100 + LASTING, 'node2').slice(1)])).toBe('Owned');
    expect(kindAt(200 + LASTING, masters(200 + LASTING, 'node1', 'node2'))).toBe('SeveralOwners');
  });

  it('who hands over meanwhile was never in trouble', () => {
    look(0, masters(0, 'node1'));
    look(100, masters(100, 'node1', 'node2'));
    expect(movesAt(600, masters(600, 'node2'))).toEqual(['node1>node2 Resigned']);
    expect(kindAt(5000, masters(5000, 'node1', 'node2'))).toBe('Owned');
  });

  it('that was lost for long has moved when another one appears', () => {
    look(0, masters(0, 'node1'));
    look(1, masters(1));
    expect(kindAt(10_000, masters(10_000))).toBe('NoOwner');
    expect(movesAt(60_000, masters(60_000, 'node3'))).toEqual(['node1>node3 Resigned']);
  });

  it('is known from the status after a start, and has moved when the nodes say otherwise', () => {
    const router = { name: 'web/web', virtualRouterID: 1, addressCount: 1, addresses: [VIP], node: 'node1', state: 'Owned' } as const;
    const status: KeepalivedGroupStatus = { virtualRouters: [router] };
    truth = status;
    expect(kindAt(0, [])).toBe('Owned');
    expect(movesAt(100, masters(100, 'node2'))).toEqual(['node1>node2 Resigned']);
  });

  it('of a new virtual router is unknown until a node has it', () => {
    expect(look(0, masters(0))).toMatchObject({ again: LASTING });
    expect(kindAt(1000, masters(1000, 'node1'))).toBe('Owned');
  });
});

describe('the cause of a move', () => {
  const [, second, third] = masters(100, 'node2');
  const others = [second, third].flatMap((word) => word ?? []);
  it.each<[string, Word | undefined, string]>([
    ['that a node does not answer', aWord(reportOf('node1', true), 50, { silentSince: 60 }), 'NodeSilent'],
    ['that keepalived does not run', aWord(reportOf('node1', false, { daemon: { running: false, reloads: 0 } }), 100), 'DaemonStopped'],
    [
      'what its agent complains of',
      aWord(reportOf('node1', false, { problems: [{ reason: 'X', message: 'eth0 is gone' }] }), 100),
      'Fault',
    ],
    ['that the instance is in FAULT', aWord(aReport('node1', 'r', [{ state: 'FAULT' }]), 100), 'Fault'],
    ['that nothing is wrong with it', aWord(reportOf('node1', false), 100), 'Resigned'],
  ])('is %s', (_, word, kind) => {
    look(0, masters(0, 'node1'));
    expect(movesAt(100, [...(word ? [word] : []), ...others])).toEqual([`node1>node2 ${kind}`]);
  });

  it('is that a node that comes before takes it back', () => {
    look(0, masters(0, 'node2'));
    expect(movesAt(1, masters(1, 'node1'))).toEqual(['node2>node1 Preferred']);
  });

  it('is why the node has to give it up, whatever else its agent complains of', () => {
    look(0, masters(0, 'node1'));
    const complaining = aWord(reportOf('node1', false, { problems: [{ reason: 'X', message: 'a line is left out' }] }), 100);
    const standing = new Map([['node1', 'emptied' as const]]);
    const { moves } = observe({ ...EXPECTED, standing }, [complaining, ...others], truth, 100);
    expect(moves.map(({ from, to, cause }) => causeInWords(cause, { from, to }))).toEqual(['node1 is cordoned and emptied']);
  });

  it('is that the node is drained, where the plan puts another before it one address after the other', () => {
    look(0, masters(0, 'node1'));
    const turned = { ...EXPECTED, routers: EXPECTED.routers.map((one) => ({ ...one, ranks: ['node2', 'node1', 'node3'] })) };
    const told = (draining: readonly string[]) =>
      observe({ ...turned, draining }, masters(1, 'node2'), truth, 1).moves.map((move) => recordOf(move));
    expect(told(['node1'])).toMatchObject([{ cause: 'Drained', message: 'node1 is being drained' }]);
    expect(told(['node2'])).toMatchObject([{ cause: 'PlanChanged' }]);
    // It keeps what it has, and the plan changes for another reason.
    const resting = { ...EXPECTED, standing: new Map([['node1', 'unsteady' as const]]) };
    truth = observe(resting, masters(0, 'node1'), undefined, 0);
    const moved = observe({ ...turned, standing: resting.standing }, masters(1, 'node2'), truth, 1).moves.map((move) => recordOf(move));
    expect(moved).toMatchObject([{ cause: 'PlanChanged' }]);
    const shaky = { ...turned, draining: ['node1'], standing: new Map([['node1', 'unsteady' as const]]) };
    expect(observe(shaky, masters(1, 'node2'), truth, 1).moves.map((move) => recordOf(move))).toMatchObject([{ cause: 'Drained' }]);
  });

  it('is that the node is none of the group any more', () => {
    look(0, masters(0, 'node1'));
    const { moves } = observe({ ...EXPECTED, nodes: ['node2', 'node3'] }, masters(1, 'node2'), truth, 1);
    expect(moves.map(({ cause }) => cause.kind)).toEqual(['NodeLeft']);
  });
});

describe('a word', () => {
  it('counts however old it is while its node answers, and for a while when it does not', () => {
    const old = masters(0, 'node1');
    const silent = old.map((word) => ({ ...word, silentSince: 1 }));
    expect(observe(EXPECTED, old, undefined, 60_000).words).toHaveLength(3);
    expect(observe(EXPECTED, silent, undefined, SILENCE - 1).words).toHaveLength(3);
    expect(observe(EXPECTED, silent, undefined, SILENCE).words).toHaveLength(0);
  });
});

it('remembers the latest moves, and no more than it may', () => {
  for (let at = 0; at <= 2 * MOST_MOVES; at += 1) {
    const words = masters(at, at % 2 === 0 ? 'node1' : 'node2');
    truth = observe(EXPECTED, words, truth, at, { wall: at, recordedOf: () => undefined });
  }
  const { journal = [] } = (truth as Truth).chronicles.get('web/web') ?? {};
  expect(journal).toHaveLength(MOST_MOVES);
  expect(journal.at(-1)).toMatchObject({ from: 'node2', to: 'node1', time: '1970-01-01T00:00:00.032Z' });
});
