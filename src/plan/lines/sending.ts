import type { Statement } from '../../conf/tree.ts';
import { familyOf } from '../../net/address.ts';
import { versionFor } from './exclusive-lines.ts';
import { advertSeconds, type VrrpSettings } from './vrrp-settings.ts';

/** What a node sends for virtual routers that it is master of. keepalived sends it all in one thread: what is late for one is late for all. */
export interface Sending {
  /** Adverts a second. */
  readonly adverts: number;
  /** Gratuitous ARPs a second, at rest. */
  readonly refresh: number;
  /** Gratuitous ARPs at once, when it becomes master. */
  readonly burst: number;
}

export const NOTHING: Sending = {
  adverts: 0,
  refresh: 0,
  burst: 0,
};

/**
 * The most that a node may send for one group, which is what keepalived was seen to send without an advert that is late. A node is reckoned to
 * be master of everything, because it is when it is the last.
 */
export const MOST: Sending = {
  adverts: 5100,
  refresh: 1000,
  burst: 10_000,
};

export const UNITS: Readonly<Record<keyof Sending, string>> = {
  adverts: 'adverts a second',
  refresh: 'gratuitous ARPs a second',
  burst: 'gratuitous ARPs at once',
};

/** VRRP instances that a group can have: 255 ids for each family. */
export const MOST_INSTANCES = 510;

export const plus = (a: Sending, b: Sending): Sending => ({
  adverts: a.adverts + b.adverts,
  refresh: a.refresh + b.refresh,
  burst: a.burst + b.burst,
});

/** How gratuitous ARPs are sent where no Service says otherwise. */
export interface Arp {
  /** For each address when a node becomes master; absent: keepalived's own default. */
  readonly repeats?: number;
  /** Seconds after which a master sends them again; 0 for never. */
  readonly refresh: number;
  readonly refreshRepeats: number;
}

/** From here on one gratuitous ARP for each address, not two rounds of five: 4,000 addresses at ten each delay every advert for a second. */
export const MANY_ADDRESSES = 256;

/** What the group's settings and its own lines make of that many addresses. */
export function arpOf({ arpRepeats, arpRefresh }: VrrpSettings, globals: readonly Statement[], addresses: number): Arp {
  const lines = numbersOf(globals);
  const repeats =
    lines.get('vrrp_garp_master_repeat') ??
    (globals.some(({ keyword }) => keyword === 'vrrp_min_garp') ? 1 : (arpRepeats ?? (addresses > MANY_ADDRESSES ? 1 : undefined)));
  return {
    ...(repeats !== undefined && { repeats }),
    refresh: lines.get('vrrp_garp_master_refresh') ?? arpRefresh ?? REFRESH_SECONDS,
    refreshRepeats: lines.get('vrrp_garp_master_refresh_repeat') ?? 1,
  };
}

/** What a virtual router of these addresses sends with these lines of its Service. */
export function sendingOf(addresses: readonly string[], verbatim: readonly Statement[], settings: VrrpSettings, arp: Arp): Sending {
  const lines = numbersOf(verbatim);
  const families = [...new Set(addresses.map(familyOf))];
  const intervals = families.map((family) => {
    const version = versionFor(family, verbatim, settings);
    return lines.get('advert_int') ?? advertSeconds(settings.advertInterval, version);
  });
  const refresh = lines.get('garp_master_refresh') ?? arp.refresh;
  const repeats = lines.get('garp_master_repeat') ?? arp.repeats ?? KEEPALIVED_REPEATS;
  return {
    adverts: intervals.reduce((sum, seconds) => sum + 1 / seconds, 0),
    refresh: refresh === 0 ? 0 : (addresses.length * (lines.get('garp_master_refresh_repeat') ?? arp.refreshRepeats)) / refresh,
    burst: addresses.length * Math.max(repeats, lines.get('garp_lower_prio_repeat') ?? 0),
  };
}

// --- internal ---

/** Seconds after which a master repeats its gratuitous ARPs, for switches and hosts that forget or missed the first ones. */
const REFRESH_SECONDS = 60;

const KEEPALIVED_REPEATS = 5;

const numbersOf = (lines: readonly Statement[]): Map<string, number> =>
  new Map(lines.map(({ keyword, words }) => [keyword, Number(words[0])]));
