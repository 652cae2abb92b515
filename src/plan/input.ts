import type { Node, Pod, Service } from '../api/core.ts';
import type { KeepalivedGroup } from '../api/group/keepalived-group.ts';
import type { ConfigReport, InstanceReport, NodeReport } from '../api/node/report.ts';

/** All that `plan` judges by; the order of the lists means nothing. */
export interface PlanInput {
  readonly group: KeepalivedGroup;
  /** Every other group of the cluster. */
  readonly otherGroups: readonly KeepalivedGroup[];
  /** Groups that were deleted and that still have pods, as they were last: what these may hold is nobody's yet. */
  readonly formerGroups?: readonly KeepalivedGroup[];
  /** Whether objects of the group are there already, whoever made them; not when absent. */
  readonly hasObjects?: boolean;
  /** Services that name this group. */
  readonly services: readonly Service[];
  /** Services that name another group: an address has one owner in the whole cluster. */
  readonly otherServices?: readonly Service[];
  /** Every node of the cluster. */
  readonly nodes: readonly Node[];
  /** Names of cordoned nodes on which nothing is left that a drain would take away. None when absent. */
  readonly emptied?: readonly string[];
  /** Nodes that were lost and are well again, but not for long enough to take their addresses back. None when absent. */
  readonly unsteady?: readonly UnsteadyNode[];
  /** Pods of this group's DaemonSet. */
  readonly pods: readonly Pod[];
  /** The last report of each of these pods that gave one. */
  readonly reports: readonly ReportedNode[];
  /** Addresses that the nodes were told are released; none when absent. */
  readonly releasedBefore?: readonly string[];
  /** The priority class that the cluster refused the group's pods with; absent when it refused none. */
  readonly refusedPriorityClass?: string;
  readonly settings: Settings;
}

export interface UnsteadyNode {
  readonly node: string;
  /** How often it was lost lately. */
  readonly losses: number;
  /** Virtual routers of the group that it owns all the same: they stay. None when absent. */
  readonly owns?: readonly string[];
  /** Those that it gave up for its rest alone: they are its own again where it comes first. None when absent. */
  readonly gaveUp?: readonly string[];
}

/** The part of a report that a plan may follow from; what is added here is added to `digestOf` (src/observe), or no plan notices it. */
export interface ReportedNode extends Pick<NodeReport, 'node' | 'pod' | 'gateways' | 'networks' | 'hints'> {
  readonly config: Pick<ConfigReport, 'revision' | 'passwordWaitsAfter' | 'refused' | 'leftOut'>;
  readonly instances: readonly Pick<InstanceReport, 'virtualRouterId' | 'addresses'>[];
}

/** What the installation decides, the same for every group. */
export interface Settings {
  /** Image of the agent: the operator's own. */
  readonly agentImage: string;
  /** Image of keepalived for groups that name none, or only the default of the CRD. */
  readonly operandImage?: string;
  /** Priority class of the pods of groups that name none; none when absent. */
  readonly podPriorityClass?: string;
  /** Virtual router ids that something else is known to use, such as the cluster itself ({@link openshiftRouterIds}). */
  readonly reservedRouterIds?: readonly ReservedRouterId[];
  /** Addresses that no Service of any group may have, besides those that every cluster tells of. */
  readonly reservedAddresses?: readonly ReservedAddresses[];
  /** Whether pools give addresses to Services without a class, too: no plan follows from it. */
  readonly servesWithoutClass?: boolean;
  /** Addresses of the hosts that the API server runs on, canonical. */
  readonly apiServers?: readonly string[];
}

export interface ReservedAddresses {
  /** A prefix, `first-last`, or one address. */
  readonly range: string;
  /** What it is, as the end of a sentence: `the address of the Kubernetes API`. */
  readonly is: string;
}

export interface ReservedRouterId {
  readonly id: number;
  /** Who uses it, as the end of a sentence: `the API of this OpenShift cluster`. */
  readonly user: string;
}
