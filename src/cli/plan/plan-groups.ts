import type { KubernetesObject, Node, Pod, Service } from '../../api/core.ts';
import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import { type GroupReference, parseGroupReference } from '../../api/group/reference.ts';
import { GROUP_LABEL, KIND, SERVICE_ANNOTATIONS } from '../../api/names.ts';
import type { Problem } from '../../api/problem.ts';
import { byText } from '../../net/text-order.ts';
import { fromTemplate, type Overridden } from '../../override/from-template.ts';
import type { OverrideInput } from '../../override/template-data.ts';
import { mayBeMisspelled } from '../../plan/claims/stray.ts';
import type { Settings } from '../../plan/input.ts';
import { standingTold } from '../../plan/placement/standing.ts';
import { type Plan, plan } from '../../plan/plan.ts';
import { keyOf } from '../../plan/reference.ts';
import { type NodeConfig, renderConfig } from '../../render/config.ts';
import { renderObjects } from '../../render/objects.ts';
import type { Template } from '../../template/syntax/tree.ts';
import { allocated } from './allocated.ts';

/** A Secret as the API, or a person who writes one, has it. */
export interface Secret extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
}

/** The objects of the input by kind. */
export interface Cluster {
  readonly groups: readonly KeepalivedGroup[];
  /** Those that name a group, well or badly, or seem to mean one. */
  readonly services: readonly Service[];
  readonly nodes: readonly Node[];
  readonly pods: readonly Pod[];
  readonly secrets: readonly Secret[];
  /** Why Services have no address of the pools in the input, and what is wrong with those. */
  readonly unallocated: readonly Problem[];
  /** What the pools of the input ask, and the input doesn't say. */
  readonly questions: readonly string[];
  /** Namespaces and ResourceQuotas, which may keep pods from being made. */
  readonly admitting: readonly KubernetesObject[];
}

export interface PlannedGroup {
  /** `namespace/name`. */
  readonly key: string;
  readonly plan: Plan;
  /** Absent while the group names no interface. */
  readonly config?: NodeConfig;
  readonly objects: readonly KubernetesObject[];
  /** Of the plan and, with a custom template, of what it made. */
  readonly problems: readonly Problem[];
}

export interface PlanContext {
  readonly settings: Settings;
  /** A custom template that makes the objects. */
  readonly template?: Template | undefined;
}

export function clusterOf(given: readonly KubernetesObject[]): Cluster {
  const { objects, problems: unallocated, questions } = allocated(given);
  const ofKind = <T>(kind: string): T[] => objects.filter((object) => object.kind === kind) as unknown as T[];
  const services = ofKind<Service>('Service').filter(
    (service) => service.metadata.annotations?.[SERVICE_ANNOTATIONS.group] !== undefined || mayBeMisspelled(service),
  );
  return {
    groups: ofKind(KIND),
    services,
    nodes: ofKind('Node'),
    pods: ofKind('Pod'),
    secrets: ofKind('Secret'),
    unallocated,
    questions,
    admitting: [...ofKind<KubernetesObject>('Namespace'), ...ofKind<KubernetesObject>('ResourceQuota')],
  };
}

/** Plans every group as the manager does: one after the other, each knowing the router ids that were given before. */
export function planGroups(cluster: Cluster, context: PlanContext): PlannedGroup[] {
  const groups = new Map(cluster.groups.map((group) => [keyOf(group), group]));
  const ordered = [...groups.keys()].sort(byText);
  return ordered.flatMap((key) => {
    const group = groups.get(key);
    if (group === undefined) return [];
    const planned = planGroup(group, [...groups.values()], cluster, context);
    groups.set(key, { ...group, status: { ...group.status, routerIDs: planned.plan.routerIds } });
    return [planned];
  });
}

/** The group that a Service names; undefined when its annotation names none. */
export const groupOf = ({ metadata }: Service): GroupReference | undefined =>
  parseGroupReference(metadata.annotations?.[SERVICE_ANNOTATIONS.group] ?? '');

/** The group's pods in the input. */
export const podsOf = ({ metadata }: KeepalivedGroup, pods: readonly Pod[]): Pod[] =>
  pods.filter((pod) => pod.metadata.namespace === metadata.namespace && pod.metadata.labels?.[GROUP_LABEL] === metadata.name);

// --- internal ---

function planGroup(group: KeepalivedGroup, groups: readonly KeepalivedGroup[], cluster: Cluster, context: PlanContext): PlannedGroup {
  const key = keyOf(group);
  const known = new Set(groups.map(keyOf));
  const keyOfGroup = (service: Service): string => {
    const reference = groupOf(service);
    return reference === undefined ? '' : `${reference.namespace}/${reference.name}`;
  };
  const services = cluster.services.filter((service) => keyOfGroup(service) === key);
  const pods = podsOf(group, cluster.pods);
  const { settings, template } = context;
  const decided = plan({
    group,
    otherGroups: groups.filter((other) => keyOf(other) !== key),
    services,
    otherServices: cluster.services.filter((service) => keyOfGroup(service) !== key && known.has(keyOfGroup(service))),
    nodes: cluster.nodes,
    pods,
    reports: [],
    ...standingTold(group.status ?? {}),
    settings,
  });
  const made = template === undefined ? native(decided, settings) : byTemplate(template, { plan: decided, services, pods, settings });
  return { key, plan: decided, ...made, problems: [...decided.problems, ...made.problems] };
}

type Made = Omit<Extract<Overridden, { kind: 'made' }>, 'kind'>;

function native(decided: Plan, settings: Settings): Made {
  const config = renderConfig(decided);
  return { objects: renderObjects(decided, settings), problems: [], ...(config && { config }) };
}

function byTemplate(template: Template, input: Omit<OverrideInput, 'supportsPodMonitor'>): Made {
  const made = fromTemplate(template, { ...input, supportsPodMonitor: false });
  return made.kind === 'failed' ? { objects: [], problems: [made.problem] } : made;
}
