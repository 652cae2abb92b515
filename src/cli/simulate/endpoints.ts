import type { KubernetesObject } from '../../api/core.ts';

/** discovery.k8s.io/v1, as far as it tells on which nodes a Service has endpoints. */
export interface EndpointSlice extends KubernetesObject {
  readonly endpoints?: readonly {
    readonly nodeName?: string;
    readonly conditions?: { readonly ready?: boolean };
  }[];
}

/** The nodes with ready endpoints, by `namespace/name` of the Service. An endpoint of unknown readiness is ready, as the API says. */
export function endpointNodes(slices: readonly EndpointSlice[]): ReadonlyMap<string, ReadonlySet<string>> {
  const nodes = new Map<string, Set<string>>();
  for (const { metadata, endpoints } of slices) {
    const service = metadata.labels?.[SERVICE_NAME_LABEL];
    if (service === undefined) continue;
    const key = `${metadata.namespace}/${service}`;
    const known = nodes.get(key) ?? new Set();
    for (const { nodeName, conditions } of endpoints ?? []) if (nodeName !== undefined && conditions?.ready !== false) known.add(nodeName);
    nodes.set(key, known);
  }
  return nodes;
}

// --- internal ---

const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';
