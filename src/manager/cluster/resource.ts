import { API_VERSION, KIND, PLURAL, POOL_KIND, POOL_PLURAL, VIRTUAL_IP_KIND, VIRTUAL_IP_PLURAL } from '../../api/names.ts';
import type { Resource } from '../../kube/object.ts';

/** Every kind that the manager reads or writes. */
export const GROUPS: Resource = { apiVersion: API_VERSION, kind: KIND, plural: PLURAL, namespaced: true };
export const ADDRESS_POOLS: Resource = { apiVersion: API_VERSION, kind: POOL_KIND, plural: POOL_PLURAL, namespaced: false };
export const VIRTUAL_IPS: Resource = { apiVersion: API_VERSION, kind: VIRTUAL_IP_KIND, plural: VIRTUAL_IP_PLURAL, namespaced: false };
export const SERVICES: Resource = { apiVersion: 'v1', kind: 'Service', plural: 'services', namespaced: true };
export const NAMESPACES: Resource = { apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false };
export const NODES: Resource = { apiVersion: 'v1', kind: 'Node', plural: 'nodes', namespaced: false };
export const PODS: Resource = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };
export const CONFIG_MAPS: Resource = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
export const DAEMON_SETS: Resource = { apiVersion: 'apps/v1', kind: 'DaemonSet', plural: 'daemonsets', namespaced: true };

export const ENDPOINT_SLICES: Resource = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  namespaced: true,
};

/** What OpenShift tells of the cluster. */
export const INFRASTRUCTURES: Resource = {
  apiVersion: 'config.openshift.io/v1',
  kind: 'Infrastructure',
  plural: 'infrastructures',
  namespaced: false,
};

export const POD_MONITORS: Resource = {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PodMonitor',
  plural: 'podmonitors',
  namespaced: true,
};
export const ROLES: Resource = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', plural: 'roles', namespaced: true };
export const ROLE_BINDINGS: Resource = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  namespaced: true,
};

/** The kinds that a group owns; those of monitoring only where PodMonitors exist. */
export const MONITORING: readonly Resource[] = [POD_MONITORS, ROLES, ROLE_BINDINGS];
export const OWNED: readonly Resource[] = [CONFIG_MAPS, DAEMON_SETS, ...MONITORING];
