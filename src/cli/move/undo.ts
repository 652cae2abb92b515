import { isRecord } from '../../api/record.ts';
import type { Job } from './job.ts';

/** By group and virtual router what a drain wrote of it, and what stood there before. */
export type Undo = Readonly<Record<string, Readonly<Record<string, { readonly to: string; readonly before?: string }>>>>;

/** What is saved on a Node; nothing where it can't be read. */
export function readUndo(text: string | undefined): Undo {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return isRecord(value) ? (value as Undo) : {};
  } catch {
    return {};
  }
}

/** What is to be saved before these jobs begin. Of one that an earlier drain began, what stood there before that. */
export function withJobs(undo: Undo, jobs: readonly Job[]): Undo {
  const result: Record<string, Record<string, { to: string; before?: string }>> = structuredClone(undo) as never;
  for (const { group, router, to, before } of jobs) {
    const known = undo[group]?.[router];
    const original = known === undefined || known.to !== before ? before : known.before;
    result[group] = { ...result[group], [router]: { to, ...(original !== undefined && { before: original }) } };
  }
  return result;
}
