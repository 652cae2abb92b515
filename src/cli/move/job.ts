import type { KeepalivedGroup, VirtualRouterStatus } from '../../api/group/keepalived-group.ts';
import type { VirtualRouter } from '../../plan/virtual-router.ts';

/** A virtual router that is to go to another node: its addresses, of both families, move together. */
export interface Job {
  /** `namespace/name` of the group. */
  readonly group: string;
  /** Its name, without a family. */
  readonly router: string;
  readonly addresses: readonly string[];
  /** The node that has it, as far as the group knows. */
  readonly from?: string;
  readonly to: string;
  /** What the group's annotation says of it before and after; absent: nothing. */
  readonly before?: string;
  readonly after?: string;
}

/** Where a virtual router is, as its group's status has it. */
export interface Place {
  /** Of one instance or two; empty when the group has none of that name. */
  readonly states: readonly VirtualRouterStatus['state'][];
  /** The one node that has all of it. */
  readonly node?: string;
  readonly plannedNode?: string;
}

/** The name that the instances of both families share. */
export const sharedName = (router: string): string => router.replace(/\/ipv[46]$/, '');

export function placeOf(group: KeepalivedGroup | undefined, router: string): Place {
  const instances = (group?.status?.virtualRouters ?? []).filter(({ name }) => sharedName(name) === router);
  const [first] = instances;
  const isOne = first?.node !== undefined && instances.every(({ node }) => node === first.node);
  return {
    states: instances.map(({ state }) => state),
    ...(isOne && { node: first.node }),
    ...(first?.plannedNode !== undefined && { plannedNode: first.plannedNode }),
  };
}

/** Whether exactly that node has all of it. */
export const isAt = ({ states, node }: Place, wanted: string): boolean =>
  states.length > 0 && node === wanted && states.every((state) => state === 'Owned');

/** The instances of a plan by the name that the two families share. */
export function byRouter(
  routers: readonly VirtualRouter[],
): Map<string, { readonly addresses: string[]; readonly first: string | undefined }> {
  const grouped = Map.groupBy(routers, ({ name }) => sharedName(name));
  return new Map(
    [...grouped].map(([name, instances]) => [
      name,
      { addresses: instances.flatMap(({ addresses }) => addresses), first: instances[0]?.ranks[0] },
    ]),
  );
}

/** The job that undoes another. */
export const reversed = ({ before, after, from, to, ...job }: Job): Job => ({
  ...job,
  from: to,
  to: from ?? to,
  ...(after !== undefined && { before: after }),
  ...(before !== undefined && { after: before }),
});

/** How many addresses a message names. */
const SHOWN = 3;

/** `192.0.2.1 and 2 more` */
export function addressesInWords(addresses: readonly string[]): string {
  const more = addresses.length - SHOWN;
  return more > 0 ? `${addresses.slice(0, SHOWN).join(', ')} and ${more} more` : addresses.join(', ');
}
