import { expect, it } from 'vitest';
import { aGroup, aReport } from '../../../test/builders/object.ts';
import type { NodeReport } from '../../api/node/report.ts';
import { nodeTroubles } from './node-troubles.ts';

const withProblem = (node: string, reason: string, message: string): NodeReport => ({
  ...aReport(node, 'r1'),
  problems: [{ reason, message }],
});
const told = (...reports: readonly NodeReport[]): string[] =>
  nodeTroubles(aGroup(), reports).map(({ object, reason, message }) => `${object.kind}/${object.name} ${reason} ${message}`);

it("tells the group what a node could not write, in the node's words", () => {
  expect(told(aReport('node1', 'r1'), withProblem('node2', 'NotWritten', 'node node2 has no room for /run/x (ENOSPC); make room'))).toEqual(
    ['KeepalivedGroup/vips NotWritten node node2 has no room for /run/x (ENOSPC); make room'],
  );
});

it('names the node where its words do not', () => {
  expect(told(withProblem('node1', 'ConfigRefused', 'keepalived refuses revision r2 of node10'))).toEqual([
    'KeepalivedGroup/vips ConfigRefused node1: keepalived refuses revision r2 of node10',
  ]);
});

it('tells of the first three nodes with the same reason, so that many nodes leave room for other Events', () => {
  const reports = ['node9', 'node1', 'node3', 'node2'].map((node) => withProblem(node, 'NotWritten', `node ${node} has no room`));
  expect(told(...reports, withProblem('node4', 'PortTaken', 'node4 has it taken'))).toEqual([
    'KeepalivedGroup/vips NotWritten node node1 has no room',
    'KeepalivedGroup/vips NotWritten node node2 has no room',
    'KeepalivedGroup/vips NotWritten node node3 has no room',
    'KeepalivedGroup/vips PortTaken node4 has it taken',
  ]);
});

it.each(['InstanceFault', 'DaemonNotRunning', 'NoSuchReason'])(
  'has no Event of its own for %s, which passes or is told otherwise',
  (reason) => expect(told(withProblem('node1', reason, 'whatever'))).toEqual([]),
);
