import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import type { Problem } from '../../api/problem.ts';
import { byText } from '../../net/text-order.ts';
import { needsOwnInstance, type WantedRouter } from '../claims/claim.ts';
import { fenceOf } from '../claims/fence.ts';
import type { PlanInput, ReservedRouterId } from '../input.ts';
import { memberNodes } from '../placement/taint.ts';
import { groupReference } from '../reference.ts';
import { type Allotment, allot, type Ids } from './allotment.ts';
import { carriersAlone, carriersBesideOthers, isCarrier } from './carrier.ts';
import { HIGHEST_ID, type IdSpace, idSpace, isId, LOWEST_ID } from './id-space.ts';

export interface RouterIds {
  /** By name, of the routers that have an id of their own. */
  readonly own: ReadonlyMap<string, number>;
  /** By name; none while the group has an id for each router. What has no id of its own and needs none is on one of them. */
  readonly carriers: ReadonlyMap<string, number>;
  /** What the status has to hold: those, and the ones that are given up but that a node may still run. */
  readonly saved: Readonly<Record<string, number>>;
  readonly problems: readonly Problem[];
}

/**
 * Gives each router its id. A saved id is kept unless it is blacklisted, whatever the fences say; a new one is the lowest that nobody on the
 * segment has. When they run low, or a namespace has as many as it may, carriers are made, and from then on new routers that need nothing of
 * their own get no id. An id that is given up, or blacklisted, is free for others once every node runs a configuration without it.
 */
export function assignRouterIds(input: PlanInput, wanted: readonly WantedRouter[]): RouterIds {
  const space = idSpace(input);
  const names = new Set(wanted.map(({ name }) => name));
  const known = new Map([...space.kept].filter(([name]) => names.has(name)));
  const fresh = wanted.filter(({ name }) => !known.has(name));
  const isShared = fresh.some((router) => !needsOwnInstance(router));
  const saved = [...space.kept].filter(([name]) => isCarrier(name));
  // Carriers go together: some of them without the others would carry other VIPs than before.
  const carriers = isShared || saved.some(([, id]) => space.mayRun(id)) ? saved : [];
  const lingering = [...space.kept].filter(([name, id]) => !names.has(name) && !isCarrier(name) && space.mayRun(id));
  const free = space.free([...known, ...carriers, ...lingering].map(([, id]) => id));
  const nodes = memberNodes(input).length;
  const allotted = allot(fresh, {
    fence: fenceOf(input.group),
    had: [...known.keys()],
    lingering: lingering.map(([name]) => name),
    hasCarriers: carriers.length > 0,
    mostCarriers: space.hasNeighbours ? carriersBesideOthers(nodes, free.length) : carriersAlone(nodes),
    free,
  });
  const own = new Map([...known, ...allotted.own]);
  const all = new Map([...carriers, ...allotted.carriers]);
  return {
    own,
    carriers: all,
    saved: Object.fromEntries([...own, ...all, ...lingering, ...space.blacklisted].sort(([a], [b]) => byText(a, b))),
    problems: [
      ...invalidBlacklist(input.group),
      ...refused(fresh, allotted),
      ...exhausted(
        fresh.filter(({ name }) => !own.has(name) && !allotted.refused.has(name)),
        all.size > 0,
      ),
      ...shared(input.group, [...own, ...all], space),
      ...reserved(input.group, [...own, ...all], input.settings.reservedRouterIds ?? []),
    ],
  };
}

// --- internal ---

const refused = (fresh: readonly WantedRouter[], { refused }: Allotment): Problem[] =>
  fresh.flatMap(({ name, object }) => {
    const refusal = refused.get(name);
    return refusal === undefined ? [] : [{ object, ...refusal }];
  });

function exhausted(without: readonly WantedRouter[], hasCarriers: boolean): Problem[] {
  const left = without.filter((router) => !hasCarriers || needsOwnInstance(router));
  return left.map(({ name, object }) => ({
    object,
    reason: 'RouterIdsExhausted',
    message: `${name} has no virtual router: all ids from ${LOWEST_ID} to ${HIGHEST_ID} are in use or blacklisted; ${
      hasCarriers
        ? 'remove its verbatim lines or externalTrafficPolicy Local, with which it can not share one'
        : 'free one, after which any number of Services can share it'
    }, or name the network of each group in spec.segment, where they are on different ones`,
  }));
}

/** Ids are kept at a take-over even where two groups have the same: whether they meet on one segment only their owner knows. */
function shared(group: KeepalivedGroup, given: Ids, { theirs }: IdSpace): Problem[] {
  return given.flatMap(([name, id]) => {
    const other = theirs.get(id);
    if (other === undefined) return [];
    const message = `${name} and group ${other} use virtual router id ${id}; on one network segment they disturb each other: add ${id} to spec.blacklistRouterIDs of one of the two groups, or name their two networks in spec.segment`;
    return [{ object: groupReference(group), reason: 'RouterIdShared' as const, message }];
  });
}

/** An id that is in use is kept: whether both meet on one segment only the group's owner knows. */
function reserved(group: KeepalivedGroup, given: Ids, reservations: readonly ReservedRouterId[]): Problem[] {
  return given.flatMap(([name, id]) => {
    const user = reservations.find((one) => one.id === id)?.user;
    if (user === undefined) return [];
    const message = `${name} uses virtual router id ${id}, and so does ${user}; on one network segment they disturb each other: add ${id} to spec.blacklistRouterIDs to have it replaced`;
    return [{ object: groupReference(group), reason: 'RouterIdReserved' as const, message }];
  });
}

function invalidBlacklist(group: KeepalivedGroup): Problem[] {
  const invalid = (group.spec?.blacklistRouterIDs ?? []).filter((id) => !isId(id));
  if (invalid.length === 0) return [];
  const message = `spec.blacklistRouterIDs holds ${invalid.join(', ')}; virtual router ids are from ${LOWEST_ID} to ${HIGHEST_ID}`;
  return [{ object: groupReference(group), reason: 'InvalidRouterId', message }];
}
