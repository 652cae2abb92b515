/** Judges a step by what was seen in it. Pure. */
import type { HostName } from '../../lab/hosts/address.ts';
import type { Missed } from './client.ts';
import { BOUNDS, type Broken } from './invariant.ts';
import type { Held, Move } from './watcher.ts';

export interface Seen {
  /** Before the first fault. */
  readonly held: Held;
  /** Nodes whose addresses the faults may take away. */
  readonly touched: readonly HostName[];
  /** Whether a client could reach every node all the time. */
  readonly isClientWell: boolean;
  /** Until all was well again, and in the peace after that. */
  readonly storm: Phase;
  readonly peace: Phase;
  readonly homeOf: (address: string) => HostName | undefined;
}

export interface Phase {
  readonly missed: readonly Missed[];
  readonly moves: readonly Move[];
}

/** What was broken of what a client and the hosts saw. */
export function judged(seen: Seen): Broken[] {
  const { storm, peace } = seen;
  const untouched = storm.missed.map(({ address }) => address).filter((address) => isUntouched(seen, address));
  return [
    ...(seen.isClientWell ? storm.missed.flatMap(unreachable) : []),
    ...storm.moves.filter(({ address }) => untouched.includes(address)).flatMap((move) => astray(seen, move, 'undisturbed')),
    ...storm.missed.filter(({ address }) => untouched.includes(address)).flatMap((missed) => lossOf(missed, 'undisturbed')),
    ...peace.moves.flatMap((move) => astray(seen, move, 'stays settled')),
    ...peace.missed.flatMap((missed) => lossOf(missed, 'stays settled')),
  ];
}

// --- internal ---

/** Its one owner was a node that nothing happened to. */
function isUntouched({ held, touched }: Seen, address: string): boolean {
  const holders = [...held].filter(([, addresses]) => addresses.has(address)).map(([host]) => host);
  return holders.length === 1 && !holders.some((host) => touched.includes(host));
}

const unreachable = ({ address, longestMs }: Missed): Broken[] =>
  longestMs <= BOUNDS.unreachableMs
    ? []
    : [
        {
          invariant: 'reachable',
          message: `${address} gave no answer for ${longestMs} ms, expected one within ${BOUNDS.unreachableMs} ms`,
        },
      ];

/** A node that is at home may take its address back at any time. One that heard nobody has it beside the owner for a moment. */
function astray({ homeOf }: Seen, { address, from, to }: Move, invariant: Broken['invariant']): Broken[] {
  const isLost = from.some((node) => !to.includes(node));
  const newcomers = to.filter((node) => !from.includes(node) && node !== homeOf(address));
  if (!isLost || newcomers.length === 0) return [];
  return [
    { invariant, message: `${address} moved from ${from.join(', ')} to ${to.join(', ')}, at home on ${homeOf(address) ?? 'no node'}` },
  ];
}

const lossOf = ({ address, lost, longestMs }: Missed, invariant: Broken['invariant']): Broken[] =>
  lost === 0 ? [] : [{ invariant, message: `${address} lost ${lost} packets, ${longestMs} ms at the longest, expected none` }];
