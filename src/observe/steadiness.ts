import type { MoveCause, MoveRecord } from '../api/virtual-ip/virtual-ip.ts';
import type { UnsteadyNode } from '../plan/input.ts';
import { FLAPS } from '../plan/placement/standing.ts';
import type { Cause } from './cause.ts';

/** What was noticed of a node: kubelet's word, or that its addresses went to others although nobody wanted that. */
export type NodeNews = 'Ready' | 'NotReady' | 'Lost';

/** How a node has been lately. Times are milliseconds of the manager's monotonic clock. */
export interface Health {
  readonly losses: number;
  readonly lastLoss: number;
  /** From when on it may have its addresses again. */
  readonly restsUntil: number;
}

/** Milliseconds. */
const TIMES = {
  /** Signs of one loss: addresses go after three adverts, and Kubernetes gives a silent kubelet 40 seconds. */
  oneLoss: 90_000,
  /** The addresses of one node move at about the same moment. */
  oneMove: 5_000,
  /** Losses that are further apart have nothing to do with each other. */
  memory: 10 * 60_000,
  /** What a node that is Ready again has to stay so: it has just started everything. */
  settling: 10_000,
  /** The same for one that flaps; twice as long each time. */
  flapping: 60_000,
  longest: 10 * 60_000,
};

/** How a node is after the news. One of which nothing is known was always well. */
export function hear(before: Health | undefined, news: NodeNews, now: number): Health | undefined {
  if (news === 'Ready') return before && { ...before, restsUntil: now + restOf(before.losses, TIMES.settling) };
  const isSame = before !== undefined && now - before.lastLoss < (news === 'Lost' ? TIMES.oneMove : TIMES.oneLoss);
  if (isSame) return before;
  const losses = before !== undefined && now - before.lastLoss < TIMES.memory ? before.losses + 1 : 1;
  return { losses, lastLoss: now, restsUntil: now + restOf(losses, 0) };
}

/**
 * How nodes are by what was written down of their addresses, for a manager that saw none of it.
 * @param ageOf - milliseconds since a move; a clock that was set tells less than none
 */
export function remembered(
  before: ReadonlyMap<string, Health>,
  moves: readonly MoveRecord[],
  now: number,
  ageOf: (move: MoveRecord) => number,
): ReadonlyMap<string, Health> {
  const losses = moves.flatMap((move) => {
    const [{ from, cause }, age] = [move, Math.max(0, ageOf(move))];
    return from !== undefined && from !== move.to && LOSSES.has(cause) && age < TIMES.memory ? [{ from, at: now - age }] : [];
  });
  const healths = new Map(before);
  for (const { from, at } of losses.sort((a, b) => a.at - b.at)) {
    const health = hear(healths.get(from), 'Lost', at);
    if (health !== undefined) healths.set(from, health);
  }
  return healths;
}

/** The nodes that may not have their addresses again yet, and when that will be different. */
export function unsteadyAt(
  healths: ReadonlyMap<string, Health>,
  now: number,
): { readonly nodes: readonly UnsteadyNode[]; readonly again?: number } {
  const resting = [...healths].filter(([, { restsUntil }]) => restsUntil > now);
  const nodes = resting.map(([node, { losses }]) => ({ node, losses }));
  return { nodes, ...(resting.length > 0 && { again: Math.min(...resting.map(([, { restsUntil }]) => restsUntil)) - now }) };
}

/** Whether a node that a virtual router left for this cause was lost; the other causes are somebody's wish. */
export const isLoss = (cause: Cause): boolean => LOSSES.has(cause.kind) || (cause.kind === 'HealthLost' && cause.isFault);

// --- internal ---

const LOSSES: ReadonlySet<MoveCause> = new Set(['NodeSilent', 'DaemonStopped', 'LinkLost', 'Fault']);

const restOf = (losses: number, first: number): number =>
  losses < FLAPS ? first : Math.min(TIMES.longest, TIMES.flapping * 2 ** (losses - FLAPS));
