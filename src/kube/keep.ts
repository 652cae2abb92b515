import type { KubeObject, ManagedFieldsEntry } from './object.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * The object without what only costs memory: last-applied is dropped, and of managedFields only who wrote which part stays, not which fields.
 */
export function slim<T extends KubeObject>(object: T): T {
  const { managedFields, annotations, ...metadata } = object.metadata;
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(annotations === undefined ? {} : { annotations: withoutLastApplied(annotations) }),
      ...(managedFields === undefined ? {} : { managedFields: managedFields.map(withoutFields) }),
    },
  };
}

// --- internal ---

function withoutLastApplied(annotations: Readonly<Record<string, string>>): Record<string, string> {
  const { [LAST_APPLIED]: _, ...rest } = annotations;
  return rest;
}

function withoutFields(entry: ManagedFieldsEntry): ManagedFieldsEntry {
  const { manager, operation, subresource } = entry;
  return {
    ...(manager === undefined ? {} : { manager }),
    ...(operation === undefined ? {} : { operation }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}
