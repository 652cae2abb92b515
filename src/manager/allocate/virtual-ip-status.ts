import type { Condition, Service } from '../../api/core.ts';
import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import { SERVICE_ANNOTATIONS } from '../../api/names.ts';
import { MOST_MOVES, type MoveRecord, type VirtualIP, type VirtualIPStatus } from '../../api/virtual-ip/virtual-ip.ts';
import { isSame } from '../../kube/apply/merge-patch.ts';
import { ENDPOINTS_READY, endpointsReady } from '../../observe/endpoints.ts';
import { together } from '../../observe/journal/move.ts';
import type { WireVerdict } from '../../observe/wire/verdict.ts';
import { WIRE_CONDITIONS, wireConditions } from '../../observe/wire/words.ts';
import { portsOf } from '../../plan/sharing/tenants.ts';

export interface Seen {
  readonly serviceOf: (key: string) => Service | undefined;
  readonly groupOf: (key: string) => KeepalivedGroup | undefined;
  /** Name of the virtual router of a group that carries an address. */
  readonly routerOf: (group: string, address: string) => string | undefined;
  /** The moves of a group's virtual router, the latest last. */
  readonly movesOf: (group: string, router: string) => readonly MoveRecord[];
  /** Who answers on the network for an address of a group; undefined while that isn't judged. */
  readonly verdictOf: (group: string, address: string) => WireVerdict | undefined;
  /** Whether a Service of a group has policy Local, and no ready endpoint on any node. */
  readonly isUnserved: (group: string, service: string) => boolean;
}

/** The status that a VirtualIP is to have; undefined when it has it. @param time - RFC 3339 */
export function virtualIPStatus(one: VirtualIP, seen: Seen, time: string): VirtualIPStatus | undefined {
  const { claims = [], address } = one.spec;
  const services = claims.flatMap(({ namespace, service }) => seen.serviceOf(`${namespace}/${service}`) ?? []);
  const group = services.flatMap(({ metadata }) => metadata.annotations?.[SERVICE_ANNOTATIONS.group]?.trim() ?? [])[0];
  const [first] = claims;
  const more = claims.length > 1 ? ` +${claims.length - 1}` : '';
  const ports = [...new Set(services.flatMap(portsOf))].sort();
  const place = group === undefined ? {} : placeOf(seen, group, address);
  const { since: _, observedGeneration: __, ...before } = one.status ?? {};
  const wanted: VirtualIPStatus = {
    ...(first && { service: `${first.namespace}/${first.service}${more}` }),
    ...(ports.length > 0 && { ports }),
    source: first?.source ?? 'Reservation',
    ...(first?.pool !== undefined && { pool: first.pool }),
    ...(group !== undefined && { group }),
    ...place,
    ...conditionsOf(one, place.virtualRouter === undefined ? undefined : group, seen, time),
    ...movesOf(one, group, place.virtualRouter, seen),
  };
  if (isSame(before, wanted)) return undefined;
  const since = sinceOf(one, wanted, time);
  return { ...wanted, ...(since !== undefined && { since }) };
}

// --- internal ---

/** Since when it is so: where a move brought it to its node, the move's own time, also when that is known later than where the address is. */
function sinceOf({ status: before }: VirtualIP, { node, state, moves = [] }: VirtualIPStatus, time: string): string | undefined {
  const [move] = moves;
  const isOther = before?.node !== node || before?.state !== state;
  const isTold = move !== undefined && move.to === node && move.time !== before?.moves?.find(({ to }) => to === node)?.time;
  if (isTold && state === 'Owned') return move.time.replace(/\.\d+Z$/, 'Z');
  return isOther ? time : before?.since;
}

/** What the address has gone through, the latest first: also with virtual routers that carried it before, and nothing from before it was recorded. */
function movesOf(
  { status, metadata }: VirtualIP,
  group: string | undefined,
  router: string | undefined,
  seen: Seen,
): Pick<VirtualIPStatus, 'moves'> {
  const known = (status?.moves ?? []).toReversed();
  const found = group === undefined || router === undefined ? [] : seen.movesOf(group, router);
  const since = Date.parse(metadata.creationTimestamp ?? '') || 0;
  const moves = together(
    known,
    found.filter(({ time }) => Date.parse(time) >= since),
  ).toReversed();
  return moves.length === 0 ? {} : { moves: moves.slice(0, MOST_MOVES) };
}

/** What was told stays until there is something to tell; of an address that no group carries, nothing is. */
function conditionsOf(
  { status, spec }: VirtualIP,
  group: string | undefined,
  seen: Seen,
  time: string,
): Pick<VirtualIPStatus, 'conditions'> {
  const known = status?.conditions ?? [];
  const others = known.filter(({ type }) => ![...WIRE_CONDITIONS, ENDPOINTS_READY.type].some((own) => own === type));
  const told = group === undefined ? [] : [...ofWire(spec, group, seen, known), ...ofEndpoints(spec, group, seen, known)];
  const conditions = told.map((condition): Condition => {
    const before = known.find(({ type }) => type === condition.type);
    return { ...condition, lastTransitionTime: before?.status === condition.status ? before.lastTransitionTime : time };
  });
  return others.length + conditions.length === 0 ? {} : { conditions: [...others, ...conditions] };
}

type Told = Omit<Condition, 'lastTransitionTime' | 'observedGeneration'>;

/** None where nobody has ever asked. */
function ofWire({ address }: VirtualIP['spec'], group: string, { verdictOf }: Seen, known: readonly Condition[]): readonly Told[] {
  const before = known.filter(({ type }) => WIRE_CONDITIONS.some((own) => own === type));
  const verdict = verdictOf(group, address);
  const isNothing = before.length === 0 && verdict?.kind === 'Unknown' && verdict.why === 'NobodyAsks';
  return verdict === undefined || isNothing ? before : wireConditions(address, verdict);
}

/** None until an address has a Service that no node can serve. */
function ofEndpoints(
  { address, claims = [] }: VirtualIP['spec'],
  group: string,
  { isUnserved }: Seen,
  known: readonly Condition[],
): Told[] {
  const services = claims.map(({ namespace, service }) => `${namespace}/${service}`);
  const unserved = services.filter((service) => isUnserved(group, service));
  const isKnown = known.some(({ type }) => type === ENDPOINTS_READY.type);
  return unserved.length === 0 && !isKnown ? [] : [endpointsReady(address, unserved)];
}

type RouterStatus = NonNullable<NonNullable<KeepalivedGroup['status']>['virtualRouters']>[number];
const ROUTERS = new WeakMap<KeepalivedGroup, ReadonlyMap<string, RouterStatus>>();

/** By name; a group is looked through once, however many addresses it has. */
function routersIn(group: KeepalivedGroup): ReadonlyMap<string, RouterStatus> {
  const routers = ROUTERS.get(group) ?? new Map(group.status?.virtualRouters?.map((one) => [one.name, one]));
  ROUTERS.set(group, routers);
  return routers;
}

type Place = Pick<VirtualIPStatus, 'virtualRouter' | 'virtualRouterID' | 'node' | 'state'>;

/** Where the group's status says that the address is. */
function placeOf({ groupOf, routerOf }: Seen, groupKey: string, address: string): Place {
  const group = groupOf(groupKey);
  const name = routerOf(groupKey, address);
  if (group === undefined || name === undefined) return {};
  const router = routersIn(group).get(name);
  const id = group.status?.routerIDs?.[name];
  return {
    virtualRouter: name,
    ...(id !== undefined && { virtualRouterID: id }),
    ...(router?.node !== undefined && { node: router.node }),
    ...(router !== undefined && { state: router.state }),
  };
}
