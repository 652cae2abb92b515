import { beforeEach, expect, it } from 'vitest';
import { anInput, aService } from '../../../test/builders/object.ts';
import { plan } from '../../plan/plan.ts';
import { tellMoves } from './owner-news.ts';

let told: string[];
beforeEach(() => {
  told = [];
});
const tell = (count: number, to: (index: number) => string): void => {
  const services = Array.from({ length: count }, (_, index) => aService(`s${index}`, [`192.0.2.${index + 1}`]));
  const moves = services.map(({ metadata }, index) => ({
    router: `web/${metadata.name}`,
    from: 'node1',
    to: to(index),
    cause: { kind: 'NodeSilent' } as const,
    time: '2026-01-01T00:00:00.000Z',
  }));
  tellMoves(plan(anInput({ services })), moves, ({ kind, metadata }, { type, reason, note }) =>
    told.push(`${kind}/${metadata.name} ${type} ${reason}: ${note}`),
  );
};

it('tells the group once for each pair of nodes, and each Service of its own addresses', () => {
  tell(3, (index) => (index === 2 ? 'node3' : 'node2'));
  expect(told).toEqual([
    'KeepalivedGroup/vips Normal OwnerChanged: web/s0, web/s1 moved from node1 to node2: node1 does not answer',
    'KeepalivedGroup/vips Normal OwnerChanged: web/s2 moved from node1 to node3: node1 does not answer',
    'Service/s0 Normal OwnerChanged: 192.0.2.1 moved from node1 to node2: node1 does not answer',
    'Service/s1 Normal OwnerChanged: 192.0.2.2 moved from node1 to node2: node1 does not answer',
    'Service/s2 Normal OwnerChanged: 192.0.2.3 moved from node1 to node3: node1 does not answer',
  ]);
});

it('names a few of many and tells no more than fifty Services at a time', () => {
  tell(120, () => 'node2');
  expect(told[0]).toContain('web/s0, web/s1, web/s2, web/s3, web/s4 and 115 more moved from node1 to node2: node1 does not answer');
  expect(told).toHaveLength(51);
});

it('says for how long nobody had the addresses, and nothing of the first election or of a node that had them before', () => {
  const withoutOwner = { atLeastMilliseconds: 507, atMostMilliseconds: 757, by: 'LastAdvert' } as const;
  const move = { router: 'web/a', to: 'node2', cause: { kind: 'NodeSilent' } as const, time: '2026-01-01T00:00:00.000Z' };
  const decided = plan(anInput({ services: [aService('a', ['192.0.2.1'])] }));
  const moves = [
    { ...move, from: 'node1', withoutOwner },
    { ...move, cause: { kind: 'FirstElection' } as const },
    { ...move, from: 'node2', cause: { kind: 'DaemonRevived' } as const },
  ];
  tellMoves(decided, moves, (_, { note }) => told.push(note));
  expect(told).toEqual([
    'web/a moved from node1 to node2: node1 does not answer; time without an owner: 0.51 to 0.76 s',
    '192.0.2.1 moved from node1 to node2: node1 does not answer; time without an owner: 0.51 to 0.76 s',
  ]);
});
