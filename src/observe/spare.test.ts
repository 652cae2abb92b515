import { expect, it } from 'vitest';
import { aReport } from '../../test/builders/object.ts';
import { aWord, ownersBy } from '../../test/builders/word.ts';
import type { InstanceReport, NodeReport } from '../api/node/report.ts';
import { withoutSpare } from './spare.ts';

const NODES = ['node1', 'node2', 'node3'];
const ROUTER = { name: 'web/web', addresses: ['192.0.2.1', '192.0.2.2'], ranks: NODES };
const says = (node: string, state: InstanceReport['state']): NodeReport =>
  aReport(node, 'r', [{ state, held: state === 'MASTER' ? ROUTER.addresses : [] }]);
const stopped = (report: NodeReport): NodeReport => ({ ...report, daemon: { ...report.daemon, running: false } });

it.each<[string, readonly NodeReport[], number]>([
  ['another node stands by', [says('node1', 'MASTER'), says('node2', 'BACKUP'), says('node3', 'FAULT')], 0],
  ['the other nodes are silent', [says('node1', 'MASTER')], 2],
  ['the other nodes can not have them', [says('node1', 'MASTER'), says('node2', 'FAULT'), aReport('node3', 'r')], 2],
  ["the other node's keepalived does not run", [says('node1', 'MASTER'), stopped(says('node2', 'BACKUP'))], 2],
  ['nobody has them at all', [says('node1', 'FAULT'), says('node2', 'FAULT'), says('node3', 'FAULT')], 0],
])('%s', (_, reports, expected) => {
  const owners = ownersBy({ nodes: NODES, routers: [ROUTER] }, reports);
  expect(
    withoutSpare(
      [ROUTER],
      owners,
      reports.map((report) => aWord(report)),
    ),
  ).toBe(expected);
});
