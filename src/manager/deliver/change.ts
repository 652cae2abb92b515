import type { Node, Service } from '../../api/core.ts';
import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import { isSame } from '../../kube/merge-patch.ts';
import { keyOf } from '../../kube/object.ts';
import type { Change } from '../../kube/store.ts';
import { addressesOf, type ClusterView, groupKeyOf, groupOfPod } from '../cluster/cluster-view.ts';

/** Calls `touch` with the key of every group that a change in the cluster may concern; from now on, not for what is there already. */
export function followChanges(view: ClusterView, touch: (groupKey: string) => void): void {
  const touchAll = (): void => {
    for (const group of view.groups.list()) touch(keyOf(group));
  };
  const touchKnown = (key: string | undefined): void => {
    if (key !== undefined && view.groups.get(key) !== undefined) touch(key);
  };
  view.groups.onChange((change) => {
    touch(change.key);
    if (concernsOtherGroups(change)) touchAll();
  });
  view.services.onChange((change) => {
    for (const key of groupsOfService(view, change)) touchKnown(key);
  });
  view.nodes.onChange((change) => {
    if (!isSameNode(change)) touchAll();
  });
  view.pods.onChange(({ before, after }) => {
    for (const pod of [before, after]) if (pod !== undefined) touchKnown(groupOfPod(pod));
  });
  // A group's own objects have its name.
  view.configMaps.onChange(({ key }) => touchKnown(key));
  view.daemonSets.onChange(({ key }) => touchKnown(key));
}

// --- internal ---

/** Router ids and addresses are shared by all groups; what one frees or takes, another may take or has to name as a conflict. */
function concernsOtherGroups({ before, after }: Change<KeepalivedGroup>): boolean {
  const shared = (group: KeepalivedGroup | undefined): unknown =>
    group && [group.status?.routerIDs, group.status?.gateways, group.spec?.segment, group.spec?.fences];
  return !isSame(shared(before), shared(after));
}

/** The group that a Service named, the one that it names now, and those of Services that ask for an address of it. */
function groupsOfService(view: ClusterView, { before, after }: Change<Service>): Set<string> {
  const both = [before, after].flatMap((service) => service ?? []);
  const rivals = both.flatMap(addressesOf).flatMap((address) => view.services.byIndex('address', address));
  return new Set([...both, ...rivals].flatMap((service) => groupKeyOf(service) ?? []));
}

function isSameNode({ before, after }: Change<Node>): boolean {
  const facts = (node: Node | undefined): unknown => node && { ...node, metadata: { labels: node.metadata.labels ?? {} } };
  return isSame(facts(before), facts(after));
}
