import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import type { PlanInput } from '../input.ts';
import type { VrrpVersion } from './vrrp-settings.ts';

/** What counts where `spec.vrrp` says nothing. */
export interface Defaults {
  readonly version: VrrpVersion;
  /** Milliseconds. */
  readonly advertInterval: number;
  /** Adverts in a row that have to be missing before another node takes over. */
  readonly downTimerAdverts: number;
  /** By how much the priorities of neighbours in an order of nodes differ. */
  readonly priorityStep: number;
}

/** RFC 9568 has three, and so has a group that asks for an interval of its own. */
export const THREE = 3;

const FIRST: Defaults = { version: 2, advertInterval: 1000, downTimerAdverts: THREE, priorityStep: 1 };
/**
 * A lost node is noticed after 0.8 s, and eight adverts in a row must be missing for that; the second node in the order is then 2.3 ms ahead of the
 * third, enough to be heard by it (docs/adr/0047 has what it was measured with).
 */
const SECOND: Defaults = { version: 3, advertInterval: 100, downTimerAdverts: 8, priorityStep: 6 };

/**
 * The defaults of every generation, the first first. A group keeps the generation that it began with: nodes that differ in these would both be
 * master while a change goes round. So a line here is never changed, and better defaults are another line (docs/adr/0047).
 */
export const GENERATIONS: readonly Defaults[] = [FIRST, SECOND];

/**
 * The generation of a group, saved before any node is told. The newest for a group that nothing runs for yet; a password needs version 2 of VRRP,
 * which has only the first.
 */
export function generationOf({ group, hasObjects = false }: Pick<PlanInput, 'group' | 'hasObjects'>, generations = GENERATIONS): number {
  const { status, spec } = group;
  if (status?.defaultsGeneration !== undefined) return status.defaultsGeneration;
  const isNew = status?.conditions === undefined && !hasObjects;
  return isNew && !hasPassword(spec) ? generations.length : 1;
}

/** What counts for a group. A generation that only a later version knows counts as the newest. */
export function defaultsOf(
  { spec, status }: KeepalivedGroup,
  generation = status?.defaultsGeneration ?? 1,
  generations = GENERATIONS,
): Defaults {
  const found = generations[Math.min(generation, generations.length) - 1] ?? FIRST;
  const needsSecond = hasPassword(spec) || spec?.vrrp?.version === 2 || isSecond(spec?.verbatimConfig?.vrrp_version);
  return needsSecond && found.version !== 2 ? FIRST : found;
}

/** What the newest defaults would bring a group that has older ones, and how to take them; undefined where there is nothing to gain. */
export function gainOf(group: KeepalivedGroup, generations = GENERATIONS): string | undefined {
  const newest = generations.at(-1) ?? FIRST;
  const { status, spec } = group;
  if (status === undefined || spec?.vrrp?.advertIntervalMilliseconds !== undefined) return undefined;
  const now = defaultsOf(group, status.defaultsGeneration ?? 1, generations);
  if (noticedAfter(now) <= noticedAfter(newest)) return undefined;
  const { version, advertInterval, downTimerAdverts } = newest;
  const fields = `version: ${version}, advertIntervalMilliseconds: ${advertInterval}, downTimerAdverts: ${downTimerAdverts}`;
  const password = hasPassword(spec) ? ', and remove spec.passwordAuth, which version 3 does not have' : '';
  return `a lost node is noticed after ${noticedAfter(now)} ms; groups that are new notice it after ${noticedAfter(newest)} ms. To have that here, set spec.vrrp to {${fields}} at a quiet time${password}`;
}

// --- internal ---

const hasPassword = (spec: KeepalivedGroup['spec']): boolean => Boolean(spec?.passwordAuth?.secretRef?.name);

const isSecond = (verbatim: string | undefined): boolean => verbatim !== undefined && verbatim.trim() !== '3';

const noticedAfter = ({ advertInterval, downTimerAdverts }: Defaults): number => advertInterval * downTimerAdverts;
