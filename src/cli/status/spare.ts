import type { KeepalivedGroupStatus, VirtualRouterStatus } from '../../api/group/keepalived-group.ts';

export type Homes = NonNullable<KeepalivedGroupStatus['homes']>;

/** The node that takes over when the owner is lost, as far as it is saved; undefined also while there is no owner. */
export function nextOf({ name, node }: VirtualRouterStatus, homes: Homes): string | undefined {
  if (node === undefined) return undefined;
  const home = homes[name] ?? homes[name.replace(/\/ipv[46]$/, '')] ?? [];
  return home.find((one) => one !== node);
}

/**
 * Nodes that run the group's configuration and can take over, the next one first; undefined where the status tells no node's configuration, or
 * no owner.
 */
export function sparesOf(
  router: VirtualRouterStatus,
  { nodeStates = [], revision, homes = {} }: KeepalivedGroupStatus,
): string[] | undefined {
  if (router.node === undefined || nodeStates.length === 0) return undefined;
  const next = nextOf(router, homes);
  const others = nodeStates.filter((one) => one.name !== router.node && one.revision !== undefined && one.revision === revision);
  const names = others.map(({ name }) => name);
  return next !== undefined && names.includes(next) ? [next, ...names.filter((name) => name !== next)] : names;
}
