import type { KeepalivedGroupStatus, VirtualRouterStatus } from '../../api/group/keepalived-group.ts';

/** The part of a group's status that says who can take over. */
export type Backing = Pick<KeepalivedGroupStatus, 'nodeStates' | 'revision' | 'homes'>;

/**
 * The node that takes over when the owner is lost: the one that is saved, if it runs the group's configuration, else the only one that does.
 * Undefined where there is none, where VRRP alone decides between several, and while there is no owner.
 */
export function nextOf(router: VirtualRouterStatus, backing: Backing): string | undefined {
  const home = secondHome(router, backing);
  const able = ableNodes(router, backing);
  if (able === undefined || (home !== undefined && able.includes(home))) return home;
  return able.length === 1 ? able[0] : undefined;
}

/** The same for people. */
export const nextInWords = (router: VirtualRouterStatus, backing: Backing): string =>
  nextOf(router, backing) ?? ((count) => (count > 1 ? `one of ${count}` : '<none>'))(ableNodes(router, backing)?.length ?? 0);

/**
 * Nodes that run the group's configuration and can take over, the next one first; undefined where the status tells no node's configuration, or
 * no owner.
 */
export function sparesOf(router: VirtualRouterStatus, backing: Backing): string[] | undefined {
  const home = secondHome(router, backing);
  const able = ableNodes(router, backing);
  return home !== undefined && able?.includes(home) ? [home, ...able.filter((name) => name !== home)] : able;
}

// --- internal ---

function secondHome({ name, node }: VirtualRouterStatus, { homes = {} }: Backing): string | undefined {
  if (node === undefined) return undefined;
  const home = homes[name] ?? homes[name.replace(/\/ipv[46]$/, '')] ?? [];
  return home.find((one) => one !== node);
}

function ableNodes({ node }: VirtualRouterStatus, { nodeStates = [], revision }: Backing): string[] | undefined {
  if (node === undefined || nodeStates.length === 0) return undefined;
  return nodeStates.flatMap((one) => (one.name !== node && one.revision !== undefined && one.revision === revision ? one.name : []));
}
