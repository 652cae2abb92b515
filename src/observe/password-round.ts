import type { ReportedNode } from '../plan/input.ts';

/** Which nodes called a round of the password alone, how often, and until when their word is not enough. Times: monotonic milliseconds. */
export interface Callers {
  readonly lastRound: number;
  readonly alone: ReadonlyMap<string, { readonly times: number; readonly until: number }>;
}

export const NO_CALLERS: Callers = { lastRound: Number.NEGATIVE_INFINITY, alone: new Map() };

/** Milliseconds between two rounds of a group, whoever calls them. */
export const ROUND_PAUSE = 10_000;
/** Milliseconds for which a node that called a round alone can't call another alone; it doubles each time. */
export const ALONE_PAUSE = 10 * 60_000;
const MOST_DOUBLINGS = 10;

/**
 * Whether a new round of the password is due: a changed one has come to a node. More than half of the nodes are believed; a node that says so
 * alone is believed once, then ever more rarely, as an agent that lies would call for rounds for ever.
 */
export function roundIsDue(
  reports: readonly ReportedNode[],
  round: number,
  before: Callers,
  now: number,
): { readonly isDue: boolean; readonly callers: Callers } {
  const waiting = reports.filter(({ config }) => config.passwordWaitsAfter === round).map(({ node }) => node);
  if (waiting.length === 0 || now - before.lastRound < ROUND_PAUSE) return { isDue: false, callers: before };
  if (waiting.length * 2 > reports.length) return { isDue: true, callers: { ...before, lastRound: now } };
  const believed = waiting.filter((node) => (before.alone.get(node)?.until ?? now) <= now);
  if (believed.length === 0) return { isDue: false, callers: before };
  const alone = new Map(before.alone);
  for (const node of waiting) {
    const times = Math.min(MOST_DOUBLINGS, (alone.get(node)?.times ?? 0) + 1);
    alone.set(node, { times, until: now + ALONE_PAUSE * 2 ** (times - 1) });
  }
  return { isDue: true, callers: { lastRound: now, alone } };
}
