import type { Claim, Ownership } from './ownership.ts';

/** What is known of one virtual router over time. */
export interface Judged {
  /** What is told. */
  readonly shown: Ownership;
  /** The node that owned it last, also while none does. */
  readonly owner?: string;
  /** Since when something worse is seen than what is told; it is told when it has lasted. */
  readonly doubtedSince?: number;
  /** The node that owned it until this moment, when another one has it now. */
  readonly movedFrom?: string;
}

/**
 * Milliseconds that a trouble has to last before it is told. Nodes are asked one after the other, and a hand-over takes a moment: until
 * every report is from after it, two owners or none may be seen where there always was one.
 */
export const LASTING = 3000;

/** What is known after a moment's look. Good news counts at once; a trouble once it has lasted, and nobody's word for it is older than it. */
export function afterLook(before: Judged, seen: Ownership, claims: readonly Claim[], now: number): Judged {
  const { shown, owner } = before;
  const kept = owner === undefined ? {} : { owner };
  if (seen.kind === 'Owned') {
    const isMoved = owner !== undefined && owner !== seen.node;
    return { shown: seen, owner: seen.node, ...(isMoved && { movedFrom: owner }) };
  }
  if (shown.kind === seen.kind) return { shown: seen, ...kept };
  const isTroubled = shown.kind !== 'Owned' && shown.kind !== 'Unknown';
  if (isTroubled && seen.kind !== 'SeveralOwners') return { shown: seen, ...kept };
  const since = before.doubtedSince ?? now;
  const isConfirmed = seen.kind !== 'SeveralOwners' || claims.every(({ word }) => word.asked >= since);
  if (now - since >= LASTING && isConfirmed) return { shown: seen, ...kept };
  return { shown, ...kept, doubtedSince: since };
}
