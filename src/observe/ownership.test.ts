import { expect, it } from 'vitest';
import { aReport } from '../../test/builders/object.ts';
import type { InstanceReport, NodeReport } from '../api/node/report.ts';
import type { VirtualRouter } from '../plan/virtual-router.ts';
import { type Ownership, ownershipOf } from './ownership.ts';

const NODES = ['node1', 'node2'];
const [A, B] = ['192.0.2.1', '192.0.2.2'];
const router: VirtualRouter = {
  ...{ name: 'web/web', id: 1, family: 'IPv4', version: 2 },
  ...{ addresses: [A, B], services: [], ranks: NODES, verbatim: [] },
};
const says = (node: string, state: InstanceReport['state'], ...held: readonly string[]): NodeReport =>
  aReport(node, 'r', [{ state, held }]);

it.each<[string, readonly NodeReport[], Ownership]>([
  ['one master with all addresses owns it', [says('node1', 'MASTER', A, B), says('node2', 'BACKUP')], { kind: 'Owned', node: 'node1' }],
  ['it is owned also while another node is silent', [says('node2', 'MASTER', A, B)], { kind: 'Owned', node: 'node2' }],
  [
    'a master may lack addresses',
    [says('node1', 'MASTER', B), says('node2', 'BACKUP')],
    { kind: 'Incomplete', node: 'node1', missing: [A] },
  ],
  ['two masters are two owners', [says('node2', 'MASTER'), says('node1', 'MASTER')], { kind: 'SeveralOwners', nodes: ['node1', 'node2'] }],
  [
    'a backup that holds an address is an owner, too',
    [says('node1', 'MASTER', A, B), says('node2', 'BACKUP', A)],
    { kind: 'SeveralOwners', nodes: ['node1', 'node2'] },
  ],
  ['no master on any node is no owner', [says('node1', 'FAULT'), says('node2', 'BACKUP')], { kind: 'NoOwner' }],
  ['a silent node may be the owner', [says('node1', 'BACKUP')], { kind: 'Unknown' }],
  ['nothing is known while nobody answers', [], { kind: 'Unknown' }],
  ['nodes that do not know it yet do not own it', [aReport('node1', 'r'), aReport('node2', 'r')], { kind: 'NoOwner' }],
])('%s', (_, reports, expected) => {
  expect(ownershipOf(router, NODES, reports)).toEqual(expected);
});
