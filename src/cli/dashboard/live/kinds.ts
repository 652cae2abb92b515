import type { Node, Service } from '../../../api/core.ts';
import {
  API_VERSION,
  KIND,
  PLURAL,
  POOL_KIND,
  POOL_PLURAL,
  SERVICE_CONDITION,
  VIRTUAL_IP_KIND,
  VIRTUAL_IP_PLURAL,
} from '../../../api/names.ts';
import { slim } from '../../../kube/keep.ts';
import type { KubeObject, Resource } from '../../../kube/object.ts';
import type { Objects } from '../model/gathered.ts';

/** A kind that the page is made from. */
export interface WatchedKind {
  readonly field: keyof Objects;
  readonly resource: Resource;
  /** What of an object is kept; undefined: nothing. */
  readonly keep: (object: KubeObject) => KubeObject | undefined;
  /** What is missing where it may not be read, as the end of a sentence. */
  readonly without: string;
}

export const KINDS: readonly WatchedKind[] = [
  {
    field: 'virtualIPs',
    resource: { apiVersion: API_VERSION, kind: VIRTUAL_IP_KIND, plural: VIRTUAL_IP_PLURAL, namespaced: false },
    keep: slim,
    without: 'moves, the verdict of the network, and addresses that the status of groups only counts are missing',
  },
  {
    field: 'groups',
    resource: { apiVersion: API_VERSION, kind: KIND, plural: PLURAL, namespaced: true },
    keep: slim,
    without: 'what groups refuse and which node is next for an address is missing',
  },
  {
    field: 'nodes',
    resource: { apiVersion: 'v1', kind: 'Node', plural: 'nodes', namespaced: false },
    keep: (object) => nodeWithoutImages(object as Node),
    without: 'nodes without an address, and whether a node is Ready, drained or excluded, are missing',
  },
  {
    field: 'services',
    resource: { apiVersion: 'v1', kind: 'Service', plural: 'services', namespaced: true },
    keep: (object) => refusedService(object as Service),
    without: 'what is refused to each Service is missing',
  },
  {
    field: 'pools',
    resource: { apiVersion: API_VERSION, kind: POOL_KIND, plural: POOL_PLURAL, namespaced: false },
    keep: slim,
    without: 'what is wrong with pools is missing',
  },
];

// --- internal ---

/** Of Services only those are of interest that the operator wrote something on. */
function refusedService({ metadata, status }: Service): KubeObject | undefined {
  const conditions = status?.conditions?.filter(({ type }) => type === SERVICE_CONDITION) ?? [];
  if (conditions.length === 0) return undefined;
  const { name, namespace = '', resourceVersion = '' } = metadata;
  return { metadata: { name, namespace, resourceVersion }, status: { conditions } } as KubeObject;
}

function nodeWithoutImages({ metadata, spec, status }: Node): KubeObject {
  const { conditions, addresses } = status ?? {};
  return slim({
    metadata,
    ...(spec && { spec }),
    status: { ...(conditions && { conditions }), ...(addresses && { addresses }) },
  } as KubeObject);
}
