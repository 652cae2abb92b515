/** APIs of others that manifests use; their schemas are not ours to test, so any object of theirs is accepted. */
export const FOREIGN = [
  ['monitoring.coreos.com', 'v1', 'ServiceMonitor', true],
  ['monitoring.coreos.com', 'v1', 'PodMonitor', true],
  ['monitoring.coreos.com', 'v1', 'PrometheusRule', true],
  ['monitoring.coreos.com', 'v1', 'Prometheus', true],
  ['cert-manager.io', 'v1', 'Certificate', true],
  ['cert-manager.io', 'v1', 'Issuer', true],
  ['security.openshift.io', 'v1', 'SecurityContextConstraints', false],
  ['config.openshift.io', 'v1', 'Network', false],
  ['operator.openshift.io', 'v1', 'IngressController', true],
  ['operators.coreos.com', 'v1', 'OperatorGroup', true],
  ['operators.coreos.com', 'v1alpha1', 'CatalogSource', true],
  ['operators.coreos.com', 'v1alpha1', 'Subscription', true],
  ['operators.coreos.com', 'v1alpha1', 'ClusterServiceVersion', true],
] as const;

/** Has an API server know them; `apply` is given a List. */
export async function applyForeignApis(apply: (text: string) => Promise<unknown>): Promise<void> {
  await apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: FOREIGN.map(permissiveCrd) }));
}

// --- internal ---

function permissiveCrd([group, version, kind, isNamespaced]: (typeof FOREIGN)[number]): object {
  const singular = kind.toLowerCase();
  const plural = singular.endsWith('s') ? singular : `${singular}s`;
  const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${group}`,
      ...(group.endsWith('k8s.io') && { annotations: { 'api-approved.kubernetes.io': 'unapproved' } }),
    },
    spec: {
      group,
      names: { kind, plural, singular },
      scope: isNamespaced ? 'Namespaced' : 'Cluster',
      versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
}
