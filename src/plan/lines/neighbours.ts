import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import type { Problem } from '../../api/problem.ts';
import type { Statement } from '../../conf/tree.ts';
import { byText } from '../../net/text-order.ts';
import type { PlanInput } from '../input.ts';
import { eligibleNodes } from '../placement/placement.ts';
import { groupReference, keyOf } from '../reference.ts';
import type { VirtualRouter } from '../virtual-router.ts';
import { defaultsOf } from './generation.ts';
import { globalLines } from './global-lines.ts';
import { arpOf, MOST, NOTHING, plus, type Sending, sendingOf, UNITS } from './sending.ts';
import { advertSeconds, type VrrpSettings, vrrpSettings } from './vrrp-settings.ts';

/** What is planned of a group. */
export interface Planned {
  readonly routers: readonly VirtualRouter[];
  readonly settings: VrrpSettings;
  readonly globals: readonly Statement[];
}

/**
 * Each group is bounded by itself, with a keepalived of its own on each node. What several of them send from one node is only told: how much a
 * node and its network bear is for their owners to know. Of other groups what their status and spec say counts, without lines of Services.
 */
export function neighbourProblems(input: PlanInput, planned: Planned): Problem[] {
  const own = sendingOfAll(planned);
  const worst = worstNode(input, own);
  if (worst === undefined) return [];
  const { kind, value } = worst.over;
  const named = worst.there
    .toSorted((a, b) => b.sending[kind] - a.sending[kind] || byText(keyOf(a.group), keyOf(b.group)))
    .map(({ group }) => keyOf(group));
  const list = named.length <= NAMED ? named.join(', ') : `${named.slice(0, NAMED).join(', ')} and ${named.length - NAMED} more`;
  const sum = `${worst.node} sends about ${rounded(value, 2)} ${UNITS[kind]} when it is the last node left: about ${rounded(own[kind], 1)} for this group, the others for ${list}`;
  const message = `${sum}. Up to ${MOST[kind]} were measured without a late advert. ${CURES[kind]}, or run some of these groups on other nodes (spec.nodeSelector)`;
  return [{ object: groupReference(input.group), reason: 'NodesSendMuch', message }];
}

// --- internal ---

const NAMED = 3;

const CURES: Readonly<Record<keyof Sending, string>> = {
  adverts: 'Raise spec.vrrp.advertIntervalMilliseconds',
  refresh: 'Raise spec.vrrp.gratuitousARP.refreshSeconds',
  burst: 'Lower spec.vrrp.gratuitousARP.repeats',
};

interface Neighbour {
  readonly group: KeepalivedGroup;
  readonly sending: Sending;
}

interface Worst {
  readonly node: string;
  /** Other groups that run there. */
  readonly there: readonly Neighbour[];
  readonly over: Excess;
}

/** The node that can come to send the most beyond what was measured; undefined where none can, or only for this group. */
function worstNode({ group, otherGroups, nodes }: PlanInput, own: Sending): Worst | undefined {
  const others = otherGroups.map((other) => ({ group: other, sending: sendingByStatus(other) }));
  // Most clusters have few groups, and need no look at which nodes each has.
  if (excess(own, others) === undefined) return undefined;
  const near = others.map((one) => ({ one, names: new Set(namesOf(one.group, nodes)) }));
  const found = namesOf(group, nodes).flatMap((node): Worst[] => {
    const there = near.flatMap(({ one, names }) => (names.has(node) ? [one] : []));
    const over = excess(own, there);
    return over === undefined || there.length === 0 ? [] : [{ node, there, over }];
  });
  return found.sort((a, b) => b.over.ratio - a.over.ratio || byText(a.node, b.node))[0];
}

const namesOf = ({ spec }: KeepalivedGroup, nodes: PlanInput['nodes']): string[] =>
  eligibleNodes(nodes, spec?.nodeSelector ?? {}).map(({ metadata }) => metadata.name);

/** In few digits, so that a Service that comes or goes seldom changes the words. */
const rounded = (value: number, digits: number): number => Number(value.toPrecision(digits));

interface Excess {
  readonly kind: keyof Sending;
  readonly value: number;
  /** To what was measured. */
  readonly ratio: number;
}

const KINDS = ['adverts', 'refresh', 'burst'] as const;

/** The kind that is farthest over its bound. */
function excess(own: Sending, others: readonly Neighbour[]): Excess | undefined {
  const sum = others.map(({ sending }) => sending).reduce(plus, own);
  const kinds = KINDS.map((kind) => ({ kind, value: sum[kind], ratio: sum[kind] / MOST[kind] }));
  return kinds.filter(({ ratio }) => ratio > 1).sort((a, b) => b.ratio - a.ratio)[0];
}

function sendingOfAll({ routers, settings, globals }: Planned): Sending {
  const arp = arpOf(
    settings,
    globals,
    routers.reduce((sum, { addresses }) => sum + addresses.length, 0),
  );
  return routers.map(({ addresses, verbatim }) => sendingOf(addresses, verbatim, settings, arp)).reduce(plus, NOTHING);
}

function sendingByStatus(group: KeepalivedGroup): Sending {
  const { settings } = vrrpSettings(group, defaultsOf(group));
  const addresses = group.status?.virtualIPs?.planned ?? 0;
  const instances = Object.keys(group.status?.routerIDs ?? {}).length;
  const arp = arpOf(settings, globalLines(group).lines, addresses);
  const { refresh, burst } = sendingOf(['0.0.0.0'], [], settings, arp);
  const adverts = instances / advertSeconds(settings.advertInterval, settings.version);
  return { adverts, refresh: refresh * addresses, burst: burst * addresses };
}
