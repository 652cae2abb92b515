import type { NodeReport } from '../api/node/report.ts';
import type { VirtualRouter } from '../plan/virtual-router.ts';

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

/** Judges by what the nodes last reported; reports of different moments may contradict each other for a while. */
export function ownershipOf({ name, addresses }: VirtualRouter, nodes: readonly string[], reports: readonly NodeReport[]): Ownership {
  const claims = reports.flatMap(({ node, instances }) => {
    const instance = instances.find((one) => one.name === name);
    return instance !== undefined && (instance.state === 'MASTER' || instance.held.length > 0) ? [{ node, held: instance.held }] : [];
  });
  const [claim, second] = claims;
  if (claim === undefined)
    return nodes.every((node) => reports.some((report) => report.node === node)) ? { kind: 'NoOwner' } : { kind: 'Unknown' };
  if (second !== undefined) return { kind: 'SeveralOwners', nodes: claims.map(({ node }) => node).sort() };
  const missing = addresses.filter((address) => !claim.held.includes(address));
  return missing.length === 0 ? { kind: 'Owned', node: claim.node } : { kind: 'Incomplete', node: claim.node, missing };
}
