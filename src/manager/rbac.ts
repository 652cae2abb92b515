import { API_GROUP, API_SERVICE, LEADER_LEASE, PLURAL, POOL_PLURAL, VIRTUAL_IP_PLURAL } from '../api/names.ts';
import { PROMETHEUS_RULES } from '../render/pod-monitor.ts';

/** One permission, with the reason why the manager needs it. */
export interface Rule {
  readonly why: string;
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** What the manager may do in every namespace. There is no Secret in it: passwords are mounted by kubelet, only into agents. */
export const CLUSTER_RULES: readonly Rule[] = [
  { why: 'the groups to serve', apiGroups: [API_GROUP], resources: [PLURAL], verbs: ['list', 'watch'] },
  { why: 'addresses to give to Services', apiGroups: [API_GROUP], resources: [POOL_PLURAL], verbs: ['list', 'watch'] },
  {
    why: 'the record of who has which address',
    apiGroups: [API_GROUP],
    resources: [VIRTUAL_IP_PLURAL],
    verbs: ['list', 'watch', 'create', 'patch', 'delete'],
  },
  {
    why: 'what is left of a pool, and where an address is',
    apiGroups: [API_GROUP],
    resources: [`${POOL_PLURAL}/status`, `${VIRTUAL_IP_PLURAL}/status`],
    verbs: ['patch'],
  },
  { why: 'labels that pools select namespaces by', apiGroups: [''], resources: ['namespaces'], verbs: ['list', 'watch'] },
  { why: 'router ids, conditions and observed state', apiGroups: [API_GROUP], resources: [`${PLURAL}/status`], verbs: ['patch'] },
  {
    why: 'owner references that block deletion, where that is guarded (OpenShift)',
    apiGroups: [API_GROUP],
    resources: [`${PLURAL}/finalizers`],
    verbs: ['update'],
  },
  { why: 'which addresses to carry', apiGroups: [''], resources: ['services'], verbs: ['list', 'watch'] },
  { why: 'addresses in the status of those that ask for it', apiGroups: [''], resources: ['services/status'], verbs: ['patch'] },
  { why: 'which nodes may carry them', apiGroups: [''], resources: ['nodes'], verbs: ['list', 'watch'] },
  {
    why: "the groups' pods, the annotation that delivers a configuration, and what is left on cordoned nodes",
    apiGroups: [''],
    resources: ['pods'],
    verbs: ['list', 'watch', 'patch'],
  },
  {
    why: 'the configuration of each group',
    apiGroups: [''],
    resources: ['configmaps'],
    verbs: ['get', 'list', 'watch', 'create', 'patch'],
  },
  {
    why: 'keepalived and agent on each node',
    apiGroups: ['apps'],
    resources: ['daemonsets'],
    verbs: ['get', 'list', 'watch', 'create', 'patch'],
  },
  {
    why: 'PodMonitors of the groups, where that kind exists',
    apiGroups: ['monitoring.coreos.com'],
    resources: ['podmonitors'],
    verbs: ['get', 'list', 'watch', 'create', 'patch'],
  },
  {
    why: "what lets a Prometheus find the groups' pods",
    apiGroups: ['rbac.authorization.k8s.io'],
    resources: ['roles', 'rolebindings'],
    verbs: ['get', 'list', 'watch', 'create', 'patch'],
  },
  ...PROMETHEUS_RULES.map((rule) => ({ ...rule, why: 'nobody can grant what he may not do himself: these reach the Prometheus' })),
  {
    why: 'which virtual router ids the cluster uses itself (OpenShift)',
    apiGroups: ['config.openshift.io'],
    resources: ['infrastructures'],
    verbs: ['get'],
    resourceNames: ['cluster'],
  },
  {
    why: "the addresses of the API server's hosts, which no Service may take (in namespace default)",
    apiGroups: ['discovery.k8s.io'],
    resources: ['endpointslices'],
    verbs: ['list', 'watch'],
    resourceNames: [API_SERVICE],
  },
  { why: 'who asks for metrics', apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
  { why: 'whether he may have them', apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
  {
    why: 'taking over what a deleted group of the same name left behind, where owner references are guarded (OpenShift)',
    apiGroups: [''],
    resources: ['configmaps'],
    verbs: ['delete'],
  },
  { why: 'the same', apiGroups: ['apps'], resources: ['daemonsets'], verbs: ['delete'] },
  { why: 'Events about groups and Services', apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
  { why: "why a group's pods can not be made", apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['list'] },
];

/** What the manager may do in its own namespace: lead. A lease is created before it has a name that a rule could hold on to. */
export const NAMESPACE_RULES: readonly Rule[] = [
  { why: 'leader election', apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create'] },
  {
    why: 'leader election',
    apiGroups: ['coordination.k8s.io'],
    resources: ['leases'],
    verbs: ['get', 'update'],
    resourceNames: [LEADER_LEASE],
  },
];

/** What the manager may do, as objects. */
export function roles(): readonly Record<string, unknown>[] {
  return [
    role('ClusterRole', { name: 'keepalived-operator-manager-role' }, CLUSTER_RULES),
    role('Role', { name: 'keepalived-operator-leader-election-role', namespace: 'keepalived-operator' }, NAMESPACE_RULES),
  ];
}

/** What lets somebody read the manager's metrics. */
export const METRICS_READER: Readonly<Record<string, unknown>> = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'keepalived-operator-metrics-reader' },
  rules: [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }],
};

// --- internal ---

function role(kind: string, metadata: Record<string, string>, rules: readonly Rule[]): Record<string, unknown> {
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata, rules: rules.map(({ why: _, ...rule }) => rule) };
}
