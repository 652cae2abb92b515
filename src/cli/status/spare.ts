import type { KeepalivedGroupStatus, VirtualRouterStatus } from '../../api/group/keepalived-group.ts';

export type Homes = NonNullable<KeepalivedGroupStatus['homes']>;

/** The node that takes over when the owner is lost, as far as it is saved; undefined also while there is no owner. */
export function nextOf({ name, node }: VirtualRouterStatus, homes: Homes): string | undefined {
  if (node === undefined) return undefined;
  const home = homes[name] ?? homes[name.replace(/\/ipv[46]$/, '')] ?? [];
  return home.find((one) => one !== node);
}
