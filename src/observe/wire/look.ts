import type { Word } from '../evidence.ts';
import type { ExpectedRouter, Ownership } from '../ownership.ts';
import { afterWireLook, type KnownOwner, type WireJudged, wirePatienceLeft } from './doubt.ts';
import { evidenceIn, type Macs, type WireEvidence } from './evidence.ts';
import { type Foreign, type ForeignLook, lookAtForeign, NOTHING_FOREIGN } from './foreign.ts';
import { judgeWire, virtualMacOf } from './judge.ts';

/** What is known of the wire: by address, and the link-layer addresses of the nodes. */
export interface Wire {
  readonly judged: ReadonlyMap<string, WireJudged>;
  readonly macs: Macs;
  /** Whether time alone may change what is seen. */
  readonly waits: boolean;
  /** Strangers' VRRP adverts with ids or addresses of the group. */
  readonly foreign: Foreign;
}

export const NO_WIRE: Wire = { judged: new Map(), macs: new Map(), waits: false, foreign: NOTHING_FOREIGN };

export interface WireLook {
  readonly nodes: readonly string[];
  readonly routers: readonly ExpectedRouter[];
  /** By name of the virtual router. */
  readonly owners: ReadonlyMap<string, Ownership>;
  /** Since when a node is the owner by its own word, by the manager's clock; undefined where it has not said. */
  readonly ownedSince: (router: string, node: string) => number | undefined;
  /** Until when it was. */
  readonly ownedUntil: (router: string, node: string) => number | undefined;
  /** Whether something else is seen of a virtual router's owner than what is known, and not for long enough. */
  readonly isDoubted: (router: string) => boolean;
  readonly isOurs: ForeignLook['isOurs'];
  readonly words: readonly Word[];
  /** Monotonic and wall's milliseconds. */
  readonly now: number;
  readonly wall: number;
}

/** Judges each address of the routers, given what was known. */
export function lookAtWire(before: Wire, look: WireLook): Wire {
  const evidence = evidenceIn(look.words, before.macs, look.now);
  const foreign = lookAtForeign(before.foreign, { ...look, macs: evidence.macs });
  const seen = look.routers.flatMap((router) => {
    const owner = ownerOf(before, look, router);
    const ownerWord = look.words.find(({ report, silentSince }) => report.node === owner?.node && silentSince === undefined);
    return router.addresses.map((address) => judgeAddress(address, { before, look, router, owner, ownerWord, evidence, foreign }));
  });
  return {
    judged: new Map(seen.map(({ address, judged }) => [address, judged])),
    macs: evidence.macs,
    waits: seen.some(({ waits }) => waits),
    foreign,
  };
}

/** Milliseconds after which to look again; undefined where only news can change what is known. */
export function wireAgain({ judged, waits, foreign }: Wire, now: number): number | undefined {
  const left = [...judged.values()].flatMap((one) => wirePatienceLeft(one, now) ?? []);
  if (foreign.again !== undefined) left.push(foreign.again);
  if (waits) left.push(WAIT);
  return left.length === 0 ? undefined : left.reduce((a, b) => Math.min(a, b));
}

// --- internal ---

/** Milliseconds. */
const WAIT = 1000;
const UNKNOWN: Ownership = { kind: 'Unknown' };

interface Scene {
  readonly before: Wire;
  readonly look: WireLook;
  readonly router: ExpectedRouter;
  readonly owner: KnownOwner | undefined;
  readonly ownerWord: Word | undefined;
  readonly evidence: WireEvidence;
  readonly foreign: Foreign;
}

function judgeAddress(address: string, { before, look, router: { name, id }, owner, ownerWord, evidence, foreign }: Scene) {
  const { nodes, owners, now, wall } = look;
  const known = before.judged.get(address) ?? {};
  const same = known.owner?.node === owner?.node ? (known.owner ?? owner) : owner;
  const { verdict, waits } = judgeWire({
    address,
    ownership: owners.get(name) ?? UNKNOWN,
    isOwnerDoubted: look.isDoubted(name),
    ownerWord,
    settled: same?.since ?? now,
    ownedUntil: (node) => look.ownedUntil(name, node),
    virtualMac: id === undefined ? undefined : virtualMacOf(id, address.includes(':')),
    nodes,
    evidence,
    advertised: foreign.adverts.find(({ addresses }) => addresses.includes(address)),
    now,
    wall,
  });
  return { address, judged: afterWireLook(known, verdict, same, now), waits };
}

/** What came to be before this process began is as old as its owner says; what it sees come is new. */
function ownerOf({ judged }: Wire, { owners, ownedSince, now }: WireLook, { name }: ExpectedRouter): KnownOwner | undefined {
  const ownership = owners.get(name);
  if (ownership?.kind !== 'Owned') return undefined;
  const { node } = ownership;
  return { node, since: judged.size > 0 ? now : (ownedSince(name, node) ?? now) };
}
