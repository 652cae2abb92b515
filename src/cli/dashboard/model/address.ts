import type { KeepalivedGroup, VirtualRouterStatus } from '../../../api/group/keepalived-group.ts';
import type { VirtualIP } from '../../../api/virtual-ip/virtual-ip.ts';
import { wrongConditions } from '../../status/amiss.ts';
import { nextOf } from '../../status/spare.ts';
import { isOfWire, wireLines } from '../../status/wire.ts';
import type { AddressFact, Health } from './facts.ts';

/** What a VirtualIP and the group that carries it say of an address. */
export function addressFact(virtualIP: VirtualIP, group: KeepalivedGroup | undefined): AddressFact {
  const { address } = virtualIP.spec;
  const { node, since, service, virtualRouter: router, virtualRouterID: routerID } = virtualIP.status ?? {};
  const wrong = wrongOf(virtualIP);
  return {
    address,
    health: healthOf(virtualIP),
    ...(node !== undefined && { node }),
    ...(since !== undefined && { since }),
    ...(service !== undefined && { service }),
    ...(virtualIP.status?.group !== undefined && { group: virtualIP.status.group }),
    ...(router !== undefined && { router }),
    ...(routerID !== undefined && { routerID }),
    ...ofRouter(router, node, group),
    ...ofWire(virtualIP),
    ...(wrong.length > 0 && { wrong }),
  };
}

/** What a group's status says of its addresses, for those who may not read VirtualIPs: those that it names, and no more. */
export const addressFactsOfGroup = (group: KeepalivedGroup): AddressFact[] =>
  (group.status?.virtualRouters ?? []).flatMap(({ name, virtualRouterID, addresses, node, state }) =>
    addresses.map((address) => {
      const service = group.status?.holders?.[address];
      const key = `${group.metadata.namespace}/${group.metadata.name}`;
      const status = { state, virtualRouter: name, virtualRouterID, group: key, ...(node && { node }), ...(service && { service }) };
      return addressFact({ metadata: { name: address }, spec: { address }, status }, group);
    }),
  );

// --- internal ---

const STATES: readonly Health[] = ['NoOwner', 'SeveralOwners', 'Incomplete', 'Unknown'];

function healthOf(virtualIP: VirtualIP): Health {
  const { group, state } = virtualIP.status ?? {};
  if (group === undefined) return 'Idle';
  const isWrong = wrongConditions(virtualIP).some(({ status }) => status === 'False');
  if (state === 'Owned') return isWrong ? 'Doubtful' : 'Well';
  return STATES.find((one) => one === state) ?? 'Unknown';
}

function ofRouter(name: string | undefined, node: string | undefined, group: KeepalivedGroup | undefined): Partial<AddressFact> {
  const status = group?.status;
  if (name === undefined || status === undefined) return {};
  const { routers, current } = inGroup(group as KeepalivedGroup);
  const listed = routers.get(name);
  const homes = status.homes ?? {};
  const router = { ...(listed ?? BARE), name, ...(node !== undefined && { node }) };
  const next = node === undefined ? undefined : nextOf(router, status);
  const planned = listed?.plannedNode ?? homes[name]?.[0];
  const isAlone = node !== undefined && (status.nodes?.desired ?? 0) > 1 && current?.every((one) => one === node);
  return {
    ...(next !== undefined && { next }),
    ...(planned !== undefined && { planned }),
    ...(isAlone && { isWithoutSpare: true }),
  };
}

const BARE = { virtualRouterID: 0, addressCount: 0, addresses: [], state: 'Unknown' } as const;

interface InGroup {
  readonly routers: ReadonlyMap<string, VirtualRouterStatus>;
  /** Nodes that run its configuration, and so can take over; absent where the status tells of no node. */
  readonly current?: readonly string[];
}

const known = new WeakMap<KeepalivedGroup, InGroup>();

/** Made once for each state of a group, since it is asked for each address. */
function inGroup(group: KeepalivedGroup): InGroup {
  const found = known.get(group);
  if (found !== undefined) return found;
  const { virtualRouters = [], nodeStates = [], revision } = group.status ?? {};
  const current = nodeStates.filter((one) => one.revision !== undefined && one.revision === revision).map(({ name }) => name);
  const made = { routers: new Map(virtualRouters.map((router) => [router.name, router])), ...(nodeStates.length > 0 && { current }) };
  known.set(group, made);
  return made;
}

const WIRE = ['Announced', 'Unique', 'Reachable'];

function ofWire({ status }: VirtualIP): Partial<AddressFact> {
  const conditions = status?.conditions ?? [];
  if (!conditions.some(isOfWire)) return {};
  const letter = (type: string): string => (conditions.find((one) => one.type === type)?.status ?? 'Unknown').charAt(0);
  return { wire: WIRE.map(letter).join('') };
}

function wrongOf(virtualIP: VirtualIP): string[] {
  const wrong = wrongConditions(virtualIP);
  const others = wrong.filter((condition) => !isOfWire(condition));
  return [
    ...wireLines(wrong).map((line) => line.trim()),
    ...others.map(({ type, status, reason, message }) => `${type} ${status}: ${reason}: ${message}`),
  ];
}
