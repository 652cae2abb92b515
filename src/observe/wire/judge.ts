import type { Word } from '../evidence.ts';
import type { Ownership } from '../ownership.ts';
import type { Copy, Found, WireEvidence } from './evidence.ts';
import type { ForeignAdverts } from './foreign.ts';
import type { WireVerdict } from './verdict.ts';

/** What one address is judged by. */
export interface WireCase {
  readonly address: string;
  readonly ownership: Ownership;
  /** Whether another node says that it is the owner, too, and may be by now. */
  readonly isOwnerDoubted: boolean;
  /** The owner's word; absent where it doesn't answer. */
  readonly ownerWord: Word | undefined;
  /** Since when this owner is known to have the address, by the manager's clock. */
  readonly settled: number;
  /** Until when a node is known to have owned the address by its own word, by the manager's clock; undefined where it isn't known to have. */
  readonly ownedUntil: (node: string) => number | undefined;
  /** The link-layer address that VRRP gives to the virtual router, with `use_vmac`. */
  readonly virtualMac?: string | undefined;
  /** All of the group. */
  readonly nodes: readonly string[];
  readonly evidence: WireEvidence;
  /** Adverts of a stranger that announce the address. */
  readonly advertised?: ForeignAdverts | undefined;
  /** Monotonic and wall's milliseconds. */
  readonly now: number;
  readonly wall: number;
}

/** Milliseconds. */
export const PATIENCE = {
  /**
   * What began before the last move is believed so long after it: by then the kernel of the asker has asked the same host anew (a neighbour is
   * trusted for 45 s at most, and is given up 8 s later).
   */
  renewed: 60_000,
  /** That nobody answers is told no sooner where the owner answers the manager: it has said meanwhile that it is still the owner. */
  silence: 2000,
  /** The same where it doesn't: another node takes over, and is seen by the askers, within less. */
  takeover: 5000,
  /** That a node which owned the address answered beside its owner is found so long after it, until it was asked in vain often enough. */
  former: 7000,
};

export interface WireSeen {
  readonly verdict: WireVerdict;
  /** Whether time alone may make it another one. */
  readonly waits: boolean;
}

/** What the evidence of one moment says. Each finding is one that its node has seen more than once. */
export function judgeWire(one: WireCase): WireSeen {
  const { ownership, evidence, address, advertised } = one;
  if (advertised !== undefined) return { verdict: { kind: 'Advertised', by: advertised }, waits: false };
  const owner = ownership.kind === 'Owned' ? ownership.node : undefined;
  const found = (evidence.foundOf.get(address) ?? []).filter(({ node }) => node !== owner);
  // The owner hears who else answers, too.
  const heard = [...found, ...(evidence.contestedOf.get(address) ?? [])];
  const verdict = (owner === undefined ? undefined : (copies(one, owner) ?? intruder(one, owner, heard))) ?? silence(one, owner, found);
  if (verdict !== undefined && verdict !== 'waits') return { verdict, waits: false };
  return { verdict: wellOrUnknown(one, owner, found), waits: verdict === 'waits' };
}

/** The address that VRRP gives to a virtual router (RFC 9568, 7.3). */
export const virtualMacOf = (id: number, isIPv6: boolean): string => `00:00:5e:00:0${isIPv6 ? 2 : 1}:${id.toString(16).padStart(2, '0')}`;

// --- internal ---

const isAnswer = ({ is }: Found): boolean => is === 'answered' || is === 'resolved';

/** Whether it is as it was found after the last move. */
const isNewer = ({ since }: Found, { settled, now }: WireCase): boolean =>
  since.at - since.error >= settled || now - settled >= PATIENCE.renewed;

function copies({ evidence, address }: WireCase, owner: string): WireVerdict | undefined {
  const others = (evidence.copiesOf.get(address) ?? []).filter(({ node }) => node !== owner);
  const [first] = others;
  if (first === undefined) return undefined;
  return { kind: 'LocalCopies', nodes: namesOf(others), interface: first.interface };
}

/** A host that isn't the owner, and answers. */
function intruder(one: WireCase, owner: string, found: readonly Found[]): WireVerdict | 'waits' | undefined {
  const { evidence, nodes, virtualMac, now, wall } = one;
  const own = evidence.macs.get(owner);
  if (own === undefined) return undefined;
  const others = found.filter((each) => isAnswer(each) && each.mac !== undefined && each.mac !== virtualMac && !own.includes(each.mac));
  const foreign = others.filter((each) => isNewer(each, one));
  // Of several hosts the same one, whoever tells first.
  const [mac] = foreign.flatMap((each) => each.mac ?? []).sort();
  if (mac === undefined) return others.length > 0 ? 'waits' : undefined;
  const same = foreign.filter((each) => each.mac === mac);
  const askers = namesOf(same);
  const node = nodes.find((name) => name !== owner && evidence.macs.get(name)?.includes(mac));
  // Which of the nodes is the owner, they say themselves.
  if (node !== undefined) return one.isOwnerDoubted || wasOwner(node, one) ? 'waits' : { kind: 'OtherNode', node, mac, askers };
  const since = Math.round(wall - now + Math.min(...same.map((each) => each.since.at)));
  return { kind: 'Stranger', mac, askers, untold: nodes.filter((name) => !evidence.macs.has(name)), since };
}

const wasOwner = (node: string, { ownedUntil, now }: WireCase): boolean =>
  now - (ownedUntil(node) ?? Number.NEGATIVE_INFINITY) < PATIENCE.former;

/** Nobody answers: all that ask find so, two of them at least where so many answer the manager, or did a moment ago. */
function silence(one: WireCase, owner: string | undefined, found: readonly Found[]): WireVerdict | 'waits' | undefined {
  const { ownership, ownerWord, evidence, now } = one;
  // Of several owners, or one that lacks some addresses, the reports of the nodes say more.
  if (ownership.kind === 'SeveralOwners' || ownership.kind === 'Incomplete') return undefined;
  const bad = found.filter((each) => !isAnswer(each));
  if (bad.length === 0 || bad.length < found.length) return undefined;
  if (bad.length < Math.min(2, witnesses(evidence.lately, owner))) return undefined;
  const latest = Math.max(...bad.map(({ since }) => since.at + since.error));
  const isConfirmed =
    ownerWord === undefined
      ? now - latest >= PATIENCE.takeover
      : bad.every((each) => isNewer(each, one)) && ownerWord.asked - latest >= PATIENCE.silence;
  if (!isConfirmed) return 'waits';
  return { kind: bad.every(({ is }) => is === 'unresolved') ? 'Nobody' : 'Silent', askers: namesOf(bad) };
}

function wellOrUnknown({ evidence, virtualMac }: WireCase, owner: string | undefined, found: readonly Found[]): WireVerdict {
  if (witnesses(evidence.askers, owner) === 0) return { kind: 'Unknown', why: 'NobodyAsks' };
  const own = owner === undefined ? undefined : evidence.macs.get(owner);
  if (own === undefined) return { kind: 'Unknown', why: 'OwnerUnknown' };
  const good = found.filter((each) => isAnswer(each) && each.mac !== undefined && (own.includes(each.mac) || each.mac === virtualMac));
  if (good.length === 0) return { kind: 'Unknown', why: 'NoEvidence' };
  return { kind: 'Owner', ...(good.some(({ is }) => is === 'answered') && { answers: true }) };
}

/** Nodes that ask, beside the owner. */
const witnesses = (askers: ReadonlySet<string>, owner: string | undefined): number =>
  askers.size - (owner !== undefined && askers.has(owner) ? 1 : 0);

const namesOf = (all: readonly (Found | Copy)[]): string[] => [...new Set(all.map(({ node }) => node))].sort();
