import type { KubernetesObject } from '../../api/core.ts';
import {
  API_GROUP,
  API_VERSION,
  GROUP_LABEL,
  KIND,
  PLURAL,
  POOL_KIND,
  POOL_PLURAL,
  SERVICE_ANNOTATIONS,
  VIRTUAL_IP_KIND,
  VIRTUAL_IP_PLURAL,
} from '../../api/names.ts';

/** Objects that are read into one file. */
export interface Part {
  readonly file: string;
  readonly what: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly path: string;
  readonly labelSelector?: string;
  /** All where absent. */
  readonly isWanted?: (object: KubernetesObject) => boolean;
}

/** Secrets are never asked for. */
export const PARTS: readonly Part[] = [
  {
    file: 'keepalivedgroups.yaml',
    what: 'KeepalivedGroups with their status',
    apiVersion: API_VERSION,
    kind: KIND,
    path: `/apis/${API_VERSION}/${PLURAL}`,
  },
  {
    file: 'addresspools.yaml',
    what: 'AddressPools',
    apiVersion: API_VERSION,
    kind: POOL_KIND,
    path: `/apis/${API_VERSION}/${POOL_PLURAL}`,
  },
  {
    file: 'virtualips.yaml',
    what: 'VirtualIPs with their last moves',
    apiVersion: API_VERSION,
    kind: VIRTUAL_IP_KIND,
    path: `/apis/${API_VERSION}/${VIRTUAL_IP_PLURAL}`,
  },
  {
    file: 'services.yaml',
    what: 'Services that name a group, or are of type LoadBalancer',
    apiVersion: 'v1',
    kind: 'Service',
    path: '/api/v1/services',
    isWanted: (service) =>
      service.metadata.annotations?.[SERVICE_ANNOTATIONS.group] !== undefined ||
      (service as { readonly spec?: { readonly type?: string } }).spec?.type === 'LoadBalancer',
  },
  { file: 'nodes.yaml', what: 'Nodes: addresses, labels, taints, versions', apiVersion: 'v1', kind: 'Node', path: '/api/v1/nodes' },
  {
    file: 'configmaps.yaml',
    what: "the groups' ConfigMaps: what the nodes are to run",
    apiVersion: 'v1',
    kind: 'ConfigMap',
    path: '/api/v1/configmaps',
    labelSelector: GROUP_LABEL,
  },
  {
    file: 'daemonsets.yaml',
    what: "the groups' DaemonSets",
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    path: '/apis/apps/v1/daemonsets',
    labelSelector: GROUP_LABEL,
  },
  {
    file: 'pods.yaml',
    what: "the groups' pods",
    apiVersion: 'v1',
    kind: 'Pod',
    path: '/api/v1/pods',
    labelSelector: GROUP_LABEL,
  },
  {
    file: 'operator.yaml',
    what: "the operator's own pods: its version",
    apiVersion: 'v1',
    kind: 'Pod',
    path: '/api/v1/pods',
    labelSelector: 'operator=keepalived-operator',
  },
  {
    file: 'events.yaml',
    what: 'Events of the operator and of its kinds',
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    path: '/apis/events.k8s.io/v1/events',
    isWanted: isOurEvent,
  },
];

// --- internal ---

interface Event extends KubernetesObject {
  readonly reportingController?: string;
  readonly regarding?: { readonly apiVersion?: string };
}

function isOurEvent(object: KubernetesObject): boolean {
  const { reportingController = '', regarding } = object as Event;
  return reportingController.startsWith('keepalived-') || regarding?.apiVersion?.startsWith(`${API_GROUP}/`) === true;
}
