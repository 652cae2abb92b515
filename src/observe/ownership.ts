import type { InstanceReport, NodeReport } from '../api/node/report.ts';
import type { Word } from './evidence.ts';

/** Who has the addresses of a virtual router, as the nodes say. */
export type Ownership =
  | { readonly kind: 'Owned'; readonly node: string }
  /** One node is master and lacks some of the addresses. */
  | { readonly kind: 'Incomplete'; readonly node: string; readonly missing: readonly string[] }
  /** More than one node is master or holds an address. Sorted. */
  | { readonly kind: 'SeveralOwners'; readonly nodes: readonly string[] }
  /** Every node answered, and none is master. */
  | { readonly kind: 'NoOwner' }
  /** No node that answered is master, and one that didn't may be. */
  | { readonly kind: 'Unknown' };

export type OwnershipKind = Ownership['kind'];

/** The part of a planned virtual router that its owner is judged by. */
export interface ExpectedRouter {
  readonly name: string;
  readonly addresses: readonly string[];
  /** Nodes in the order in which they are to own it. */
  readonly ranks: readonly string[];
  /** Its virtual router id. */
  readonly id?: number;
}

/** A node's word that it is master of a virtual router, or holds an address of it. */
export interface Claim {
  readonly node: string;
  readonly held: readonly string[];
  readonly word: Word;
}

/**
 * The claims that count, by name of the virtual router. A silent node's claim is withdrawn as soon as another node claims the virtual router
 * in a newer word: the silent one has lost power or its network, and the other has taken over.
 */
export function claimsIn(words: readonly Word[]): ReadonlyMap<string, readonly Claim[]> {
  const claims = words.flatMap((word) => claimedIn(word.report).map(({ name, held }) => ({ name, node: word.report.node, held, word })));
  return new Map([...Map.groupBy(claims, ({ name }) => name)].map(([name, some]) => [name, some.length < 2 ? some : standing(some)]));
}

/** Judges one moment; reports of different moments may contradict each other for a while. */
export function ownershipOf({ addresses }: Pick<ExpectedRouter, 'addresses'>, claims: readonly Claim[], areAllHeard: boolean): Ownership {
  const [claim, second] = claims;
  if (claim === undefined) return { kind: areAllHeard ? 'NoOwner' : 'Unknown' };
  if (second !== undefined) return { kind: 'SeveralOwners', nodes: claims.map(({ node }) => node).sort() };
  const held = new Set(claim.held);
  const missing = addresses.filter((address) => !held.has(address));
  return missing.length === 0 ? { kind: 'Owned', node: claim.node } : { kind: 'Incomplete', node: claim.node, missing };
}

// --- internal ---

const standing = (claims: readonly Claim[]): readonly Claim[] =>
  claims.filter(({ word }) => word.silentSince === undefined || !claims.some((other) => other.word.asked > word.heard));

/** A report never changes, and most of its instances are backups. */
const CLAIMED = new WeakMap<NodeReport, readonly InstanceReport[]>();

function claimedIn(report: NodeReport): readonly InstanceReport[] {
  const known = CLAIMED.get(report);
  if (known !== undefined) return known;
  const claimed = report.instances.filter(({ state, held }) => state === 'MASTER' || held.length > 0);
  CLAIMED.set(report, claimed);
  return claimed;
}
