import type { Condition, Node } from '../../api/core.ts';
import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import type { VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import { standingOf, WHY } from '../../plan/placement/standing.ts';
import { keyOf } from '../../plan/reference.ts';
import { sparesOf } from './spare.ts';
import type { Subject } from './subject.ts';
import { troubles } from './view.ts';

/** What was read of a subject: groups with what concerns it alone, its VirtualIPs, and the Node that it is. */
export interface Read {
  readonly groups: readonly KeepalivedGroup[];
  readonly virtualIPs: readonly VirtualIP[];
  readonly node?: Node;
}

/** Whether something is wrong with what was asked about: with the groups, or with the subject alone. */
export function isAmiss(subject: Subject | undefined, { groups, virtualIPs, node }: Read): boolean {
  if (subject === undefined) return groups.some((group) => group.status === undefined || troubles(group).length > 0);
  const routers = groups.flatMap(({ status }) => status?.virtualRouters ?? []);
  return (
    routers.some(({ state }) => state !== 'Owned') ||
    virtualIPs.some((one) => wrongConditions(one).some(({ status }) => status === 'False')) ||
    (subject.kind === 'node' ? nodeTroubles(subject.name, groups, node).length > 0 : groups.some(lacksSpare))
  );
}

/** Conditions of an address that are not True. */
export const wrongConditions = ({ status }: VirtualIP): readonly Condition[] =>
  (status?.conditions ?? []).filter((one) => one.status !== 'True');

/** Why a node is to have no addresses, and where it runs something else than it is to: sentences without a full stop. */
export function nodeTroubles(name: string, groups: readonly KeepalivedGroup[], node: Node | undefined): string[] {
  const why = node && standingOf({ nodes: [node] }).get(name);
  return [
    ...(why === undefined ? [] : [`${name} ${WHY[why]}, and gives its addresses up`]),
    ...groups.flatMap((group) => {
      const state = group.status?.nodeStates?.find((one) => one.name === name);
      const wanted = group.status?.revision;
      if (state === undefined || wanted === undefined || state.revision === wanted) return [];
      return [`${name} runs ${state.revision ?? 'no configuration'} of ${keyOf(group)}, and is to run ${wanted}`];
    }),
  ];
}

/** Whether an address of a group of several nodes has none to go to. A group of one node is meant to be so. */
export const lacksSpare = ({ status }: KeepalivedGroup): boolean =>
  (status?.nodes?.desired ?? 0) > 1 && (status?.virtualRouters ?? []).some((router) => sparesOf(router, status ?? {})?.length === 0);
