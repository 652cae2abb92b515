import type { KubernetesObject, OwnerReference } from '../api/core.ts';

/** The kinds that a template may make. */
export const ALLOWED_KINDS: readonly { readonly apiVersion: string; readonly kind: string }[] = [
  { apiVersion: 'v1', kind: 'ConfigMap' },
  { apiVersion: 'apps/v1', kind: 'DaemonSet' },
  { apiVersion: 'monitoring.coreos.com/v1', kind: 'PodMonitor' },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role' },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding' },
];

/** Where every object of a group is, and who owns it. */
export interface Home {
  readonly namespace: string | undefined;
  readonly owner: OwnerReference;
}

/** The object in the group's namespace, owned by the group; or a sentence that says why it isn't taken. */
export function allowedObject(value: unknown, { namespace, owner }: Home): KubernetesObject | string {
  if (!isRecord(value)) return `found ${JSON.stringify(value)?.slice(0, 80)} where an object was expected`;
  const { apiVersion, kind, metadata } = value;
  if (!ALLOWED_KINDS.some((one) => one.apiVersion === apiVersion && one.kind === kind)) {
    const allowed = ALLOWED_KINDS.map((one) => `${one.kind} (${one.apiVersion})`).join(', ');
    return `${shown(kind)} (${shown(apiVersion)}) is none of the kinds that a template may make: ${allowed}`;
  }
  if (!isRecord(metadata) || typeof metadata.name !== 'string' || metadata.name === '') return `the ${shown(kind)} has no metadata.name`;
  const { namespace: _, ownerReferences: __, ...rest } = metadata;
  const placed = { ...rest, ...(namespace !== undefined && { namespace }), ownerReferences: [owner] };
  return { ...value, metadata: placed } as unknown as KubernetesObject;
}

// --- internal ---

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const shown = (value: unknown): string => (typeof value === 'string' ? value : 'an object without a kind');
