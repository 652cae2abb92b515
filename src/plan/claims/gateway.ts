import { type KeepalivedGroup, MOST_GATEWAYS } from '../../api/group/keepalived-group.ts';
import { parseAddress } from '../../net/address.ts';
import { containsAny, type Located, locate, parseRange } from '../../net/range.ts';
import { byText } from '../../net/text-order.ts';
import type { PlanInput } from '../input.ts';
import { memberNodes } from '../placement/taint.ts';
import { keyOf } from '../reference.ts';
import { type Reservation, reservations } from './reserved-address.ts';

/** By canonical address one of the Nodes that route through it. */
export type Gateways = Readonly<Record<string, string>>;

/**
 * What the group's nodes route through; undefined while none of them has ever told. An address that was told stays until every node of the
 * group has told others: neither a restart of the manager nor a node that is silent frees one.
 */
export function gatewaysNow(input: PlanInput): Gateways | undefined {
  const { group } = input;
  const before = gatewaysBefore(group);
  const told = toldBy(input);
  if (told.nodes.size === 0) return before;
  const members = memberNodes(input);
  const isWhole = members.length > 0 && members.every(({ metadata }) => told.nodes.has(metadata.name));
  const remembered = isWhole ? [] : Object.keys(before ?? {}).filter((address) => !told.byAddress.has(address));
  const weight = (address: string): number => told.byAddress.get(address)?.length ?? 1;
  const wasKnown = (address: string): number => Number(before?.[address] !== undefined);
  // What one node makes up pushes out neither what many tell nor what was told before.
  const addresses = [...told.byAddress.keys(), ...remembered]
    .sort((a, b) => weight(b) - weight(a) || wasKnown(b) - wasKnown(a) || byText(a, b))
    .slice(0, MOST_GATEWAYS);
  return Object.fromEntries(addresses.sort(byText).map((address) => [address, namedNode(told.byAddress.get(address), before?.[address])]));
}

/**
 * Tells which addresses no Service of the group may have because its nodes route through them. A Service that had one before keeps it, but
 * not one that was given it while no node of the new group had told yet: the Service may have waited for the group.
 */
export function gatewayReservations(
  group: KeepalivedGroup,
  gateways: Gateways | undefined,
): (address: string, located: Located) => Reservation | undefined {
  const isAllowed = containsAny((group.spec?.fences?.allowedGateways ?? []).flatMap((text) => parseRange(text) ?? []));
  const yields = gatewaysBefore(group) !== undefined;
  return (address, located) => {
    const node = gateways?.[address];
    if (node === undefined || isAllowed(located)) return undefined;
    const allow = `or, where the nodes are to route through it, have the owner of KeepalivedGroup ${keyOf(group)} add the line "- ${address}" to spec.fences.allowedGateways`;
    return { is: `the gateway of Node ${node}`, yields, allow };
  };
}

// --- internal ---

/** What was known before. Of a group that ran before gateways were told it is nothing, which isn't the same as unknown. */
function gatewaysBefore({ status }: KeepalivedGroup): Gateways | undefined {
  const ranBefore = status?.holders === undefined && Object.keys(status?.routerIDs ?? {}).length > 0;
  return status?.gateways ?? (ranBefore ? {} : undefined);
}

interface Told {
  /** Names of the nodes that told, if only that they have none. */
  readonly nodes: ReadonlySet<string>;
  /** Without what is nobody's for another reason. */
  readonly byAddress: ReadonlyMap<string, readonly string[]>;
}

function toldBy(input: PlanInput): Told {
  const reserved = reservations(input);
  const pairs = input.reports.flatMap(({ node, gateways = [] }) => gateways.flatMap((text) => ({ address: parseAddress(text), node })));
  const known = pairs.flatMap(({ address, node }) =>
    address === undefined || reserved(address.text, locate(address)) ? [] : [{ address: address.text, node }],
  );
  const byAddress = new Map(
    [...Map.groupBy(known, ({ address }) => address)].map(([address, by]) => [address, by.map(({ node }) => node)]),
  );
  return { nodes: new Set(input.reports.flatMap(({ node, gateways }) => (gateways === undefined ? [] : [node]))), byAddress };
}

/** The one that was named before, else the first by name: a message must not change with the order of answers. */
function namedNode(nodes: readonly string[] | undefined, before = ''): string {
  return nodes === undefined || nodes.includes(before) ? before : ([...nodes].sort(byText)[0] ?? before);
}
