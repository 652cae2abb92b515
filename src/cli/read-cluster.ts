import type { KubernetesObject } from '../api/core.ts';
import { API_VERSION, KIND, PLURAL } from '../api/names.ts';
import { isStatus } from '../kube/api-error.ts';
import type { Client } from '../kube/client.ts';

/** What a cluster holds, and a sentence for each kind that the user may not read. */
export interface ClusterObjects {
  readonly objects: readonly KubernetesObject[];
  readonly notes: readonly string[];
}

/**
 * Every object of the cluster that a simulation is made from. What can be done without is left out where the user may not read it.
 * @throws ApiError where the user may not read KeepalivedGroups, Services or Nodes, or the API server does not answer
 */
export async function readCluster(client: Client): Promise<ClusterObjects> {
  const read = await Promise.all(KINDS.map((kind) => listOf(client, kind)));
  return { objects: read.flatMap(({ objects }) => objects), notes: read.flatMap(({ notes }) => notes) };
}

// --- internal ---

interface ListedKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly path: string;
  /** What is not known without it, as the end of a sentence; absent when nothing can be said without it. */
  readonly without?: string;
}

const KINDS: readonly ListedKind[] = [
  { apiVersion: API_VERSION, kind: KIND, path: `/apis/${API_VERSION}/${PLURAL}` },
  { apiVersion: 'v1', kind: 'Service', path: '/api/v1/services' },
  { apiVersion: 'v1', kind: 'Node', path: '/api/v1/nodes' },
  {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    path: '/apis/discovery.k8s.io/v1/endpointslices',
    without: 'which nodes have endpoints of Services with externalTrafficPolicy Local',
  },
];

async function listOf(client: Client, { apiVersion, kind, path, without }: ListedKind): Promise<ClusterObjects> {
  try {
    const { items } = await client.request<{ readonly items: readonly KubernetesObject[] }>({ method: 'GET', path });
    return { objects: items.map((item) => ({ ...item, apiVersion, kind })), notes: [] };
  } catch (error) {
    if (without === undefined || !isStatus(error, 403)) throw error;
    return { objects: [], notes: [`You may not list ${kind}s, so it is not known ${without}.`] };
  }
}
