import type { Departure, Members } from '../cause.ts';

/** The order of nodes that is planned, and how it changed since the last move. */
export interface Planned {
  readonly ranks: readonly string[];
  /** Nodes that are to give their addresses up. */
  readonly unfit: readonly string[];
  readonly change?: Pick<Planned, 'ranks' | 'unfit'> | undefined;
}

/** What is planned after a look; the order before a change is remembered until a move follows from it. */
export function plannedAfter(before: Planned | undefined, ranks: readonly string[], { standing }: Members): Planned {
  const unfit = [...(standing?.keys() ?? [])].sort();
  if (before !== undefined && isSame(before.ranks, ranks) && isSame(before.unfit, unfit)) return before;
  const change = before === undefined || isSame(before.ranks, ranks) ? before?.change : (before.change ?? before);
  return { ranks, unfit, ...(change && { change: { ranks: change.ranks, unfit: change.unfit } }) };
}

/** How the plan changed so that a move follows. */
export interface PlannedChange {
  readonly words: string;
  /** Whether the node was to give its addresses up before the change already, so that this is not why it moved. */
  readonly wasUnfit: boolean;
}

/** How the plan changed so that the move follows; undefined where the order of the two nodes is as it was. */
export function changeFor(planned: Planned | undefined, { from, to }: Departure): PlannedChange | undefined {
  if (planned?.change === undefined || from === undefined) return undefined;
  const { ranks, unfit } = planned.change;
  const isTurned = comesBefore(from, to, ranks) && comesBefore(to, from, planned.ranks);
  if (!isTurned || unfit.includes(to)) return undefined;
  const words = `the plan puts ${to} before ${from}; it was ${ranks.join(', ')} and is ${planned.ranks.join(', ')}`;
  return { words, wasUnfit: unfit.includes(from) };
}

// --- internal ---

const isSame = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((one, index) => one === b[index]);

function comesBefore(one: string, other: string, ranks: readonly string[]): boolean {
  const rankOf = (node: string): number => (ranks.includes(node) ? ranks.indexOf(node) : ranks.length);
  return rankOf(one) < rankOf(other);
}
