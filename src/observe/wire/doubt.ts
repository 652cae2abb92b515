import { isSameVerdict, isTrouble, type WireKind, type WireVerdict } from './verdict.ts';

/** What is known of one address over time. */
export interface WireJudged {
  /** What is told; absent until there is something to tell, so that what a manager before this one has told stays. */
  readonly shown?: WireVerdict;
  /** What is seen and is not told yet, and since when. */
  readonly doubt?: { readonly seen: WireVerdict; readonly since: number };
  /** The owner, and since when it is known to be the owner; absent while there is none. */
  readonly owner?: KnownOwner;
}

export interface KnownOwner {
  readonly node: string;
  readonly since: number;
}

/** Milliseconds. */
export const WIRE_LASTING = {
  /** A trouble is told when it has been seen for so long; that nobody answers at once, because it is found only where it has lasted. */
  trouble: 2000,
  /** That nothing is known any more: a move takes less, so that it changes no verdict. */
  unknown: 15_000,
  /** That a trouble may be over: what was found before a move counts anew after a minute. */
  unknownAfterTrouble: 70_000,
  /** That no other host answers any more: of two that do, kernels believe now one and now the other, and not every question hears both. */
  undisputed: 10_000,
};

/** What is known after a moment's look. That the owner answers counts at once, unless another host did, too; all else counts once it has lasted. */
export function afterWireLook(before: WireJudged, seen: WireVerdict, owner: KnownOwner | undefined, now: number): WireJudged {
  const known = owner === undefined ? {} : { owner };
  const { shown, doubt } = before;
  if (shown !== undefined && isSameVerdict(shown, seen))
    return doubt === undefined && before.owner === owner ? before : { shown, ...known };
  const isSame = doubt !== undefined && isSameVerdict(doubt.seen, seen);
  const since = isSame ? doubt.since : now;
  if (now - since >= patienceFor(seen, shown)) return { shown: seen, ...known };
  return { ...(shown && { shown }), doubt: { seen: isSame ? doubt.seen : seen, since }, ...known };
}

/** Milliseconds until the doubt has lasted; undefined where there is none. */
export function wirePatienceLeft({ doubt, shown }: WireJudged, now: number): number | undefined {
  return doubt === undefined ? undefined : doubt.since + patienceFor(doubt.seen, shown) - now;
}

// --- internal ---

function patienceFor(seen: WireVerdict, shown: WireVerdict | undefined): number {
  if (HAS_LASTED.includes(seen.kind)) return 0;
  if (seen.kind === 'Owner' && !isFullyKnown(shown)) return isDispute(shown) ? WIRE_LASTING.undisputed : 0;
  if (isTrouble(seen)) return WIRE_LASTING.trouble;
  return shown !== undefined && isTrouble(shown) && seen.kind === 'Unknown' ? WIRE_LASTING.unknownAfterTrouble : WIRE_LASTING.unknown;
}

/** What is found only where it has lasted: adverts, and that nobody answers. */
const HAS_LASTED: readonly WireKind[] = ['Advertised', 'Silent', 'Nobody'];

const isFullyKnown = (shown: WireVerdict | undefined): boolean => shown?.kind === 'Owner' && shown.answers === true;
const isDispute = (shown: WireVerdict | undefined): boolean => shown?.kind === 'Stranger' || shown?.kind === 'OtherNode';
