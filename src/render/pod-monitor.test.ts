import { expect, it } from 'vitest';
import { aGroup } from '../../test/builders/object.ts';
import { renderMonitor } from './pod-monitor.ts';

const owner = [expect.objectContaining({ kind: 'KeepalivedGroup', name: 'vips', uid: 'uid-of-vips', controller: true })];

const relabelings = [
  { sourceLabels: ['__meta_kubernetes_namespace', '__meta_kubernetes_pod_label_keepalivedGroup'], separator: '/', targetLabel: 'group' },
  { sourceLabels: ['__meta_kubernetes_pod_node_name'], targetLabel: 'node' },
];

it('selects the pods of the group by their label, on the port named metrics, and carries the label that a Prometheus selects on', () => {
  expect(renderMonitor(aGroup(), undefined)).toEqual([
    {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PodMonitor',
      metadata: { namespace: 'web', name: 'vips', labels: { keepalivedGroup: 'vips', metrics: 'keepalived' }, ownerReferences: owner },
      spec: { selector: { matchLabels: { keepalivedGroup: 'vips' } }, podMetricsEndpoints: [{ port: 'metrics', relabelings }] },
    },
  ]);
});

it('lets the named service account find the pods, under the names of the Go operator', () => {
  const [, role, binding] = renderMonitor(aGroup(), { namespace: 'openshift-monitoring', name: 'prometheus-k8s' });
  expect(role).toMatchObject({
    kind: 'Role',
    metadata: { namespace: 'web', name: 'vips-prometheus-k8s', ownerReferences: owner },
    rules: [{ apiGroups: [''], resources: ['endpoints', 'pods', 'services'], verbs: ['get', 'list', 'watch'] }],
  });
  expect(binding).toMatchObject({
    kind: 'RoleBinding',
    metadata: { namespace: 'web', name: 'vips-prometheus-k8s' },
    roleRef: { kind: 'Role', name: 'vips-prometheus-k8s' },
    subjects: [{ kind: 'ServiceAccount', namespace: 'openshift-monitoring', name: 'prometheus-k8s' }],
  });
});
