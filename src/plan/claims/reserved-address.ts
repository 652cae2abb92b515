import type { Node } from '../../api/core.ts';
import { parseAddress } from '../../net/address.ts';
import { contains, containsAny, type Located, parseRange } from '../../net/range.ts';
import { byText } from '../../net/text-order.ts';
import type { PlanInput } from '../input.ts';

/** Addresses that are no single host's, so that none can be a VIP (RFC 6890). The admission policy refuses them too. */
export const NO_HOST: readonly { readonly range: string; readonly is: string }[] = [
  { range: '0.0.0.0/8', is: 'an address of "this network"' },
  { range: '127.0.0.0/8', is: 'a loopback address' },
  { range: '169.254.0.0/16', is: 'a link-local address' },
  { range: '224.0.0.0/4', is: 'a multicast address' },
  { range: '255.255.255.255/32', is: 'the broadcast address' },
  { range: '::/127', is: 'the unspecified or the loopback address' },
  { range: 'fe80::/10', is: 'a link-local address' },
  { range: 'ff00::/8', is: 'a multicast address' },
];

export interface Reservation {
  /** What the address is, as the end of a sentence. */
  readonly is: string;
  /** Whether a Service that had it before keeps it: a node's list of addresses may name a VIP that it holds. */
  readonly yields: boolean;
  /** How it can be allowed, as the clause that begins with `or`; absent where nobody can. */
  readonly allow?: string;
  /** What to do where a Service keeps the address. */
  readonly advice?: string;
}

/** Tells what an address is that no Service may take; undefined for every other. */
export function reservations({
  nodes,
  settings,
}: Pick<PlanInput, 'nodes' | 'settings'>): (address: string, located: Located) => Reservation | undefined {
  const named = [...NO_HOST, ...(settings.reservedAddresses ?? [])].flatMap(({ range, is }) => {
    const parsed = parseRange(range);
    return parsed === undefined ? [] : [{ range: parsed, is }];
  });
  const nodeOf = nodeByAddress(nodes);
  const isOfPods = containsAny(nodes.flatMap(({ spec }) => (spec?.podCIDRs ?? []).flatMap((text) => parseRange(text) ?? [])));
  const isNamed = containsAny(named.map(({ range }) => range));
  const apiServers = new Set(settings.apiServers);
  return (address, located) => {
    const node = nodeOf.get(address);
    if (node !== undefined) return node;
    if (apiServers.has(address)) return { is: 'the address of a host of the Kubernetes API', yields: true };
    if (isOfPods(located)) return { is: "in a range that a Node's pods get their addresses from", yields: true };
    if (!isNamed(located)) return undefined;
    return { is: named.find(({ range }) => contains(range, located))?.is ?? '', yields: false };
  };
}

// --- internal ---

/** kubelet without the flag lists whatever is on the interface when it starts, and so a VIP that the node holds then. */
const nodeIp = (node: string): string =>
  `if it is a VIP, start kubelet on ${node} with --node-ip and the own address of the node; if it is the own address of the node, take it out of the Service`;

/** What Nodes are said to be reached by from outside is on no interface of them where it is a VIP. */
const FREED = 'if it is a VIP, take it out of the external addresses of the Nodes (--node-external-ip of k3s)';

const internalOf = (node: string): Reservation => ({ is: `an address of Node ${node}`, yields: true, advice: nodeIp(node) });
const externalOf = (node: string): Reservation => ({
  is: `an external address of Node ${node}`,
  yields: true,
  allow: `or, ${FREED}`,
  advice: `${FREED}; if it is the own address of the node, take it out of the Service`,
});

/** Of two nodes that list the same one, the first by name; external is only what none lists otherwise. */
function nodeByAddress(nodes: readonly Node[]): ReadonlyMap<string, Reservation> {
  const listed = [...nodes]
    .sort((a, b) => byText(b.metadata.name, a.metadata.name))
    .flatMap(({ metadata, status }) =>
      (status?.addresses ?? []).map(({ type, address }) => ({ type, text: parseAddress(address)?.text ?? address, node: metadata.name })),
    );
  const [external, others] = [listed.filter(isExternal), listed.filter((one) => !isExternal(one))];
  return new Map([
    ...external.map(({ text, node }) => [text, externalOf(node)] as const),
    ...others.map(({ text, node }) => [text, internalOf(node)] as const),
  ]);
}

const isExternal = ({ type }: { readonly type: string }): boolean => type === 'ExternalIP';
