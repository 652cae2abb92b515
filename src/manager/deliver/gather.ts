import type { Service } from '../../api/core.ts';
import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import { keyOf } from '../../kube/object.ts';
import type { PlanInput, ReportedNode, Settings } from '../../plan/input.ts';
import type { ClusterView } from '../cluster/cluster-view.ts';
import { groupKeyOf } from '../cluster/cluster-view.ts';
import { releasedIn } from './settled-config.ts';

export interface GatherOptions {
  readonly view: ClusterView;
  /** A group as it is after our own last writes, which the view may not show yet. */
  readonly newest: (group: KeepalivedGroup) => KeepalivedGroup;
  /** Nodes that are to give their addresses up, beside those of which the view says so. */
  readonly unfit: Pick<PlanInput, 'emptied' | 'unsteady'>;
  readonly formerGroups: readonly KeepalivedGroup[];
  readonly refusedPriorityClass: string | undefined;
  readonly reports: readonly ReportedNode[];
  readonly settings: Settings;
}

/** All that the plan of one group is made from, as it is known this moment. */
export function gather(
  { view, newest, unfit, formerGroups, refusedPriorityClass, reports, settings }: GatherOptions,
  group: KeepalivedGroup,
): PlanInput {
  const key = keyOf(group);
  return {
    group: newest(group),
    hasObjects: view.configMaps.get(key) !== undefined || view.daemonSets.get(key) !== undefined,
    otherGroups: view.groups.list().flatMap((other) => (keyOf(other) === key ? [] : newest(other))),
    formerGroups,
    services: view.services.byIndex('group', key),
    otherServices: view.services.list().filter((service) => isOfOtherGroup(view, service, key)),
    nodes: view.nodes.list(),
    ...unfit,
    pods: view.pods.byIndex('group', key),
    reports,
    releasedBefore: releasedIn(view.configMaps.get(key)),
    ...(refusedPriorityClass !== undefined && { refusedPriorityClass }),
    settings,
  };
}

// --- internal ---

/** A Service that names a group that doesn't exist claims nothing. */
function isOfOtherGroup(view: ClusterView, service: Service, key: string): boolean {
  return (groupKeyOf(service) ?? []).some((other) => other !== key && view.groups.get(other) !== undefined);
}
