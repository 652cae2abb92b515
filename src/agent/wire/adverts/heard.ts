import { type AdvertDifference, MOST_ADVERTISED, MOST_ADVERTS, type WireAdvert } from '../../../api/node/wire.ts';
import { byText } from '../../../net/text-order.ts';
import type { Advert } from './advert.ts';
import { type Carried, differences } from './carried.ts';

/** What was heard of one sender and one virtual router. Times are the monotonic clock's, in milliseconds. */
export interface HeardAdvert {
  readonly advert: Advert;
  readonly differs: readonly AdvertDifference[];
  readonly first: number;
  readonly last: number;
  readonly told: WireAdvert | null;
}

/** By sender and id. */
export type HeardAdverts = ReadonlyMap<string, HeardAdvert>;

/** Milliseconds. */
export const ADVERT_TIMES = {
  /** An advert is reported when another one has come so long after it, at least. */
  lasting: 800,
  /** And until none has come for so long, or for so many of its own intervals. */
  gone: 15_000,
  goneIntervals: 4,
};

/** After adverts that were heard just now. One that is as the group's own, or says that the sender gives way, ends what was known of its sender and id. */
export function afterAdverts(before: HeardAdverts, adverts: readonly Advert[], carried: Carried, now: number): HeardAdverts {
  const after = new Map([...before].filter(([, { advert, last }]) => now - last <= patienceFor(advert)));
  for (const advert of adverts) {
    const key = `${advert.source} ${advert.id}`;
    const differs = differences(advert, carried);
    const known = after.get(key);
    if (differs === null || differs.length === 0 || advert.priority === 0) after.delete(key);
    else if (known !== undefined) after.set(key, again(known, { advert, differs, now, carried }));
    else if (after.size < MOST_KNOWN) after.set(key, { advert, differs, first: now, last: now, told: null });
  }
  return after;
}

/** What is reported, without link-layer addresses. */
export const toldOf = (heard: HeardAdverts): readonly WireAdvert[] =>
  [...heard.values()]
    .flatMap(({ told }) => told ?? [])
    .sort((a, b) => byText(a.source, b.source) || a.id - b.id)
    .slice(0, MOST_ADVERTS);

// --- internal ---

const MOST_KNOWN = 256;

const patienceFor = ({ interval }: Advert): number => Math.max(ADVERT_TIMES.gone, interval * ADVERT_TIMES.goneIntervals);

interface News {
  readonly advert: Advert;
  readonly differs: readonly AdvertDifference[];
  readonly now: number;
  readonly carried: Carried;
}

function again({ first, told: before }: HeardAdvert, { advert, differs, now, carried }: News): HeardAdvert {
  const known = { advert, differs, first, last: now };
  if (now - first < ADVERT_TIMES.lasting) return { ...known, told: before };
  const told = reported(advert, differs, carried, first);
  return { ...known, told: before !== null && JSON.stringify(before) === JSON.stringify(told) ? before : told };
}

function reported(
  { source, id, version, priority, addresses }: Advert,
  differs: readonly AdvertDifference[],
  { addresses: own }: Carried,
  first: number,
): WireAdvert {
  const ours = addresses.filter((address) => own.has(address));
  const others = addresses.filter((address) => !own.has(address));
  const listed = [...ours.sort(), ...others.sort()].slice(0, MOST_ADVERTISED);
  return { source, id, version, priority, addresses: listed, differs, since: Math.round(first) };
}
