import { REFUSED_PRIORITY_ANNOTATION } from '../api/names.ts';
import type { Problem } from '../api/problem.ts';
import type { PlanInput } from './input.ts';
import { groupReference, keyOf } from './reference.ts';

/**
 * The priority class of an installation that names no other. kubelet keeps the kernel from ending its pods for want of memory before all others,
 * and evicts them last; without it keepalived is the first that the kernel ends.
 */
export const DEFAULT_POD_PRIORITY = 'system-node-critical';

export interface PodPriority {
  /** Absent where the pods have none. */
  readonly className?: string;
  /** The class of the installation that the cluster refuses for the group's pods. */
  readonly refused?: string;
}

/** The priority class of a group's pods: the group's own, else the installation's, unless the cluster refused that. */
export function podPriority({ group, settings, refusedPriorityClass }: PlanInput): PodPriority {
  const own = group.spec?.daemonsetPodPriorityClassName;
  if (own) return { className: own };
  const className = settings.podPriorityClass;
  if (!className) return {};
  return refusedPriorityClass === className ? { refused: className } : { className };
}

export function priorityProblems({ refused }: PodPriority, { group }: Pick<PlanInput, 'group'>): Problem[] {
  if (refused === undefined) return [];
  const message = `the cluster refused pods of the group with priority class ${refused}, so they run without it: when a node has too little memory, the kernel ends keepalived first. Allow the class in namespace ${group.metadata.namespace} (ResourceQuota with scope PriorityClass) and remove the annotation ${REFUSED_PRIORITY_ANNOTATION} of DaemonSet ${keyOf(group)}, or name another class in spec.daemonsetPodPriorityClassName`;
  return [{ object: groupReference(group), reason: 'PriorityClassRefused', message }];
}
