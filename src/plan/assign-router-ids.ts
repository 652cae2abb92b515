import type { KeepalivedGroup } from '../api/keepalived-group.ts';
import type { NodeReport } from '../api/node-report.ts';
import type { Problem } from '../api/problem.ts';
import { byText } from '../net/text-order.ts';
import type { WantedRouter } from './claim.ts';
import type { PlanInput } from './input.ts';
import { groupReference, keyOf } from './reference.ts';

/** The ids of VRRP (RFC 9568, 5.2.3). */
export const LOWEST_ID = 1;
export const HIGHEST_ID = 255;

export interface RouterIds {
  /** By name, of the routers that were asked for and got one. */
  readonly assigned: ReadonlyMap<string, number>;
  /** What the status has to hold: those, and the ones that are given up but that a node may still run. */
  readonly saved: Readonly<Record<string, number>>;
  problems(wanted: readonly WantedRouter[]): readonly Problem[];
}

/**
 * Gives each name its id. A saved id is kept unless it is blacklisted; a new one is the lowest that no group has saved, because groups may
 * share a network segment. An id that is given up is free again once every node has reported without it.
 */
export function assignRouterIds({ group, otherGroups, pods, reports }: PlanInput, names: readonly string[]): RouterIds {
  const blacklist = new Set(group.spec?.blacklistRouterIDs ?? []);
  const kept = keptIds(group, blacklist);
  const wanted = new Set(names);
  const given = new Map([...kept].filter(([name]) => wanted.has(name)));
  const lingering = new Map(
    [...kept].filter(
      ([name, id]) =>
        !wanted.has(name) &&
        mayRun(
          id,
          pods.map(({ metadata }) => metadata.name),
          reports,
        ),
    ),
  );
  const theirs = savedByOthers(otherGroups);
  const taken = new Set([...blacklist, ...given.values(), ...lingering.values(), ...theirs.keys(), ...runningIds(reports)]);
  const free = freeIds(taken);
  for (const name of [...wanted].sort(byText)) {
    if (given.has(name)) continue;
    const id = free.next().value;
    if (id !== undefined) given.set(name, id);
  }
  return {
    assigned: given,
    saved: Object.fromEntries([...given, ...lingering].sort(([a], [b]) => byText(a, b))),
    problems: (routers) => [...invalidBlacklist(group, blacklist), ...exhausted(routers, given), ...shared(group, given, theirs)],
  };
}

// --- internal ---

const isId = (id: number): boolean => Number.isInteger(id) && id >= LOWEST_ID && id <= HIGHEST_ID;

/** Saved ids that may be kept: valid, not blacklisted, and each once. */
function keptIds({ status }: KeepalivedGroup, blacklist: ReadonlySet<number>): Map<string, number> {
  const seen = new Set<number>();
  const kept = new Map<string, number>();
  for (const [name, id] of Object.entries(status?.routerIDs ?? {}).sort(([a], [b]) => byText(a, b))) {
    if (!isId(id) || blacklist.has(id) || seen.has(id)) continue;
    seen.add(id);
    kept.set(name, id);
  }
  return kept;
}

/** Whether a node may still run the id: one that says so, and one that says nothing. */
function mayRun(id: number, pods: readonly string[], reports: readonly NodeReport[]): boolean {
  const heard = new Set(reports.map(({ pod }) => pod));
  return pods.some((pod) => !heard.has(pod)) || runningIds(reports).has(id);
}

const runningIds = (reports: readonly NodeReport[]): Set<number> =>
  new Set(reports.flatMap(({ instances }) => instances.map(({ virtualRouterId }) => virtualRouterId)));

/** Groups by the ids that they have saved. */
function savedByOthers(groups: readonly KeepalivedGroup[]): Map<number, string> {
  return new Map(groups.flatMap((group) => Object.values(group.status?.routerIDs ?? {}).map((id): [number, string] => [id, keyOf(group)])));
}

function* freeIds(taken: ReadonlySet<number>): Generator<number, undefined> {
  for (let id = LOWEST_ID; id <= HIGHEST_ID; id++) if (!taken.has(id)) yield id;
  return undefined;
}

function exhausted(routers: readonly WantedRouter[], given: ReadonlyMap<string, number>): Problem[] {
  const left = routers.filter(({ name }) => !given.has(name));
  return left.map(({ name, object }) => ({
    object,
    reason: 'RouterIdsExhausted',
    message: `${name} has no virtual router: all ids from ${LOWEST_ID} to ${HIGHEST_ID} are in use or blacklisted; free some: fewer groups or blacklisted ids, or no ${'spreadvips'} where it isn't needed`,
  }));
}

/** Ids are kept at a take-over even where two groups have the same: whether they meet on one segment only their owner knows. */
function shared(group: KeepalivedGroup, given: ReadonlyMap<string, number>, theirs: ReadonlyMap<number, string>): Problem[] {
  return [...given].flatMap(([name, id]) => {
    const other = theirs.get(id);
    if (other === undefined) return [];
    const message = `${name} and group ${other} use virtual router id ${id}; on one network segment they disturb each other: add ${id} to spec.blacklistRouterIDs of one of the two groups`;
    return [{ object: groupReference(group), reason: 'RouterIdShared' as const, message }];
  });
}

function invalidBlacklist(group: KeepalivedGroup, blacklist: ReadonlySet<number>): Problem[] {
  const invalid = [...blacklist].filter((id) => !isId(id));
  if (invalid.length === 0) return [];
  const message = `spec.blacklistRouterIDs holds ${invalid.join(', ')}; virtual router ids are from ${LOWEST_ID} to ${HIGHEST_ID}`;
  return [{ object: groupReference(group), reason: 'InvalidRouterId', message }];
}
