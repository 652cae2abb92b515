import type { KubeObject, ManagedFieldsEntry } from '../object.ts';

/** Whether that manager wrote parts of the object by create, update or patch (not by apply, not in a subresource). */
export function isUpdatedBy(object: KubeObject, manager: string): boolean {
  return (object.metadata.managedFields ?? []).some((entry) => isUpdateOf(entry, manager));
}

/** Whether that manager applied parts of the object. */
export function isAppliedBy(object: KubeObject, manager: string): boolean {
  return (object.metadata.managedFields ?? []).some((entry) => isApplyOf(entry, manager));
}

/**
 * Hands the fields that `from` wrote by update over to `to`, as if `to` had applied them: its next apply then removes those it doesn't name.
 * The same move as client-go's csaupgrade; https://kubernetes.io/docs/reference/using-api/server-side-apply/#transferring-ownership
 */
export function handOver(entries: readonly ManagedFieldsEntry[], from: string, to: string): ManagedFieldsEntry[] {
  const updated = entries.filter((entry) => isUpdateOf(entry, from));
  const applied = entries.filter((entry) => isApplyOf(entry, to));
  const first = applied[0] ?? updated[0];
  if (first === undefined || updated.length === 0) return [...entries];
  const fieldsV1 = [...applied, ...updated].reduce<Fields>((sum, entry) => union(sum, (entry.fieldsV1 ?? {}) as Fields), {});
  const others = entries.filter((entry) => !updated.includes(entry) && !applied.includes(entry));
  return [...others, { ...first, manager: to, operation: 'Apply', fieldsV1 }];
}

// --- internal ---

/** A tree of field paths, as fieldsV1 spells them: `f:name`, `k:{...}`, `v:...`, `.`. */
interface Fields {
  readonly [path: string]: Fields;
}

function isUpdateOf(entry: ManagedFieldsEntry, manager: string): boolean {
  return entry.manager === manager && entry.operation === 'Update' && !entry.subresource;
}

function isApplyOf(entry: ManagedFieldsEntry, manager: string): boolean {
  return entry.manager === manager && entry.operation === 'Apply' && !entry.subresource;
}

function union(a: Fields, b: Fields): Fields {
  const merged: Record<string, Fields> = { ...a };
  for (const [path, below] of Object.entries(b)) merged[path] = union(merged[path] ?? {}, below);
  return merged;
}
