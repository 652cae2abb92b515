import { describe, expect, it } from 'vitest';
import type { AddressFact, Facts, Health, MoveFact, NodeFact } from '../model/facts.ts';
import { NO_FACTS } from '../model/facts.ts';
import { boardOf, inOrder, MOST_NAMED, MOST_ROWS, nobodyInWords } from './board.ts';
import { cellAt, cellsOf } from './cells.ts';
import { findingsInOrder } from './findings.ts';
import { doubtsOf, headlineOf } from './headline.ts';
import { incidentsOf, latestFirst } from './incidents.ts';
import { networkVerdict } from './network.ts';
import { orderOf } from './order.ts';
import { recentAfter, STANDS_OUT, still } from './recent.ts';
import { NO_FILTER, rowsOf, windowOf } from './rows.ts';
import { BLANK, type Screen, screenAfter } from './screen.ts';
import { span } from './words.ts';

const fact = (
  address: string,
  node?: string,
  health: Health = node === undefined ? 'NoOwner' : 'Well',
  rest: Partial<AddressFact> = {},
) => ({
  ...{ address, health },
  ...(node !== undefined && { node }),
  ...rest,
});
const table = (...all: readonly AddressFact[]): Facts['addresses'] => Object.fromEntries(all.map((one) => [one.address, one]));
const node = (name: string, rest: Partial<NodeFact> = {}): NodeFact => ({ name, troubles: [], isMember: true, ...rest });
const nodes = (...all: readonly NodeFact[]): Facts['nodes'] => Object.fromEntries(all.map((one) => [one.name, one]));
const many = (count: number): Facts['addresses'] =>
  table(...Array.from({ length: count }, (_, index) => fact(`10.0.${Math.floor(index / 200)}.${index % 200}`, 'node1')));

describe('the headline', () => {
  const live = { VirtualIPs: { kind: 'VirtualIPs', state: 'live' } } as const;
  const sentence = (...all: readonly AddressFact[]) => headlineOf({ addresses: table(...all), nodes: {}, sources: live });

  it.each<[string, AddressFact[], string, string]>([
    ['all is well', [fact('10.0.0.1', 'a'), fact('10.0.0.2', 'a')], 'calm', 'All 2 addresses have one owner each.'],
    ['there is one', [fact('10.0.0.1', 'a')], 'calm', 'The one address has its owner.'],
    ['there is none', [], 'calm', 'No address is carried.'],
    ['nobody has one', [fact('10.0.0.1'), fact('10.0.0.2', 'a')], 'alarm', '1 of 2 addresses has no owner.'],
    ['two nodes have one', [fact('10.0.0.1', undefined, 'SeveralOwners')], 'alarm', '1 of 1 addresses have several owners.'],
    ['one is doubtful', [fact('10.0.0.1', 'a', 'Doubtful'), fact('10.0.0.2', 'a')], 'doubt', '1 of 2 addresses needs a look.'],
    ['one is only reserved', [fact('10.0.0.1', undefined, 'Idle')], 'calm', 'No address is carried.'],
  ])('where %s', (_, all, tone, words) => expect(sentence(...all)).toMatchObject({ tone, sentence: words }));

  it('counts what is not well, the worst first', () =>
    expect(sentence(fact('10.0.0.1', 'a', 'Doubtful'), fact('10.0.0.2'), fact('10.0.0.3')).counts.map(({ words }) => words)).toEqual([
      '2 no owner',
      '1 doubtful',
    ]));

  it('says that it reads, while it does', () => {
    const loading = { VirtualIPs: { kind: 'VirtualIPs', state: 'loading' } } as const;
    expect(headlineOf({ addresses: {}, nodes: {}, sources: loading }).sentence).toBe('Reading the cluster …');
  });

  it('names the nodes that something is wrong with, by number', () => {
    const told = nodes(
      node('node10', { troubles: ['x'] }),
      node('node2', { troubles: ['x'] }),
      node('out', { troubles: ['x'], isMember: false }),
    );
    expect(headlineOf({ addresses: {}, nodes: told, sources: live }).nodes).toEqual(['node2', 'node10']);
  });

  it('says in one sentence what is interrupted', () => {
    const kinds = ['VirtualIPs', 'Nodes'].map(
      (kind) => [kind, { kind, state: 'interrupted', message: 'It is tried again: no route' }] as const,
    );
    expect(doubtsOf(Object.fromEntries(kinds))).toEqual([
      { tone: 'alarm', message: 'Shown as they were: VirtualIPs, Nodes. It is tried again: no route' },
    ]);
  });

  it('says what may not be read', () =>
    expect(doubtsOf({ ...live, Nodes: { kind: 'Nodes', state: 'forbidden', message: 'You may not list Nodes.' } })).toEqual([
      { tone: 'calm', message: 'You may not list Nodes.' },
    ]));
});

describe('the board', () => {
  it('has a lane for each node that takes part, by number, and its addresses by number', () => {
    const addresses = table(fact('10.0.0.10', 'node2'), fact('10.0.0.9', 'node2'), fact('10.0.0.1', 'node10'));
    const { lanes, nobody } = boardOf({ addresses, nodes: nodes(node('node10'), node('node2'), node('other', { isMember: false })) }, []);
    expect(lanes.map((lane) => [lane.node?.name, lane.addresses.map(({ address }) => address)])).toEqual([
      ['node2', ['10.0.0.9', '10.0.0.10']],
      ['node10', ['10.0.0.1']],
    ]);
    expect(nobody.addresses).toEqual([]);
  });

  it('puts what nobody has, or several nodes, in a place of its own, loudly', () => {
    const addresses = table(fact('10.0.0.1'), fact('10.0.0.2', undefined, 'SeveralOwners'), fact('10.0.0.3', undefined, 'Idle'));
    const { nobody } = boardOf({ addresses, nodes: {} }, []);
    expect([nobody.tone, nobody.addresses.length]).toEqual(['alarm', 2]);
  });

  it('says of them what is the matter, the worst first', () => {
    const words = (...healths: readonly Health[]) =>
      nobodyInWords({ addresses: healths.map((health, index) => fact(`10.0.0.${index}`, undefined, health)) });
    expect(words('NoOwner', 'Unknown', 'NoOwner')).toEqual({
      sign: '✕',
      words: '2 addresses on no node, 1 address on a node that is not known',
    });
    expect(words('SeveralOwners')).toEqual({ sign: '≠', words: '1 address on several nodes' });
    expect(words('Incomplete')).toEqual({ sign: '?', words: '1 address on a node that is not known' });
  });

  it('shows what came, and what has left', () => {
    const addresses = table(fact('10.0.0.1', 'b'), fact('10.0.0.2', 'b'));
    const { lanes } = boardOf({ addresses, nodes: nodes(node('a'), node('b')) }, [{ address: '10.0.0.1', from: 'a', to: 'b', at: 0 }]);
    expect(lanes.map(({ came, left }) => [[...came.keys()], left.map(({ address }) => address)])).toEqual([
      [[], ['10.0.0.1']],
      [['10.0.0.1'], []],
    ]);
  });

  it.each([
    [MOST_ROWS, 'rows'],
    [MOST_ROWS + 1, 'names'],
    [MOST_NAMED, 'names'],
    [MOST_NAMED + 1, 'cells'],
  ])('of %i addresses shows %s', (count, detail) =>
    expect(boardOf({ addresses: many(count), nodes: nodes(node('node1')) }, []).detail).toBe(detail),
  );

  it('orders addresses by number, IPv4 first', () => {
    const sorted = ['10.0.0.9', '10.0.0.10', '10.0.1.1', '::1', '2001:db8::9', '2001:db8::10', '2001:db8:1::'];
    expect(inOrder(table(...sorted.toReversed().map((one) => fact(one, 'a')))).map(({ address }) => address)).toEqual(sorted);
    expect(orderOf('2001:db8::1')).toBe('620010db8000000000000000000000001');
  });
});

describe('cells', () => {
  const addresses = [fact('10.0.0.1', 'a'), fact('10.0.0.2', 'a', 'Doubtful'), fact('10.0.0.3', 'a')];
  const came = new Map([['10.0.0.3', { address: '10.0.0.3', to: 'a', at: 0 }]]);
  const cells = cellsOf({ addresses, came, left: [{ address: '10.0.0.4', from: 'a', at: 0 }] }, 2);

  it('are a path for each kind, in rows', () =>
    expect(cells).toEqual({
      ...{ width: 18, height: 18 },
      paths: [
        { kind: 'calm', data: 'M0 0h7v7h-7z' },
        { kind: 'doubt', data: 'M9 0h7v7h-7z' },
        { kind: 'came', data: 'M0 9h7v7h-7z' },
        { kind: 'left', data: 'M9 9h7v7h-7z' },
      ],
    }));

  it('lead to their address', () => {
    expect([cellAt({ addresses }, 2, 10, 3), cellAt({ addresses }, 2, 3, 12)]).toEqual(['10.0.0.2', '10.0.0.3']);
    expect([cellAt({ addresses }, 2, 20, 3), cellAt({ addresses }, 2, 10, 12)]).toEqual([undefined, undefined]);
  });
});

describe('what has just moved', () => {
  const before = table(fact('10.0.0.1', 'a'), fact('10.0.0.2', 'a'));
  const nobody = table(fact('10.0.0.1'), fact('10.0.0.2', 'a'));
  const moved = table(fact('10.0.0.1', 'b'), fact('10.0.0.2', 'a'));

  it('is nothing at the beginning, nor what is new', () => expect(recentAfter([], {}, before, 0)).toEqual([]));
  it('is an address on another node', () =>
    expect(recentAfter([], before, moved, 5)).toEqual([{ address: '10.0.0.1', from: 'a', to: 'b', at: 5 }]));

  it('keeps where it began from, when nobody had it meanwhile', () => {
    const lost = recentAfter([], before, nobody, 1);
    expect(lost).toEqual([{ address: '10.0.0.1', from: 'a', at: 1 }]);
    expect(recentAfter(lost, nobody, moved, 2)).toEqual([{ address: '10.0.0.1', from: 'a', to: 'b', at: 2 }]);
  });

  it('stands out for a while, and for as long as nobody has it', () => {
    const all = [
      { address: 'x', to: 'b', at: 0 },
      { address: 'y', at: 0 },
    ];
    expect(still(all, STANDS_OUT - 1)).toBe(all);
    expect(still(all, STANDS_OUT)).toEqual([{ address: 'y', at: 0 }]);
  });
});

describe('incidents', () => {
  const move = (
    second: number,
    address: string,
    from: string | undefined,
    to: string,
    cause = 'NodeSilent',
    gap?: [number, number],
  ): MoveFact => {
    const time = `2026-01-02T04:00:${String(second).padStart(2, '0')}.000Z`;
    return { id: `${address} ${time} ${to}`, ...{ address, time, to, cause, message: 'm' }, ...(from && { from }), ...(gap && { gap }) };
  };

  it('are the moves away from one node for one cause, with how many went where, and the longest time without an owner', () => {
    const moves = [
      move(3, 'c', 'a', 'y', 'NodeSilent', [500, 900]),
      move(2, 'b', 'a', 'x', 'NodeSilent', [300, 320]),
      move(1, 'a', 'a', 'x'),
    ];
    expect(incidentsOf(moves)).toEqual([
      {
        ...{ id: 'NodeSilent from a a 2026-01-02T04:00:01.000Z x', cause: 'NodeSilent', moves },
        ...{ begins: '2026-01-02T04:00:01.000Z', ends: '2026-01-02T04:00:03.000Z', gap: [300, 900], withoutGap: 1 },
        from: [{ name: 'a', count: 3 }],
        to: [
          { name: 'x', count: 2 },
          { name: 'y', count: 1 },
        ],
      },
    ]);
  });

  it.each<[string, MoveFact[], number]>([
    ['another cause', [move(2, 'b', 'a', 'x', 'LinkLost'), move(1, 'a', 'a', 'x')], 2],
    ['another node', [move(2, 'b', 'other', 'x'), move(1, 'a', 'a', 'x')], 2],
    ['long after', [move(30, 'b', 'a', 'x'), move(1, 'a', 'a', 'x')], 2],
    ['a return to the preferred node, from wherever', [move(2, 'b', 'x', 'a', 'Preferred'), move(1, 'a', 'y', 'a', 'Preferred')], 1],
    ['a first election, to wherever', [move(2, 'b', undefined, 'x', 'FirstElection'), move(1, 'a', undefined, 'y', 'FirstElection')], 1],
  ])('%s: apart or together', (_, moves, count) => expect(incidentsOf(moves)).toHaveLength(count));

  it('keep their name when more moves come', () => {
    const [one, two] = [move(1, 'a', 'a', 'x'), move(2, 'b', 'a', 'x')];
    expect(incidentsOf([two, one])[0]?.id).toBe(incidentsOf([one])[0]?.id);
  });

  it('say that earlier moves may be missing, where only so many are told', () => {
    const moves = latestFirst([move(1, 'a', 'a', 'x'), move(40, 'b', 'a', 'x')]);
    expect(incidentsOf(moves, 2).map(({ isCut }) => isCut)).toEqual([undefined, true]);
    expect(incidentsOf(moves, 3).map(({ isCut }) => isCut)).toEqual([undefined, undefined]);
  });

  it.each([
    [[0, 0], 'none'],
    [[0, 610], 'at most 0.61 s'],
    [[300, 320], '0.3 to 0.32 s'],
    [[42, 42], '0.042 s'],
  ] as const)('say %j milliseconds as history does: %s', (gap, words) => expect(span(gap)).toBe(words));
});

describe('the table', () => {
  const addresses = table(
    fact('10.0.0.1', 'a', 'Well', { service: 'shop/web' }),
    fact('10.0.0.3', 'b', 'Doubtful', { service: 'shop/Mail' }),
    fact('10.0.0.2', 'a', 'Well', { group: 'web/vips' }),
  );
  const shown = (filter: object) => rowsOf(addresses, { ...NO_FILTER, ...filter }).map(({ address }) => address);

  it.each<[string, object, string[]]>([
    ['all, what is wrong first', {}, ['10.0.0.3', '10.0.0.1', '10.0.0.2']],
    ['those of a Service, in whatever case', { text: 'MAIL' }, ['10.0.0.3']],
    ['those with every word', { text: 'shop 10.0.0.1' }, ['10.0.0.1']],
    ['those of a group', { text: 'vips' }, ['10.0.0.2']],
    ['those of a node', { node: 'a' }, ['10.0.0.1', '10.0.0.2']],
    ['those of a health', { health: 'Doubtful' }, ['10.0.0.3']],
  ])('shows %s', (_, filter, expected) => expect(shown(filter)).toEqual(expected));

  it.each([
    [5000, 0, { first: 0, end: 32 }],
    [5000, 28_000, { first: 988, end: 1032 }],
    [10, 99_999, { first: 10, end: 10 }],
    [0, 0, { first: 0, end: 0 }],
  ])('of %i rows, scrolled by %i pixels, holds few', (count, top, expected) => expect(windowOf(count, 28, top, 560)).toEqual(expected));
});

describe('the verdict of the network', () => {
  it.each([
    [undefined, '?', 'not asked'],
    ['TTT', '✓', 'its owner answers'],
    ['TFT', '✕', 'not unique'],
    ['FFU', '✕', 'not announced, not unique'],
    ['TTU', '?', 'reachable: unknown'],
    ['UUU', '?', 'unknown'],
  ])('%s is %s %s', (wire, sign, words) => expect(networkVerdict(wire)).toEqual({ sign, words }));

  it('of an address that nobody has is not that its owner answers', () => {
    expect(networkVerdict('TTT', false)).toEqual({ sign: '?', words: 'unknown' });
    expect(networkVerdict('TFT', false)).toEqual({ sign: '✕', words: 'not unique' });
  });
});

it('findings are in order: wrong, unknown, hints, each by object', () => {
  const finding = (severity: 'wrong' | 'unknown' | 'hint', object: string) => ({
    id: `${object} ${severity}`,
    severity,
    object,
    message: 'm',
  });
  const all = [finding('hint', 'a'), finding('wrong', 'b10'), finding('unknown', 'a'), finding('wrong', 'b9')];
  const ordered = findingsInOrder(Object.fromEntries(all.map((one) => [one.id, one])));
  expect(ordered.map(({ id }) => id)).toEqual(['b9 wrong', 'b10 wrong', 'a unknown', 'a hint']);
});

describe('the screen', () => {
  const facts = { ...NO_FACTS, addresses: table(fact('10.0.0.1', 'a')) };
  const begun = screenAfter(BLANK, { kind: 'snapshot', cluster: 'here', facts, now: 0 });

  it('is live after the first snapshot, and nothing has moved', () =>
    expect(begun).toMatchObject({ cluster: 'here', connection: 'live', recent: [] }));

  it('shows a move, also one that happened while it did not hear', () => {
    const moved = fact('10.0.0.1', 'b');
    const expected = [{ address: '10.0.0.1', from: 'a', to: 'b', at: 7 }];
    expect(screenAfter(begun, { kind: 'change', difference: { addresses: { set: table(moved) } }, now: 7 }).recent).toEqual(expected);
    const lost = screenAfter(begun, { kind: 'connection', is: 'lost' });
    const again = { ...facts, addresses: table(moved) };
    expect(screenAfter(lost, { kind: 'snapshot', cluster: 'here', facts: again, now: 7 })).toMatchObject({
      recent: expected,
      connection: 'live',
    });
  });

  it('stays as it is while time passes and nothing ends', () => expect(screenAfter(begun, { kind: 'tick', now: 1 })).toBe(begun));

  it('knows that a command which was ended is not lost', () => {
    const ended = screenAfter(begun, { kind: 'connection', is: 'ended' });
    expect(screenAfter(ended, { kind: 'connection', is: 'lost' })).toMatchObject({ connection: 'ended' });
  });

  it('forgets a simulation when something else is selected', () => {
    const simulated: Screen = screenAfter(begun, { kind: 'simulated', nodes: new Map([['a', 'gone']]) });
    expect(simulated.simulated?.get('a')).toBe('gone');
    const next = screenAfter(simulated, { kind: 'select', selection: { kind: 'node', name: 'b' } });
    expect(next).toMatchObject({ selection: { kind: 'node', name: 'b' } });
    expect(next.simulated).toBeUndefined();
    expect(screenAfter(next, { kind: 'select', selection: undefined }).selection).toBeUndefined();
  });
});
