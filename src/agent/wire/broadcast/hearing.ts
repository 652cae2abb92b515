import { MOST_CONTESTANTS, type WireContested } from '../../../api/node/wire.ts';

/** What a node knows of the hosts that answer for one address. Times are the monotonic clock's, in milliseconds. */
export interface Hearing {
  /** When it was asked last. */
  readonly asked: number;
  /** The last question, if too many hosts answered it. */
  readonly crowd: { readonly macs: readonly string[]; readonly asked: number; readonly tooMany: number } | null;
  /** Questions in a row that no such crowd answered. */
  readonly misses: number;
  /** What is reported. */
  readonly told: WireContested | null;
}

export const NOTHING_HEARD: Hearing = { asked: Number.NEGATIVE_INFINITY, crowd: null, misses: 0, told: null };

export interface Heard {
  readonly address: string;
  /** Sorted. */
  readonly macs: readonly string[];
  readonly asked: number;
  /** How many hosts are too many: one where this node is the owner, which doesn't answer itself. */
  readonly tooMany: number;
}

/**
 * After the answers to one question. Hosts that answer the same question have the address at the same time, which those of a move don't; and two
 * such questions in a row are needed, because nodes may share an address for a moment.
 */
export function afterAnswers(before: Hearing, { address, macs, asked, tooMany }: Heard): Hearing {
  if (macs.length < tooMany) {
    const misses = before.told === null ? 0 : before.misses + 1;
    return { ...before, crowd: null, ...(misses < MOST_MISSES ? { misses } : { misses: 0, told: null }) };
  }
  const after = { ...before, crowd: { macs, asked, tooMany }, misses: 0 };
  const { crowd, told } = before;
  const both = macs.filter((mac) => crowd?.macs.includes(mac)).slice(0, MOST_CONTESTANTS);
  if (crowd?.tooMany !== tooMany || both.length < tooMany || told?.macs.join() === both.join()) return after;
  return { ...after, told: { address, macs: both, since: Math.round(crowd.asked) } };
}

/** Whether the next question tells something new. */
export const isUrgent = ({ crowd, told }: Hearing): boolean => (crowd === null) !== (told === null);

// --- internal ---

/** Frames get lost: so many questions have to go without such an answer until that means something. */
const MOST_MISSES = 3;
