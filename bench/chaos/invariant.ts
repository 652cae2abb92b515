/** What has to hold whatever happens, and what is told where it didn't. */
export const INVARIANTS = {
  'one owner': 'no two nodes that hear each other hold an address for long',
  'some owner': 'an address has an owner within a bound while a node is there that nothing happened to',
  'no foreign address': 'no host holds an address of the network that no Service may have',
  'distinct ports': 'no two Services have the same port of one address',
  reachable: 'a client that can reach the nodes has an answer within a bound',
  undisturbed: 'an address whose owner nothing happens to stays where it is, and loses no packet',
  settles: 'once nothing is wrong any more, all is as it should be within a bound, and objects say what is on the wire',
  'stays settled': 'nothing moves but home, nothing is lost and nothing untrue is told while nothing is wrong',
  'ids stay': 'the virtual router id and the homes of a Service that nobody changes never change',
} as const;
export type Invariant = keyof typeof INVARIANTS;

export interface Broken {
  readonly invariant: Invariant;
  /** What was found, and what was expected. */
  readonly message: string;
}

/** Milliseconds. They are far above what a quiet machine needs: what is between that and these is a figure, not a failure. */
export const BOUNDS = {
  sharedMs: 20_000,
  ownerlessMs: 10_000,
  unreachableMs: 15_000,
  settleMs: 240_000,
  /** What is told of a move may lag behind it. */
  lagMs: 30_000,
} as const;
