import { describe, expect, it } from 'vitest';
import { aNode } from '../../test/builders/object.ts';
import type { KeepalivedGroup } from '../api/group/keepalived-group.ts';
import { metricsPort } from './metrics-port.ts';

interface Options {
  readonly created?: string;
  readonly zone?: string;
  readonly port?: number;
}

const nodes = ['a', 'b'].map((zone) => aNode(`node-${zone}`, { labels: { zone } }));
const group = (name: string, { created = '2026-01-01', zone, port }: Options = {}): KeepalivedGroup => ({
  metadata: { name, namespace: 'web', creationTimestamp: created },
  spec: zone === undefined ? {} : { nodeSelector: { zone } },
  ...(port !== undefined && { status: { metricsPort: port } }),
});
const portOf = (one: KeepalivedGroup, ...others: KeepalivedGroup[]): number => metricsPort({ group: one, otherGroups: others, nodes });

describe("the port of a group's agents", () => {
  it.each<[string, number, KeepalivedGroup, KeepalivedGroup[]]>([
    ['is 9650 for the only group', 9650, group('one'), []],
    ['is 9650 for the older of two on the same nodes', 9650, group('b', { created: '2025-01-01' }), [group('a')]],
    ['is the next one for the younger', 9651, group('a'), [group('b', { created: '2025-01-01' })]],
    ['goes by name when two are of one age', 9651, group('b'), [group('a')]],
    ['is 9650 for both when they share no node', 9650, group('b', { zone: 'b' }), [group('a', { zone: 'a' })]],
    ['is another when a group without a selector is everywhere', 9651, group('b', { zone: 'b' }), [group('a')]],
    ['stays what it was when the group before has gone', 9651, group('b', { port: 9651 }), []],
    ['stays what it was when an older group comes into sight', 9650, group('b', { port: 9650 }), [group('a', { created: '2020-01-01' })]],
    ['moves when an older group has the same one', 9651, group('b', { port: 9650 }), [group('a', { port: 9650 })]],
    ['leaves no gap', 9651, group('c'), [group('a', { port: 9650 }), group('b', { port: 9652 })]],
    ['is none that only a user could have written there', 9650, group('a', { port: 22 }), []],
  ])('%s', (_, expected, one, others) => {
    expect(portOf(one, ...others)).toBe(expected);
    expect(portOf(one, ...others.toReversed())).toBe(expected);
  });

  it('is another one for each of many groups on the same nodes', () => {
    const groups = Array.from({ length: 20 }, (_, index) => group(`g${index}`));
    const ports = groups.map((one) => portOf(one, ...groups.filter((other) => other !== one)));
    expect(new Set(ports).size).toBe(20);
    expect(Math.max(...ports)).toBe(9669);
  });
});
