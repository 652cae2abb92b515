import type { KubernetesObject, OwnerReference } from '../api/core.ts';
import type { KeepalivedGroup } from '../api/group/keepalived-group.ts';
import { API_VERSION, GROUP_LABEL, KIND, METRICS_LABEL } from '../api/names.ts';

/** The service account that a Prometheus runs as. */
export interface PrometheusAccount {
  readonly namespace: string;
  readonly name: string;
}

/** What that Prometheus has to read in a group's namespace to find the pods; whoever grants it must have it. */
export const PROMETHEUS_RULES = [
  { apiGroups: [''], resources: ['endpoints', 'pods', 'services'], verbs: ['get', 'list', 'watch'] },
] as const;

/** The PodMonitor of a group, and what lets a Prometheus follow it; without an account nobody is let. */
export function renderMonitor(group: KeepalivedGroup, account: PrometheusAccount | undefined): KubernetesObject[] {
  const { namespace, name } = group.metadata;
  const common = {
    ...(namespace !== undefined && { namespace }),
    ownerReferences: [ownerReference(group)],
  };
  const podMonitor = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: { ...common, name, labels: { [GROUP_LABEL]: name, [METRICS_LABEL.key]: METRICS_LABEL.value } },
    spec: { selector: { matchLabels: { [GROUP_LABEL]: name } }, podMetricsEndpoints: [{ port: 'metrics', relabelings: RELABELINGS }] },
  };
  if (account === undefined) return [podMonitor];
  const access = { ...common, name: `${name}-prometheus-k8s`, labels: { [GROUP_LABEL]: name } };
  const role = { apiVersion: RBAC, kind: 'Role', metadata: access, rules: PROMETHEUS_RULES };
  const binding = {
    apiVersion: RBAC,
    kind: 'RoleBinding',
    metadata: access,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: access.name },
    subjects: [{ kind: 'ServiceAccount', namespace: account.namespace, name: account.name }],
  };
  return [podMonitor, role, binding];
}

// --- internal ---

/** What tells series of one group from those of another, as the manager's own metrics name it: `namespace/name`. And the node, for people. */
const RELABELINGS = [
  {
    sourceLabels: ['__meta_kubernetes_namespace', `__meta_kubernetes_pod_label_${GROUP_LABEL}`],
    separator: '/',
    targetLabel: 'group',
  },
  { sourceLabels: ['__meta_kubernetes_pod_node_name'], targetLabel: 'node' },
];

const RBAC = 'rbac.authorization.k8s.io/v1';

function ownerReference({ metadata }: KeepalivedGroup): OwnerReference {
  return { apiVersion: API_VERSION, kind: KIND, name: metadata.name, uid: metadata.uid ?? '', controller: true, blockOwnerDeletion: true };
}
