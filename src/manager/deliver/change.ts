import type { Node, Pod, Service } from '../../api/core.ts';
import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import { SERVICE_STATUS_ANNOTATION } from '../../api/names.ts';
import { isSame } from '../../kube/apply/merge-patch.ts';
import { type KubeObject, keyOf, type Resource } from '../../kube/object.ts';
import type { Change } from '../../kube/store.ts';
import { writtenAddresses } from '../../plan/service-status.ts';
import { addressesOf, type ClusterView, groupKeyOf, groupOfPod } from '../cluster/cluster-view.ts';
import { CONFIG_MAPS, DAEMON_SETS, GROUPS } from '../cluster/resource.ts';

/** Whether an object is as we left it: then nobody has to look at it again. */
export type IsOurs = (resource: Resource, object: KubeObject) => boolean;

/** Calls `touch` with the key of every group whose plan or objects a change may concern; from now on, not for what is there already. */
export function followChanges(view: ClusterView, isOurs: IsOurs, touch: (groupKey: string) => void): void {
  const touchAll = (): void => {
    for (const group of view.groups.list()) touch(keyOf(group));
  };
  const touchKnown = (key: string): void => {
    if (view.groups.get(key) !== undefined) touch(key);
  };
  view.groups.onChange((change) => {
    if (change.after === undefined || !isOurs(GROUPS, change.after)) touch(change.key);
    if (concernsOtherGroups(change)) touchAll();
  });
  view.services.onChange((change) => {
    if (!isSameService(change)) for (const key of groupsOfService(view, change)) touchKnown(key);
  });
  view.nodes.onChange((change) => {
    if (!isSameNode(change)) touchAll();
  });
  // A group's own objects have its name.
  view.configMaps.onChange(({ key, after }) => {
    if (after === undefined || !isOurs(CONFIG_MAPS, after)) touchKnown(key);
  });
  view.daemonSets.onChange((change) => {
    if (change.after === undefined || !(isOurs(DAEMON_SETS, change.after) || isSameBesideStatus(change))) touchKnown(change.key);
  });
}

/** Calls `look` with the group of each pod that changed at all, and `onOther` where it is another pod, or runs somewhere else. */
export function followPods(view: ClusterView, look: (groupKey: string) => void, onOther: (groupKey: string) => void): void {
  view.pods.onChange(({ before, after }) => {
    const facts = (pod: Pod | undefined): unknown => pod && [pod.metadata.uid, pod.spec, pod.status];
    const isOther = !isSame(facts(before), facts(after));
    for (const key of new Set([before, after].flatMap((pod) => (pod && groupOfPod(pod)) ?? []))) {
      if (view.groups.get(key) === undefined) continue;
      look(key);
      if (isOther) onOther(key);
    }
  });
}

// --- internal ---

/** Router ids and addresses are shared by all groups, and so are nodes: what one frees or takes, another may take or has to name. */
function concernsOtherGroups({ before, after }: Change<KeepalivedGroup>): boolean {
  const shared = (group: KeepalivedGroup | undefined): unknown => {
    const { segment, fences, nodeSelector, vrrp, verbatimConfig } = group?.spec ?? {};
    return group && [group.status?.routerIDs, group.status?.gateways, segment, fences, nodeSelector, vrrp, verbatimConfig];
  };
  return !isSame(shared(before), shared(after));
}

/** The group that a Service named, the one that it names now, and those of Services that ask for an address of it. */
function groupsOfService(view: ClusterView, { before, after }: Change<Service>): Set<string> {
  const both = [before, after].flatMap((service) => service ?? []);
  const rivals = both.flatMap(addressesOf).flatMap((address) => view.services.byIndex('address', address));
  return new Set([...both, ...rivals].flatMap((service) => groupKeyOf(service) ?? []));
}

/** Our own addresses in its status and our conditions are no reason to plan. */
function isSameService({ before, after }: Change<Service>): boolean {
  const facts = (service: Service | undefined): unknown => {
    if (service === undefined) return undefined;
    const { [SERVICE_STATUS_ANNOTATION]: _, ...annotations } = service.metadata.annotations ?? {};
    const written = writtenAddresses(service);
    const ofOthers = (service.status?.loadBalancer?.ingress ?? []).filter(({ ip }) => ip === undefined || !written.has(ip));
    const { uid, deletionTimestamp } = service.metadata;
    return { uid, deletionTimestamp, annotations, spec: service.spec, ofOthers };
  };
  return isSame(facts(before), facts(after));
}

function isSameNode({ before, after }: Change<Node>): boolean {
  const facts = (node: Node | undefined): unknown =>
    node && { ...node, metadata: { labels: node.metadata.labels ?? {}, annotations: node.metadata.annotations ?? {} } };
  return isSame(facts(before), facts(after));
}

function isSameBesideStatus({ before, after }: Change<KubeObject>): boolean {
  const facts = (object: KubeObject | undefined): unknown => {
    const { uid, generation, labels, annotations, ownerReferences, deletionTimestamp } = object?.metadata ?? {};
    return object && { uid, generation, labels, annotations, ownerReferences, deletionTimestamp };
  };
  return isSame(facts(before), facts(after));
}
