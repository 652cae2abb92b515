import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import type { NodeReport } from '../../api/node/report.ts';
import { type ProblemReason, UNTIL_MENDED } from '../../localise/problem.ts';
import { byText } from '../../net/text-order.ts';
import { groupReference } from '../../plan/reference.ts';
import { ofNode } from '../../render/condition.ts';
import type { Trouble } from '../told-problems.ts';

/** Nodes of one reason that get an Event: it explains itself by them, and condition `UpToDate` counts all. */
const MOST = 3;

/** What nodes of a group can't do until somebody mends it, as troubles of the group. */
export function nodeTroubles(group: KeepalivedGroup, reports: readonly NodeReport[]): Trouble[] {
  const object = groupReference(group);
  const found = reports
    .toSorted((a, b) => byText(a.node, b.node))
    .flatMap(({ node, problems }) => problems.map(({ reason, message }) => ({ object, reason, message: ofNode(node, message) })))
    .filter(({ reason }) => UNTIL_MENDED.has(reason as ProblemReason));
  return [...Map.groupBy(found, ({ reason }) => reason).values()].flatMap((some) => some.slice(0, MOST));
}
