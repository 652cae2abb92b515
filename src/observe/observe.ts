import type { KeepalivedGroupStatus } from '../api/group/keepalived-group.ts';
import type { Members } from './cause.ts';
import { afterLook, type Judged, LASTING } from './doubt.ts';
import { withoutEndpoints } from './endpoints.ts';
import { fresh, type Word } from './evidence.ts';
import { advance, type Chronicle } from './journal/chronicle.ts';
import type { Move } from './journal/move.ts';
import type { Recorded } from './journal/origin.ts';
import type { Tenure } from './journal/tenure.ts';
import { patienceLeft } from './journal/waits.ts';
import { claimsIn, type ExpectedRouter, type Ownership, ownershipOf } from './ownership.ts';
import type { ForeignLook } from './wire/foreign.ts';
import { lookAtWire, NO_WIRE, type Wire, wireAgain } from './wire/look.ts';

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
  /** By name of the virtual router. */
  readonly chronicles: ReadonlyMap<string, Chronicle>;
  /** The words that count. */
  readonly words: readonly Word[];
  /** Milliseconds after which to look again: a trouble will have lasted by then, or be over. */
  readonly again?: number;
  readonly judged: ReadonlyMap<string, Judged>;
  /** Who answers for the addresses on the network. */
  readonly wire: Wire;
  /** Services with policy Local that have no ready endpoint on any node. */
  readonly unserved: ReadonlySet<string>;
}

/** What a predecessor of this process wrote into the status counts as known. */
export type Before = Truth | KeepalivedGroupStatus | undefined;

/** What is written down, and what time it is for people. */
export interface Ledger {
  /** Milliseconds since 1970. */
  readonly wall: number;
  /** What was written down of a virtual router; absent until that can be known. Undefined where nothing ever will be. */
  readonly recordedOf?: ((router: string) => Recorded | undefined) | undefined;
  /** Whether a node of the cluster has the address or the link-layer address, of whichever group; absent: no other node is known. */
  readonly isOurs?: ForeignLook['isOurs'];
}

/** Judges what the nodes said, given what was known. @param now - monotonic milliseconds */
export function observe(
  { nodes, standing, draining, routers }: Expected,
  evidence: readonly Word[],
  before: Before,
  now: number,
  ledger: Ledger = UNWRITTEN,
): Truth {
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
  const known = isTruth(before) ? before : undefined;
  const news = words.filter(
    (word) => !known?.words.some(({ report, clock }) => report === word.report && (clock === undefined) === (word.clock === undefined)),
  );
  const advanced = routers.map((router) => {
    const { name } = router;
    const look = {
      ...{
        router,
        members: { nodes, ...(standing && { standing }), ...(draining && { draining }) },
        owner: judged.get(name)?.shown,
        words: evidence,
        news,
        now,
      },
      lastOwner: knownOf(before, name).owner,
      wall: ledger.wall,
      recorded: ledger.recordedOf === undefined ? null : ledger.recordedOf(name),
      isNewlyPlanned: known !== undefined && !known.chronicles.has(name),
    };
    return [name, advance(known?.chronicles.get(name) ?? NOTHING, look)] as const;
  });
  const chronicles = new Map(advanced.map(([name, { chronicle }]) => [name, chronicle]));
  const doubts = [...judged.values()].flatMap(({ doubtedSince }) => (doubtedSince === undefined ? [] : [doubtedSince + LASTING - now]));
  const owners = new Map([...judged].map(([name, { shown }]) => [name, shown]));
  const tenureOf = (router: string, node: string): Tenure | undefined =>
    chronicles.get(router)?.tenures.findLast((one) => one.node === node);
  const ownedSince = (router: string, node: string): number | undefined => {
    const tenure = tenureOf(router, node);
    return tenure?.end === undefined ? tenure?.start.at : undefined;
  };
  const ownedUntil = (router: string, node: string): number | undefined => {
    const tenure = tenureOf(router, node);
    return tenure?.end?.at?.at ?? tenure?.lastKnown;
  };
  const isDoubted = (router: string): boolean => judged.get(router)?.doubtedSince !== undefined;
  const { wall, isOurs = NOBODY_ELSE } = ledger;
  const wire = lookAtWire(known?.wire ?? NO_WIRE, { nodes, routers, owners, ownedSince, ownedUntil, isDoubted, isOurs, words, now, wall });
  const left = [...chronicles.values()].flatMap((one) => patienceLeft(one, now) ?? []);
  const pauses = [...doubts, ...left, ...[wireAgain(wire, now)].flatMap((one) => one ?? [])];
  return {
    owners,
    moves: advanced.flatMap(([, { moves }]) => moves),
    chronicles,
    words,
    judged,
    wire,
    unserved: withoutEndpoints(words, known?.unserved),
    ...(pauses.length > 0 && { again: Math.max(SOONEST, Math.min(...pauses)) }),
  };
}

// --- internal ---

const NOTHING: Chronicle = { journal: [], tenures: [] };
const NOBODY_ELSE = (): boolean => false;
const UNWRITTEN: Ledger = { wall: 0, recordedOf: () => undefined };

/** Milliseconds; a trouble that has lasted and isn't confirmed waits for the nodes' next words. */
const SOONEST = 250;

const isTruth = (before: Before): before is Truth => before !== undefined && 'judged' in before;

function knownOf(before: Before, name: string): Judged {
  if (isTruth(before)) return before.judged.get(name) ?? { shown: { kind: 'Unknown' } };
  const saved = before?.virtualRouters?.find((router) => router.name === name);
  if (saved?.node === undefined) return { shown: { kind: 'Unknown' } };
  return { shown: saved.state === 'Owned' ? { kind: 'Owned', node: saved.node } : { kind: 'Unknown' }, owner: saved.node };
}
