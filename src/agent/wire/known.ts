import type { WireFinding } from '../../api/node/wire.ts';
import type { Neighbour } from './neighbour.ts';

/** What a node knows of one address that it asks for. Times are the monotonic clock's, in milliseconds. */
export interface Known {
  /** Where packets to it go, since when, and whether the host there was asked itself, lately; null while that is nowhere. */
  readonly place: { readonly mac: string; readonly since: number; readonly isConfirmed: boolean } | null;
  /** The last place, where it is nowhere now. */
  readonly lost: string | null;
  /** Since when the kernel finds nobody; null while it finds somebody, or hasn't tried. */
  readonly failedSince: number | null;
  /** When it was asked last. */
  readonly asked: number;
  /** When a packet to this place was answered last; null when none was. */
  readonly answered: number | null;
  /** Questions in a row that were not answered, and when the first of them was sent. */
  readonly misses: number;
  readonly missedSince: number | null;
  /** What is reported; null while nothing is known. */
  readonly told: WireFinding | null;
}

export const NOTHING_KNOWN: Known = {
  place: null,
  lost: null,
  failedSince: null,
  asked: Number.NEGATIVE_INFINITY,
  answered: null,
  misses: 0,
  missedSince: null,
  told: null,
};

/** Milliseconds and counts. */
export const WIRE_TIMES = {
  /** Questions that go unanswered before that means something: frames get lost, and a node that is busy answers late. */
  misses: 3,
  /** Between two questions for the same address. */
  again: 2000,
  /** The same while it has to be found out whether something is amiss. */
  urgent: 1000,
  /** For an answer; a round of questions is over before the next begins. */
  answer: 500,
};

/** After one reading of the kernel's table; undefined where it has no entry. */
export function afterReading(known: Known, entry: Neighbour | undefined, address: string, now: number): Known {
  return told(placed(known, entry, now), address, now);
}

/** After a question that was sent at a moment, to the place that was known then. */
export function afterQuestion(
  known: Known,
  { isAnswered, asked, mac }: { readonly isAnswered: boolean; readonly asked: number; readonly mac: string | null },
  address: string,
  now: number,
): Known {
  // Where the place was not known yet, the question has found it.
  const isSame = mac === null || known.place === null || known.place.mac === mac;
  if (!isSame) return known;
  const after: Known = isAnswered
    ? { ...known, answered: asked, misses: 0, missedSince: null }
    : { ...known, misses: known.misses + 1, missedSince: known.missedSince ?? asked };
  // That nobody is there is what the kernel says, at the next reading.
  return after.place === null ? after : told(after, address, now);
}

/** Whether something may be amiss or new, which the next question tells. */
export function isUrgent({ place, asked, misses, failedSince, answered }: Known): boolean {
  const isNew = place !== null ? asked < place.since : failedSince !== null && asked < failedSince;
  return isNew || (answered !== null && misses > 0 && misses < WIRE_TIMES.misses);
}

// --- internal ---

function placed(known: Known, entry: Neighbour | undefined, now: number): Known {
  if (entry === undefined) return known;
  if (entry.mac === null) {
    const failedSince = known.failedSince ?? (entry.state === 'failed' ? now : null);
    return { ...known, place: null, lost: known.place?.mac ?? known.lost, failedSince };
  }
  const isConfirmed = entry.state === 'confirmed';
  const { place } = known;
  if (place?.mac === entry.mac) return isConfirmed && !place.isConfirmed ? { ...known, place: { ...place, isConfirmed } } : known;
  const isBack = place === null && known.lost === entry.mac;
  return {
    ...known,
    place: { mac: entry.mac, since: now, isConfirmed },
    lost: null,
    failedSince: null,
    ...(!isBack && { answered: answeredBefore(known), misses: 0, missedSince: null }),
  };
}

/** The first answer of a place may be heard before the place is read. */
const answeredBefore = ({ place, lost, answered }: Known): number | null => (place === null && lost === null ? answered : null);

/** With what is to be reported; what was, as long as nothing else is known. */
function told(known: Known, address: string, now: number): Known {
  const found = finding(known);
  if (found === 'the same') return known;
  const { told: before } = known;
  if (found === null) return before === null ? known : { ...known, told: null };
  if (before?.is === found.is && before.mac === found.mac) return known;
  const { is, mac, since = now } = found;
  return { ...known, told: { address, is, ...(mac !== undefined && { mac }), since: Math.round(since) } };
}

type Finding = Pick<WireFinding, 'is' | 'mac'> & { readonly since?: number };

function finding(known: Known): Finding | 'the same' | null {
  const { place, answered, misses, missedSince } = known;
  if (place === null) return findingNowhere(known);
  const { mac, isConfirmed } = place;
  if (answered === null) return isConfirmed ? { is: 'resolved', mac } : null;
  if (misses < WIRE_TIMES.misses) return { is: 'answered', mac };
  return { is: 'silent', mac, ...(missedSince !== null && { since: missedSince }) };
}

/** While packets go nowhere. */
function findingNowhere({ lost, failedSince, asked, answered, misses, missedSince, told: before }: Known): Finding | 'the same' | null {
  // The kernel was made to ask once more, and has found nobody again.
  if (failedSince !== null && asked >= failedSince && misses > 0)
    return { is: 'unresolved', since: Math.min(failedSince, missedSince ?? failedSince) };
  if (lost === null) return null;
  if (answered !== null && misses >= WIRE_TIMES.misses)
    return { is: 'silent', mac: lost, ...(missedSince !== null && { since: missedSince }) };
  return before?.mac === lost ? 'the same' : null;
}
