import type { KeepalivedGroup, KeepalivedGroupStatus, VirtualRouterStatus } from '../../api/group/keepalived-group.ts';
import { parseAddress } from '../../net/address.ts';
import { hasAddress } from '../../plan/claims/holding.ts';

/** What somebody wants to know of. */
export type Subject =
  | { readonly kind: 'address'; readonly text: string }
  | { readonly kind: 'service'; readonly key: string }
  | { readonly kind: 'node'; readonly name: string };

/** What a word of the command line names; null when it names nothing. @param namespace - of a Service that names none */
export function subjectOf(text: string, namespace: string): Subject | null {
  const node = /^(?:nodes?|no)\/([^/]+)$/.exec(text)?.[1];
  if (node !== undefined) return { kind: 'node', name: node };
  const [, named, name] = /^(?:services?|svc)\/(?:([^/]+)\/)?([^/]+)$/.exec(text) ?? [];
  if (name !== undefined) return { kind: 'service', key: `${named ?? namespace}/${name}` };
  const address = parseAddress(text);
  return address === undefined ? null : { kind: 'address', text: address.text };
}

/** What is said of a word that names nothing. */
export const noSubject = (text: string | undefined): string =>
  `${JSON.stringify(text)} is not an address; write an address, service/NAME, service/NAMESPACE/NAME or node/NAME`;

/** The groups that the subject concerns, each with those of its virtual routers and nodes that it concerns; all without a subject. */
export function about(groups: readonly KeepalivedGroup[], subject: Subject | undefined): KeepalivedGroup[] {
  if (subject === undefined) return [...groups];
  return groups.flatMap((group) => {
    const { virtualRouters = [], nodeStates = [] } = group.status ?? {};
    const routers = virtualRouters.filter((router) => concerns(router, subject, group.status));
    const nodes = subject.kind === 'node' ? nodeStates.filter(({ name }) => name === subject.name) : nodeStates;
    const isConcerned = routers.length > 0 || (subject.kind === 'node' && nodes.length > 0);
    return isConcerned ? [{ ...group, status: { ...group.status, virtualRouters: routers, nodeStates: nodes } }] : [];
  });
}

// --- internal ---

function concerns(
  { name, addresses, node, plannedNode }: VirtualRouterStatus,
  subject: Subject,
  status: KeepalivedGroupStatus | undefined,
): boolean {
  if (subject.kind === 'address') return addresses.includes(subject.text);
  if (subject.kind === 'node') return node === subject.name || plannedNode === subject.name;
  return (
    name === subject.key || name.startsWith(`${subject.key}/`) || addresses.some((address) => hasAddress(status, address, subject.key))
  );
}
