import { describe, expect, it } from 'vitest';
import type { Fault } from './fault.ts';
import { BOUNDS } from './invariant.ts';
import { type Held, Watcher } from './watcher.ts';

const NODES = ['node1', 'node2', 'node3'];
const [VIP, OTHER] = ['192.0.2.200', '192.0.2.201'];
const watcher = (): Watcher => new Watcher({ nodes: NODES, steady: [VIP], given: (address) => address === VIP });
/** Each of the nodes that are named holds these addresses. */
const held = (holders: Readonly<Record<string, readonly string[]>>): Held =>
  new Map(NODES.map((node) => [node, new Set([`192.0.2.1${node.at(-1)}`, ...(holders[node] ?? [])])]));
const on = (...nodes: string[]): Held => held(Object.fromEntries(nodes.map((node) => [node, [VIP]])));
const CUT: Fault = { kind: 'cut', node: 'node1' };
const between = (oneWay: boolean): Fault => ({ kind: 'partition', from: 'node1', to: 'node2', oneWay });

/** Looks at the same thing at the beginning and after a time. */
function lookFor(one: Watcher, what: Held, milliseconds: number, from = 0): Watcher {
  one.look(from, what);
  one.look(from + milliseconds, what);
  return one;
}
const found = ({ broken }: Watcher): string[] => broken.map(({ invariant }) => invariant);
const begun = (...faults: Fault[]): Watcher => {
  const one = watcher();
  for (const fault of faults) one.begins(fault);
  return one;
};

describe('one owner', () => {
  it('is broken once two nodes hold an address for longer than the bound', () => {
    expect(found(lookFor(watcher(), on('node1', 'node2'), BOUNDS.sharedMs))).toEqual([]);
    expect(found(lookFor(watcher(), on('node1', 'node2'), BOUNDS.sharedMs + 1))).toEqual(['one owner']);
  });

  it('is told once', () => {
    const one = lookFor(watcher(), on('node1', 'node2'), BOUNDS.sharedMs + 1);
    expect(found(lookFor(one, on('node1', 'node2'), 10, BOUNDS.sharedMs + 2))).toEqual(['one owner']);
  });

  it.each([
    ['cut off the switch', CUT],
    ['cut off from the other', between(false)],
    ['not heard by the other', between(true)],
    ['without a keepalived that lives', { kind: 'pause', program: 'keepalived', hosts: ['node2'] } satisfies Fault],
  ])('is not expected of a node that is %s', (_, fault) => {
    expect(found(lookFor(begun(fault), on('node1', 'node2'), 10 * BOUNDS.sharedMs))).toEqual([]);
  });

  it('is expected again a bound after they hear each other', () => {
    const one = lookFor(begun(CUT), on('node1', 'node2'), 60_000);
    one.ends(CUT);
    expect(found(lookFor(one, on('node1', 'node2'), BOUNDS.sharedMs, 70_000))).toEqual([]);
    one.look(70_000 + BOUNDS.sharedMs + 1, on('node1', 'node2'));
    expect(found(one)).toEqual(['one owner']);
  });

  it('counts anew when it was so in between', () => {
    const one = lookFor(watcher(), on('node1', 'node2'), BOUNDS.sharedMs);
    one.look(BOUNDS.sharedMs + 1, on('node1'));
    expect(found(lookFor(one, on('node1', 'node2'), BOUNDS.sharedMs, BOUNDS.sharedMs + 2))).toEqual([]);
    expect(one.longestShared).toBe(BOUNDS.sharedMs);
  });

  it('is expected of a pair that a partition between others does not concern', () => {
    expect(found(lookFor(begun(between(false)), on('node1', 'node3'), BOUNDS.sharedMs + 1))).toEqual(['one owner']);
  });
});

describe('some owner', () => {
  it('is broken once nobody holds an address for longer than the bound', () => {
    expect(found(lookFor(watcher(), on(), BOUNDS.ownerlessMs + 1))).toEqual(['some owner']);
  });

  it('is not the node that is cut off', () => {
    expect(found(lookFor(begun(CUT), on('node1'), BOUNDS.ownerlessMs + 1))).toEqual(['some owner']);
  });

  it('is not expected where something happened to every node', () => {
    const all: Fault = { kind: 'kill', program: 'keepalived', hosts: NODES };
    expect(found(lookFor(begun(all), on(), 10 * BOUNDS.ownerlessMs))).toEqual([]);
  });
});

describe('a foreign address', () => {
  it('is one that no Service may have, on a node or elsewhere', () => {
    const one = watcher();
    one.look(0, new Map([...held({ node1: [VIP], node2: [OTHER] }), ['client', new Set(['192.0.2.3', VIP])]]));
    expect(one.broken.map(({ message }) => message)).toEqual([
      'node2 holds 192.0.2.201, which no Service may have there',
      'client holds 192.0.2.200, which no Service may have there',
    ]);
  });

  it('is not an address of a pod', () => {
    const one = watcher();
    one.look(0, held({ node1: [VIP, '198.18.1.1', '2001:db8:1:1::1', 'fe80::1'] }));
    expect(one.broken).toEqual([]);
  });
});

it('moves are who held it before and after', () => {
  const one = watcher();
  one.look(0, on('node1'));
  one.look(5, on('node1', 'node2'));
  one.look(9, on('node2'));
  expect(one.moves).toEqual([
    { at: 5, address: VIP, from: ['node1'], to: ['node1', 'node2'] },
    { at: 9, address: VIP, from: ['node1', 'node2'], to: ['node2'] },
  ]);
});
