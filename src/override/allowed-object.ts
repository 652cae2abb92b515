import type { KubernetesObject, OwnerReference } from '../api/core.ts';
import { GROUP_LABEL } from '../api/names.ts';
import { isRecord } from '../api/record.ts';

/** The kinds that a template may make; those of monitoring only where PodMonitors exist. */
export const ALLOWED_KINDS: readonly { readonly apiVersion: string; readonly kind: string; readonly isMonitoring?: boolean }[] = [
  { apiVersion: 'v1', kind: 'ConfigMap' },
  { apiVersion: 'apps/v1', kind: 'DaemonSet' },
  { apiVersion: 'monitoring.coreos.com/v1', kind: 'PodMonitor', isMonitoring: true },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', isMonitoring: true },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', isMonitoring: true },
];

/** Where every object of a group is, and who owns it. */
export interface Home {
  readonly namespace: string | undefined;
  readonly owner: OwnerReference;
  readonly supportsPodMonitor: boolean;
}

/** The object in the group's namespace, owned by the group, with the label by which it is watched; or a sentence that says why it isn't taken. */
export function allowedObject(value: unknown, { namespace, owner, supportsPodMonitor }: Home): KubernetesObject | string {
  if (!isRecord(value)) return `found ${JSON.stringify(value)?.slice(0, 80)} where an object was expected`;
  const { apiVersion, kind, metadata } = value;
  const known = ALLOWED_KINDS.find((one) => one.apiVersion === apiVersion && one.kind === kind);
  if (known === undefined) {
    const allowed = ALLOWED_KINDS.map((one) => `${one.kind} (${one.apiVersion})`).join(', ');
    return `${shown(kind)} (${shown(apiVersion)}) is not one of the kinds that a template may make: ${allowed}`;
  }
  if (known.isMonitoring && !supportsPodMonitor)
    return `${shown(kind)} is made only where PodMonitors exist: ask {{ if eq .Misc.supportsPodMonitor "true" }} first`;
  if (!isRecord(metadata) || typeof metadata.name !== 'string' || metadata.name === '') return `the ${shown(kind)} has no metadata.name`;
  const { namespace: _, ownerReferences: __, ...rest } = metadata;
  const labels = { ...(isRecord(rest.labels) ? rest.labels : {}), [GROUP_LABEL]: owner.name };
  const placed = { ...rest, labels, ...(namespace !== undefined && { namespace }), ownerReferences: [owner] };
  return { ...value, metadata: placed } as unknown as KubernetesObject;
}

// --- internal ---

const shown = (value: unknown): string => (typeof value === 'string' ? value : 'an object without a kind');
