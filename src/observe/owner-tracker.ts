import type { KeepalivedGroup } from '../api/group/keepalived-group.ts';
import type { NodeReport } from '../api/node/report.ts';
import type { Plan } from '../plan/plan.ts';
import { type Ownership, ownershipOf } from './ownership.ts';

/** A virtual router that another node owns than before. */
export interface Move {
  readonly router: string;
  readonly from: string;
  readonly to: string;
}

export interface Seen {
  readonly owners: ReadonlyMap<string, Ownership>;
  readonly moves: readonly Move[];
  /** Milliseconds after which to look again: a trouble will have lasted by then, or be over. */
  readonly again?: number;
}

/**
 * Milliseconds that a trouble has to last before it is told. Nodes are asked one after the other, and a hand-over takes a moment: until
 * every report is from after it, two owners or none may be seen where there always was one.
 */
export const LASTING = 3000;

/** Remembers who owned what, so that moves are noticed and what only looks like trouble isn't told. */
export class OwnerTracker {
  readonly #groups = new Map<string, ReadonlyMap<string, Memory>>();

  /** @param now - monotonic milliseconds */
  look(key: string, { group, routers, nodes }: Plan, reports: readonly NodeReport[], now: number): Seen {
    const before = this.#groups.get(key);
    const after = new Map(
      routers.map((router) => {
        const memory = before?.get(router.name) ?? recalled(group, router.name);
        return [router.name, next(memory, ownershipOf(router, nodes, reports), now)];
      }),
    );
    this.#groups.set(key, after);
    const moves = [...after].flatMap(([router, { movedFrom, owner }]) =>
      movedFrom === undefined || owner === undefined ? [] : [{ router, from: movedFrom, to: owner }],
    );
    const pauses = [...after.values()].flatMap(({ doubtedSince }) => (doubtedSince === undefined ? [] : [doubtedSince + LASTING - now]));
    const owners = new Map([...after].map(([router, { shown }]) => [router, shown]));
    return { owners, moves, ...(pauses.length > 0 && { again: Math.max(1, Math.min(...pauses)) }) };
  }

  /** Forgets a group that is no more. */
  forget(key: string): void {
    this.#groups.delete(key);
  }
}

// --- internal ---

interface Memory {
  readonly shown: Ownership;
  /** The node that owned it last, also while none does. */
  readonly owner?: string | undefined;
  readonly movedFrom?: string | undefined;
  /** Since when something else is seen than what is shown. */
  readonly doubtedSince?: number | undefined;
}

/** What a predecessor of this process wrote into the status. */
function recalled({ status }: KeepalivedGroup, name: string): Memory {
  const before = status?.virtualRouters?.find((router) => router.name === name);
  if (before?.node === undefined) return { shown: { kind: 'Unknown' } };
  return { shown: before.state === 'Owned' ? { kind: 'Owned', node: before.node } : { kind: 'Unknown' }, owner: before.node };
}

function next({ shown, owner, doubtedSince = undefined }: Memory, seen: Ownership, now: number): Memory {
  if (seen.kind === 'Owned') {
    const moved = owner !== undefined && owner !== seen.node;
    return { shown: seen, owner: seen.node, ...(moved && { movedFrom: owner }) };
  }
  if (shown.kind !== 'Owned' && shown.kind !== 'Unknown') return { shown: seen, owner };
  if (shown.kind === seen.kind) return { shown, owner };
  const since = doubtedSince ?? now;
  return now - since >= LASTING ? { shown: seen, owner } : { shown, owner, doubtedSince: since };
}
