import type { KeepalivedGroupStatus } from '../api/group/keepalived-group.ts';
import { causeOf, type Members } from './cause.ts';
import { afterLook, type Judged, LASTING } from './doubt.ts';
import { fresh, type Word } from './evidence.ts';
import { type Move, withMoves } from './journal.ts';
import { claimsIn, type ExpectedRouter, type Ownership, ownershipOf } from './ownership.ts';

/** What is to be, as it was planned. */
export interface Expected extends Members {
  readonly routers: readonly ExpectedRouter[];
}

/** What is so, as far as it is known. Status, Events, metrics and the command line all read this. */
export interface Truth {
  /** By name of the virtual router. */
  readonly owners: ReadonlyMap<string, Ownership>;
  /** Those of this look. */
  readonly moves: readonly Move[];
  readonly journal: readonly Move[];
  /** The words that count. */
  readonly words: readonly Word[];
  /** Milliseconds after which to look again: a trouble will have lasted by then, or be over. */
  readonly again?: number;
  readonly judged: ReadonlyMap<string, Judged>;
}

/** What a predecessor of this process wrote into the status counts as known. */
export type Before = Truth | KeepalivedGroupStatus | undefined;

/** Judges what the nodes said, given what was known. @param now - monotonic milliseconds */
export function observe({ nodes, standing, routers }: Expected, evidence: readonly Word[], before: Before, now: number): Truth {
  const words = fresh(evidence, now);
  const heardNodes = new Set(words.map(({ report }) => report.node));
  const areAllHeard = nodes.every((node) => heardNodes.has(node));
  const claimsBy = claimsIn(words);
  const judged = new Map(
    routers.map((router) => {
      const claims = claimsBy.get(router.name) ?? [];
      return [router.name, afterLook(knownOf(before, router.name), ownershipOf(router, claims, areAllHeard), claims, now)];
    }),
  );
  const moves = routers.flatMap((router): Move[] => {
    const { movedFrom: from, owner: to } = judged.get(router.name) ?? {};
    if (from === undefined || to === undefined) return [];
    return [
      { router: router.name, from, to, cause: causeOf(router, { from, to }, { nodes, ...(standing && { standing }) }, evidence), at: now },
    ];
  });
  const pauses = [...judged.values()].flatMap(({ doubtedSince }) => (doubtedSince === undefined ? [] : [doubtedSince + LASTING - now]));
  return {
    owners: new Map([...judged].map(([name, { shown }]) => [name, shown])),
    moves,
    journal: withMoves(isTruth(before) ? before.journal : [], moves),
    words,
    judged,
    ...(pauses.length > 0 && { again: Math.max(SOONEST, Math.min(...pauses)) }),
  };
}

// --- internal ---

/** Milliseconds; a trouble that has lasted and isn't confirmed waits for the nodes' next words. */
const SOONEST = 250;

const isTruth = (before: Before): before is Truth => before !== undefined && 'judged' in before;

function knownOf(before: Before, name: string): Judged {
  if (isTruth(before)) return before.judged.get(name) ?? { shown: { kind: 'Unknown' } };
  const saved = before?.virtualRouters?.find((router) => router.name === name);
  if (saved?.node === undefined) return { shown: { kind: 'Unknown' } };
  return { shown: saved.state === 'Owned' ? { kind: 'Owned', node: saved.node } : { kind: 'Unknown' }, owner: saved.node };
}
