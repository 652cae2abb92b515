import { beforeEach, describe, expect, it } from 'vitest';
import { aGroup, anInput, aReport, aService } from '../../test/builders/object.ts';
import type { KeepalivedGroupStatus } from '../api/group/keepalived-group.ts';
import type { NodeReport } from '../api/node/report.ts';
import { plan } from '../plan/plan.ts';
import { LASTING, OwnerTracker } from './owner-tracker.ts';

const VIP = '192.0.2.200';
const planned = (status?: KeepalivedGroupStatus) =>
  plan(anInput({ services: [aService('web', [VIP])], ...(status && { group: aGroup({ status }) }) }));
/** What the three nodes say while these are masters. */
const masters = (...owners: readonly string[]): NodeReport[] =>
  ['node1', 'node2', 'node3'].map((node) =>
    aReport(node, 'r', [owners.includes(node) ? { state: 'MASTER', addresses: [VIP], held: [VIP] } : {}]),
  );

describe('the owners of a group', () => {
  let tracker: OwnerTracker;
  const look = (now: number, reports: readonly NodeReport[], status?: KeepalivedGroupStatus) => {
    const { owners, moves, again } = tracker.look('web/vips', planned(status), reports, now);
    return { kind: owners.get('web/web')?.kind, moves: moves.map(({ router, from, to }) => `${router} ${from}>${to}`), again };
  };
  beforeEach(() => {
    tracker = new OwnerTracker();
  });

  it('are told at once, and so is a move', () => {
    expect(look(0, masters('node1'))).toEqual({ kind: 'Owned', moves: [], again: undefined });
    expect(look(1, masters('node2'))).toEqual({ kind: 'Owned', moves: ['web/web node1>node2'], again: undefined });
    expect(look(2, masters('node2')).moves).toEqual([]);
  });

  it.each([
    ['two masters', masters('node1', 'node2'), 'SeveralOwners'],
    ['no master', masters(), 'NoOwner'],
    ['nobody who answers', [], 'Unknown'],
  ])('%s are no trouble before they last', (_, reports, kind) => {
    look(0, masters('node1'));
    expect(look(1000, reports)).toEqual({ kind: 'Owned', moves: [], again: LASTING });
    expect(look(1500, reports)).toEqual({ kind: 'Owned', moves: [], again: LASTING - 500 });
    expect(look(1000 + LASTING, reports)).toEqual({ kind, moves: [], again: undefined });
  });

  it('that hand over meanwhile were never in trouble', () => {
    look(0, masters('node1'));
    look(100, masters('node1', 'node2'));
    expect(look(600, masters('node2'))).toEqual({ kind: 'Owned', moves: ['web/web node1>node2'], again: undefined });
    expect(look(5000, masters('node1', 'node2')).kind).toBe('Owned');
  });

  it('that were lost for long have moved when another one appears', () => {
    look(0, masters('node1'));
    look(1, masters());
    look(10_000, masters());
    expect(look(60_000, masters('node3')).moves).toEqual(['web/web node1>node3']);
  });

  it('are known from the status after a start, and moved when the nodes say otherwise', () => {
    const router = { name: 'web/web', virtualRouterID: 1, addressCount: 1, addresses: [VIP], node: 'node1', state: 'Owned' } as const;
    expect(look(0, [], { virtualRouters: [router] }).kind).toBe('Owned');
    expect(look(100, masters('node2')).moves).toEqual(['web/web node1>node2']);
  });

  it('of a new virtual router are unknown until a node has it', () => {
    expect(look(0, masters())).toEqual({ kind: 'Unknown', moves: [], again: LASTING });
    expect(look(1000, masters('node1'))).toEqual({ kind: 'Owned', moves: [], again: undefined });
  });
});
