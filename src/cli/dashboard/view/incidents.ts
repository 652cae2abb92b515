import type { MoveFact } from '../model/facts.ts';
import { byName } from './words.ts';

/** Moves that belong together: one node was lost, or got back what is its own. */
export interface Incident {
  readonly id: string;
  readonly cause: string;
  /** Of the first move and of the last, RFC 3339. */
  readonly begins: string;
  readonly ends: string;
  /** Nodes, sorted, with how many addresses went from there, and to there. */
  readonly from: readonly NodeCount[];
  readonly to: readonly NodeCount[];
  /** The latest first. */
  readonly moves: readonly MoveFact[];
  /** For how long nobody had an address: the least and the most, in milliseconds; of how many moves that is not known. */
  readonly gap?: readonly [number, number];
  readonly withoutGap: number;
  /** Whether earlier moves of it may be left out, because only so many are told. */
  readonly isCut?: true;
}

export interface NodeCount {
  readonly name: string;
  readonly count: number;
}

/** Milliseconds between two moves of one incident. */
const TOGETHER = 10_000;

/** The latest first. @param moves - the latest first @param most - so many are told at most */
export function incidentsOf(moves: readonly MoveFact[], most = Number.POSITIVE_INFINITY): readonly Incident[] {
  const open = new Map<string, MoveFact[]>();
  const all: MoveFact[][] = [];
  for (const move of moves) {
    const key = keyOf(move);
    const known = open.get(key);
    const previous = known?.at(-1);
    if (known !== undefined && previous !== undefined && Date.parse(previous.time) - Date.parse(move.time) <= TOGETHER) known.push(move);
    else {
      const begun = [move];
      open.set(key, begun);
      all.push(begun);
    }
  }
  return all.map((one) => ({ ...incident(one), ...(moves.length >= most && one.includes(moves.at(-1) as MoveFact) && { isCut: true }) }));
}

/** RFC 3339 in one form sorts as text. */
export const latestFirst = (moves: readonly MoveFact[]): MoveFact[] =>
  moves.toSorted((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0));

// --- internal ---

/** Causes that are about the new owner; all others are about the old one. */
const OF_THE_NEW_OWNER = ['Preferred', 'PlanChanged'];

function keyOf({ cause, from, to }: MoveFact): string {
  if (cause === 'FirstElection') return cause;
  return OF_THE_NEW_OWNER.includes(cause) ? `${cause} to ${to}` : `${cause} from ${from}`;
}

function incident(moves: readonly MoveFact[]): Incident {
  const [last, first] = [moves[0] as MoveFact, moves.at(-1) as MoveFact];
  const gaps = moves.flatMap(({ gap }) => (gap === undefined ? [] : [gap]));
  return {
    // The first move names it: more may come.
    id: `${keyOf(first)} ${first.id}`,
    cause: first.cause,
    begins: first.time,
    ends: last.time,
    from: countsOf(moves.flatMap(({ from }) => from ?? [])),
    to: countsOf(moves.map(({ to }) => to)),
    moves,
    ...(gaps.length > 0 && { gap: [Math.min(...gaps.map(([least]) => least)), Math.max(...gaps.map(([, most]) => most))] as const }),
    withoutGap: first.cause === 'FirstElection' ? 0 : moves.length - gaps.length,
  };
}

function countsOf(names: readonly string[]): NodeCount[] {
  const groups = [...Map.groupBy(names, (name) => name)].map(([name, { length: count }]) => ({ name, count }));
  return groups.sort((a, b) => b.count - a.count || byName(a.name, b.name));
}
