import type { Node } from '../../../api/core.ts';
import type { KeepalivedGroup } from '../../../api/group/keepalived-group.ts';
import { standingOf } from '../../../plan/placement/standing.ts';
import { nodeTroubles } from '../../status/amiss.ts';
import type { AddressFact, NodeFact } from './facts.ts';

export interface NodeEvidence {
  /** Absent where Nodes may not be read, or have not been yet. */
  readonly nodes: readonly Node[] | undefined;
  readonly groups: readonly KeepalivedGroup[];
  readonly addresses: readonly AddressFact[];
}

/** Every Node, and every name that an address or a group's status has and no Node. */
export function nodeFacts({ nodes, groups, addresses }: NodeEvidence): NodeFact[] {
  const byName = new Map((nodes ?? []).map((node) => [node.metadata.name, node]));
  const owners = new Set(addresses.flatMap(({ node }) => node ?? []));
  const members = new Set([...owners, ...groups.flatMap(({ status }) => (status?.nodeStates ?? []).map(({ name }) => name))]);
  const standing = standingOf({ nodes: nodes ?? [] });
  return [...new Set([...byName.keys(), ...members])].map((name) => {
    const node = byName.get(name);
    const isGone = nodes !== undefined && node === undefined;
    return {
      name,
      troubles: [...(isGone ? [`there is no Node ${name} any more`] : []), ...nodeTroubles(name, groups, node)],
      ...(standing.has(name) && { isUnfit: true }),
      ...(isGone && { isGone: true }),
      isMember: members.has(name) || (node !== undefined && groups.some((group) => isSelected(node, group))),
    };
  });
}

// --- internal ---

const isSelected = ({ metadata }: Node, { spec }: KeepalivedGroup): boolean =>
  Object.entries(spec?.nodeSelector ?? {}).every(([key, value]) => metadata.labels?.[key] === value);
