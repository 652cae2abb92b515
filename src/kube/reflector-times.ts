/** Milliseconds; each has a default that suits a cluster. */
export interface ReflectorTimes {
  /** Without a byte for so long, a watch is dead; API servers send a bookmark each minute. */
  readonly quiet: number;
  /** The shortest age of a list before it is made anew, in case an event was lost. */
  readonly relist: number;
  readonly backoffBase: number;
  readonly backoffCap: number;
}

export const TIMES: ReflectorTimes = { quiet: 90_000, relist: 30 * 60_000, backoffBase: 200, backoffCap: 15_000 };
/** Milliseconds; what ends earlier without an event is a fault, not a timeout that the server chose. */
export const SHORTEST_WATCH = 1_000;
/** Milliseconds; a watch that lasted so long worked, whatever ended it. */
export const LASTING_WATCH = 10_000;
/** Milliseconds; a server that asks for a longer pause is asked again after this one. */
export const MOST_PATIENCE = 60_000;
