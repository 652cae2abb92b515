import type { VirtualIP } from '../../../api/virtual-ip/virtual-ip.ts';
import { byText } from '../../../net/text-order.ts';
import { gapInWords } from '../../../observe/journal/move.ts';
import { type AddressMove, historyOf } from '../../history/history.ts';
import { MOST_MOVES_SHOWN, type MoveFact } from './facts.ts';

/** The latest moves of all addresses, in the order in which `history` prints them. */
export function moveFacts(virtualIPs: readonly VirtualIP[], most = MOST_MOVES_SHOWN): MoveFact[] {
  const timed = virtualIPs.flatMap(timedMoves);
  const times = Float64Array.from(timed, ({ at }) => at).sort();
  const oldest = times[times.length - most] ?? Number.NEGATIVE_INFINITY;
  return timed
    .filter(({ at }) => at >= oldest)
    .sort((a, b) => b.at - a.at || byText(a.fact.address, b.fact.address))
    .slice(0, most)
    .map(({ fact }) => fact);
}

/** The moves of one address, the latest first. */
export const movesOf = (virtualIP: VirtualIP): MoveFact[] => timedMoves(virtualIP).map(({ fact }) => fact);

// --- internal ---

interface Timed {
  readonly at: number;
  readonly fact: MoveFact;
}

/** An object that has not changed has the same moves: 5,000 addresses have 80,000. */
const known = new WeakMap<VirtualIP, readonly Timed[]>();

function timedMoves(virtualIP: VirtualIP): readonly Timed[] {
  const found =
    known.get(virtualIP) ?? historyOf([virtualIP], undefined).map((move) => ({ at: Date.parse(move.time), fact: moveFact(move) }));
  known.set(virtualIP, found);
  return found;
}

function moveFact({ address, service, time, from, to, cause, message, withoutOwner }: AddressMove): MoveFact {
  const words = gapInWords(withoutOwner);
  return {
    id: `${address} ${time} ${to}`,
    address,
    time,
    to,
    cause,
    message,
    ...(service !== undefined && { service }),
    ...(from !== undefined && { from }),
    ...(withoutOwner && { gap: [withoutOwner.atLeastMilliseconds, withoutOwner.atMostMilliseconds] as const }),
    ...(words !== undefined && { gapInWords: words }),
  };
}
