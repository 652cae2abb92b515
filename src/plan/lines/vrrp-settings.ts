import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import type { Problem } from '../../api/problem.ts';
import { groupReference } from '../reference.ts';
import { type Defaults, defaultsOf, THREE } from './generation.ts';

export type VrrpVersion = 2 | 3;

/** How a group's virtual routers behave. All of its nodes get the same, because nodes that differ would both be master. */
export interface VrrpSettings {
  /** Of IPv4; IPv6 always has 3. */
  readonly version: VrrpVersion;
  /** Milliseconds, as the group asks; {@link advertSeconds} says what a version makes of it. */
  readonly advertInterval: number;
  /** Adverts in a row that have to be missing before another node takes over; absent: keepalived's own three. */
  readonly downTimerAdverts?: number;
  readonly preempt: boolean;
  /** Seconds; only where there is preemption. */
  readonly preemptDelay?: number;
  readonly arpRepeats?: number;
  /** Seconds. */
  readonly arpRefresh?: number;
  /** Whether each virtual router's addresses have its own MAC address, where the nodes can. */
  readonly virtualMac?: true;
}

/** The group's settings with what is impossible replaced by what is safe, and told. */
export function vrrpSettings(
  group: KeepalivedGroup,
  defaults: Defaults = defaultsOf(group),
): { readonly settings: VrrpSettings; readonly problems: readonly Problem[] } {
  const { vrrp = {}, verbatimConfig = {} } = group.spec ?? {};
  const messages: string[] = [];
  const within = (field: string, value: number | undefined, [low, high, step = 1]: Range): number | undefined => {
    if (value === undefined || (value >= low && value <= high && value % step === 0)) return value;
    messages.push(
      `spec.vrrp.${field} is ${value}, expected ${low}-${high}${step === 1 ? '' : ` in steps of ${step}`}; the default is used`,
    );
    return undefined;
  };
  const preempt = vrrp.preempt ?? true;
  const delay = within('preemptDelaySeconds', vrrp.preemptDelaySeconds, [0, 1000]) ?? 0;
  const repeats = within('gratuitousARP.repeats', vrrp.gratuitousARP?.repeats, [1, 100]);
  const refresh = within('gratuitousARP.refreshSeconds', vrrp.gratuitousARP?.refreshSeconds, [0, 86_400]);
  const asked = { verbatim: verbatimVersion(verbatimConfig.vrrp_version), typed: within('version', vrrp.version, [2, 3]) };
  const version = asked.verbatim ?? (asked.typed as VrrpVersion | undefined) ?? defaults.version;
  const interval = within('advertIntervalMilliseconds', vrrp.advertIntervalMilliseconds, [10, 40_950, 10]);
  const advertInterval = interval ?? defaults.advertInterval;
  const adverts =
    within('downTimerAdverts', vrrp.downTimerAdverts, [2, 100]) ?? (interval === undefined ? defaults.downTimerAdverts : THREE);
  const settings: VrrpSettings = {
    version,
    advertInterval,
    preempt,
    ...(adverts !== THREE && { downTimerAdverts: adverts }),
    ...(preempt && delay > 0 && { preemptDelay: delay }),
    ...(repeats !== undefined && { arpRepeats: repeats }),
    ...(refresh !== undefined && { arpRefresh: refresh }),
    ...(vrrp.virtualMAC === true && { virtualMac: true }),
  };
  messages.push(...conflicts(settings, { ...asked, delay }));
  const object = groupReference(group);
  return { settings, problems: messages.map((message) => ({ object, reason: 'VrrpSettingsConflict', message })) };
}

/** What `advert_int` has to say: version 2 knows whole seconds only, so it gets the next one up. */
export const advertSeconds = (milliseconds: number, version: VrrpVersion): number =>
  version === 2 ? Math.ceil(milliseconds / 1000) : milliseconds / 1000;

// --- internal ---

/** Lowest, highest, and the step between two that are possible. */
type Range = readonly [number, number, number?];

/** A verbatim `vrrp_version` came first in the Go operator, and does here. */
const verbatimVersion = (text: string | undefined): VrrpVersion | undefined =>
  text === undefined ? undefined : text.trim() === '3' ? 3 : 2;

interface Asked {
  readonly verbatim: VrrpVersion | undefined;
  readonly typed: number | undefined;
  readonly delay: number;
}

/** What excludes each other among what was asked for, and what is done instead. */
function conflicts({ version, advertInterval, preempt }: VrrpSettings, { verbatim, typed, delay }: Asked): string[] {
  return [
    delay > 0 && !preempt && 'spec.vrrp.preemptDelaySeconds has no effect, because spec.vrrp.preempt is false; remove one of the two',
    verbatim !== undefined &&
      typed !== undefined &&
      verbatim !== typed &&
      `spec.verbatimConfig.vrrp_version is ${verbatim} and spec.vrrp.version is ${typed}; the verbatim line is used. Remove one of the two`,
    version === 2 &&
      advertInterval % 1000 !== 0 &&
      `spec.vrrp.advertIntervalMilliseconds is ${advertInterval}, and VRRP version 2 supports whole seconds only; IPv4 uses ${advertSeconds(advertInterval, 2)} s. Set spec.vrrp.version to 3, or use a multiple of 1000`,
  ].filter((message) => message !== false);
}
