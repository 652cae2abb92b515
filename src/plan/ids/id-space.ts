import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import { byText } from '../../net/text-order.ts';
import type { PlanInput } from '../input.ts';
import { mayRun, runningIds } from '../quarantine.ts';
import { keyOf } from '../reference.ts';

/** The ids of VRRP (RFC 9568, 5.2.3). */
export const LOWEST_ID = 1;
export const HIGHEST_ID = 255;

export const isId = (id: number): boolean => Number.isInteger(id) && id >= LOWEST_ID && id <= HIGHEST_ID;

/** What is known of the virtual router ids of a group's network segment. */
export interface IdSpace {
  /** Saved ids that may be kept, by name: valid, not blacklisted, and each once. */
  readonly kept: ReadonlyMap<string, number>;
  /** Saved ids that are blacklisted, and that a node may still run, each by a name that no router has. */
  readonly blacklisted: ReadonlyMap<string, number>;
  /** Whether other groups may be on the same segment. */
  readonly hasNeighbours: boolean;
  /** Groups on the same segment, by the ids that they have saved. */
  readonly theirs: ReadonlyMap<number, string>;
  /** Whether a node may still run the id: one that says so, and one of which it isn't known that it runs what it was told last. */
  mayRun(id: number): boolean;
  /** Ids that nobody has, ascending; `given` are not among them. */
  free(given: Iterable<number>): number[];
}

export function idSpace(input: PlanInput): IdSpace {
  const { group, otherGroups, settings } = input;
  const blacklist = new Set(group.spec?.blacklistRouterIDs ?? []);
  const neighbours = [...otherGroups, ...(input.formerGroups ?? [])].filter((other) => mayShareSegment(group, other));
  const theirs = savedBy(neighbours);
  const running = runningIds(input);
  const isRun = mayRun(input);
  const reserved = (settings.reservedRouterIds ?? []).map(({ id }) => id);
  return {
    kept: keptIds(group, blacklist),
    blacklisted: new Map(
      Object.values(group.status?.routerIDs ?? {})
        .filter((id) => isId(id) && blacklist.has(id) && isRun(id))
        .map((id) => [`blacklisted:${id}`, id]),
    ),
    theirs,
    hasNeighbours: neighbours.length > 0,
    mayRun: isRun,
    free: (given) => {
      const taken = new Set([...blacklist, ...theirs.keys(), ...running, ...reserved, ...given]);
      return Array.from({ length: HIGHEST_ID }, (_, index) => LOWEST_ID + index).filter((id) => !taken.has(id));
    },
  };
}

// --- internal ---

/** A group that names no segment may be on any. */
function mayShareSegment(one: KeepalivedGroup, other: KeepalivedGroup): boolean {
  const [mine = '', theirs = ''] = [one.spec?.segment, other.spec?.segment];
  return mine === '' || theirs === '' || mine === theirs;
}

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

const savedBy = (groups: readonly KeepalivedGroup[]): Map<number, string> =>
  new Map(groups.flatMap((group) => Object.values(group.status?.routerIDs ?? {}).map((id): [number, string] => [id, keyOf(group)])));
