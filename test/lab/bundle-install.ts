/** What OLM makes of a bundle's ClusterServiceVersion: the Deployment of the operator, its account and its roles. */

// biome-ignore lint/suspicious/noExplicitAny: manifests of any shape, taken apart and put together again.
type Manifest = any;

export interface Where {
  readonly namespace: string;
  /** Opens the registry for the operator's account, as a cluster's own settings would. */
  readonly pullSecret: string;
}

/** The objects of an installation for all namespaces; `objects` are the bundle's others. */
export function operatorOf(version: Manifest, objects: readonly Manifest[], { namespace, pullSecret }: Where): Manifest[] {
  const { deployments, clusterPermissions = [], permissions = [] } = version.spec.install.spec;
  const accounts = new Set<string>([...clusterPermissions, ...permissions].map(({ serviceAccountName }) => serviceAccountName));
  return [
    ...objects
      .filter(isKnown)
      .map((each) => (/^(?:CustomResourceDefinition|ClusterRole)$/.test(each.kind) ? each : inNamespace(each, namespace))),
    ...[...accounts].map((name) => ({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name, namespace },
      imagePullSecrets: [{ name: pullSecret }],
    })),
    ...clusterPermissions.flatMap((each: Manifest) => granted('ClusterRole', each, namespace)),
    ...permissions.flatMap((each: Manifest) => granted('Role', each, namespace)),
    ...deployments.map(({ name, spec, label }: Manifest) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace, labels: label },
      spec: withTargets(spec),
    })),
  ];
}

// --- internal ---

/** The lab's cluster has no Prometheus. */
const isKnown = ({ apiVersion }: Manifest): boolean => !apiVersion.startsWith('monitoring.coreos.com/');

const inNamespace = (object: Manifest, namespace: string): Manifest => ({ ...object, metadata: { ...object.metadata, namespace } });

function granted(kind: 'Role' | 'ClusterRole', { serviceAccountName, rules }: Manifest, namespace: string): Manifest[] {
  const place = kind === 'Role' ? { namespace } : {};
  const metadata = { name: `keepalived-operator-by-bundle-${serviceAccountName}`, ...place };
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind, name: metadata.name };
  const subjects = [{ kind: 'ServiceAccount', name: serviceAccountName, namespace }];
  return [
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata, rules },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: `${kind}Binding`, metadata, roleRef, subjects },
  ];
}

/** OLM names the namespaces that an operator watches in an annotation of its pods: all of them, here. */
function withTargets(spec: Manifest): Manifest {
  const annotations = { ...spec.template.metadata.annotations, 'olm.targetNamespaces': '' };
  return { ...spec, template: { ...spec.template, metadata: { ...spec.template.metadata, annotations } } };
}
