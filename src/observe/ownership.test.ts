import { expect, it } from 'vitest';
import { aReport } from '../../test/builders/object.ts';
import { aWord, ownersBy } from '../../test/builders/word.ts';
import type { InstanceReport, NodeReport } from '../api/node/report.ts';
import { claimsIn, type Ownership } from './ownership.ts';

const NODES = ['node1', 'node2'];
const [A, B] = ['192.0.2.1', '192.0.2.2'];
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
  const router = { name: 'web/web', addresses: [A, B], ranks: NODES };
  expect(ownersBy({ nodes: NODES, routers: [router] }, reports).get('web/web')).toEqual(expected);
});

it.each<[string, number, number | undefined, readonly string[]]>([
  ['counts while its node answers, whoever else claims the address later', 100, undefined, ['node1', 'node2']],
  ['is withdrawn when its node falls silent and another one claims the address in a newer word', 100, 150, ['node2']],
  ['counts when the silent node is the last that claimed it', 300, 350, ['node1', 'node2']],
])("a node's claim %s", (_, heard, silentSince, expected) => {
  const words = [
    aWord(says('node1', 'MASTER', A), heard, silentSince === undefined ? {} : { silentSince }),
    aWord(says('node2', 'MASTER', A), 200),
  ];
  expect(
    claimsIn(words)
      .get('web/web')
      ?.map(({ node }) => node),
  ).toEqual(expected);
});
