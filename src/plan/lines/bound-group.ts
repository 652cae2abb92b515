import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import type { Problem } from '../../api/problem.ts';
import type { Statement } from '../../conf/tree.ts';
import { groupReference } from '../reference.ts';
import { arpOf, MOST, MOST_INSTANCES } from './sending.ts';
import type { VrrpSettings } from './vrrp-settings.ts';

export interface GroupSettings {
  readonly settings: VrrpSettings;
  /** Lines of global_defs. */
  readonly globals: readonly Statement[];
}

interface Size {
  readonly group: KeepalivedGroup;
  readonly addresses: number;
  readonly routers: number;
}

/**
 * The group's own settings and lines, brought to what its nodes can send for so many addresses: in steps, so that a Service that comes or goes
 * seldom changes them.
 */
export function boundedGroup({ settings, globals }: GroupSettings, size: Size): GroupSettings & { readonly problems: readonly Problem[] } {
  const { group, addresses, routers } = size;
  const messages: string[] = [];
  const brought = (field: string, was: number, steps: readonly number[], isWithin: (value: number) => boolean): number => {
    const is = isWithin(was) ? was : (steps.find(isWithin) ?? was);
    if (is !== was)
      messages.push(
        `spec.vrrp.${field} is ${was}, with which a node with ${routers} virtual routers and ${addresses} addresses would send too much; ${is} is used: set it to that`,
      );
    return is;
  };
  const instances = Math.min(routers, MOST_INSTANCES / 2);
  const { advertInterval, arpRefresh, arpRepeats } = settings;
  const isCalm = (seconds: number): boolean => seconds === 0 || addresses / seconds <= MOST.refresh;
  const isSmall = (repeats: number): boolean => addresses * repeats <= MOST.burst;
  const isSlow = (interval: number): boolean => (instances * 1000) / interval <= MOST.adverts;
  const left = boundedGlobals(globals, settings, addresses);
  const bounded: VrrpSettings = {
    ...settings,
    advertInterval: brought('advertIntervalMilliseconds', advertInterval, INTERVALS, isSlow),
    ...(arpRefresh !== undefined && { arpRefresh: brought('gratuitousARP.refreshSeconds', arpRefresh, SECONDS, isCalm) }),
    ...(arpRepeats !== undefined && { arpRepeats: arpRepeats === 1 ? 1 : brought('gratuitousARP.repeats', arpRepeats, REPEATS, isSmall) }),
  };
  const object = groupReference(group);
  return {
    settings: bounded,
    globals: left.globals,
    problems: [
      ...left.refused.map((message): Problem => ({ object, reason: 'VerbatimRefused', message })),
      ...messages.map((message): Problem => ({ object, reason: 'VrrpSettingsConflict', message })),
    ],
  };
}

// --- internal ---

/** Milliseconds. */
const INTERVALS = [20, 50, 100];
const SECONDS = [1, 2, 5, 10, 20, 30, 60, 120, 300];
const REPEATS = [50, 20, 10, 5, 2, 1];

/** Seconds in which a node that takes over has to have told the network of every address. */
const MOST_SECONDS = 3;

const REFRESH = new Set(['vrrp_garp_master_refresh', 'vrrp_garp_master_refresh_repeat']);
const BURST = new Set(['vrrp_garp_master_repeat', 'vrrp_garp_lower_prio_repeat']);
const PAUSE = new Set(['vrrp_garp_interval', 'vrrp_gna_interval']);

function boundedGlobals(
  globals: readonly Statement[],
  settings: VrrpSettings,
  addresses: number,
): { readonly globals: readonly Statement[]; readonly refused: readonly string[] } {
  const { repeats = 1, refresh, refreshRepeats } = arpOf(settings, globals, addresses);
  const whyNot = ({ keyword, words }: Statement): string | undefined => {
    const value = Number(words.at(-1));
    if (REFRESH.has(keyword) && refresh > 0 && (addresses * refreshRepeats) / refresh > MOST.refresh)
      return `${MOST.refresh} gratuitous ARPs a second`;
    if (keyword === 'vrrp_garp_extra_if' && addresses / value > MOST.refresh) return `${MOST.refresh} gratuitous ARPs a second`;
    if (BURST.has(keyword) && value > 1 && addresses * value > MOST.burst) return `${MOST.burst} gratuitous ARPs at once`;
    if (PAUSE.has(keyword) && addresses * repeats * value > MOST_SECONDS)
      return `${MOST_SECONDS} seconds until the last address is announced`;
    return undefined;
  };
  const refused = globals.flatMap((line) => {
    const limit = whyNot(line);
    return limit === undefined
      ? []
      : [
          `spec.verbatimConfig: "${line.keyword} ${line.words.join(' ')}" is left out: with ${addresses} addresses it exceeds the limit of ${limit}; ask for less`,
        ];
  });
  return { globals: globals.filter((line) => whyNot(line) === undefined), refused };
}
