import type { Unicast } from '../api/node/config.ts';
import { block, line, type Statement } from '../conf/tree.ts';
import type { Family, Instance } from './instance.ts';
import { addressesOn, type NodeFacts } from './node-facts.ts';
import type { Problem } from './problem.ts';

/** Lines that the agent replaces in every vrrp_instance. */
export const UNICAST_KEYWORDS = ['unicast_src_ip', 'unicast_peer'];

/** Where a group's only node sends its adverts: with no peer at all keepalived would fall back to multicast. */
const NOBODY: Readonly<Record<Family, string>> = { IPv4: '127.0.0.1', IPv6: '::1' };

/**
 * The unicast lines of one instance on this node, or why it has none; the instance is then left out, because an empty list of peers means
 * multicast, and a node that its peers do not list becomes a second master. keepalived hears what is sent to its source address and comes in by
 * its interface, and only the node itself knows which of its addresses that is: so others send to all of them.
 */
export function unicastLines({ peers }: Unicast, instance: Instance, facts: NodeFacts): readonly Statement[] | Problem {
  const ofFamily = (addresses: readonly string[] = []): readonly string[] =>
    addresses.filter((address) => address.includes(':') === (instance.family === 'IPv6'));
  const own = ofFamily(peers[facts.node]);
  if (own.length === 0) return peersUnknown(instance, facts);
  const source = sourceOf(own, facts);
  if (source === undefined) return ownAddressUnknown(instance, facts, own);
  const others = new Set(ofFamily(Object.values(peers).flat()).filter((address) => !own.includes(address)));
  const targets = others.size > 0 ? [...others] : [NOBODY[instance.family]];
  return [
    line('unicast_src_ip', source),
    block(
      'unicast_peer',
      [],
      targets.map((address) => line(address)),
    ),
  ];
}

// --- internal ---

/** The first that is on the link, else the first that is on any interface. */
function sourceOf(own: readonly string[], { interfaces, link }: NodeFacts): string | undefined {
  const onLink = new Set(addressesOn(interfaces, link).map(({ address }) => address));
  const local = new Set(interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address)));
  return own.find((address) => onLink.has(address)) ?? own.find((address) => local.has(address));
}

function peersUnknown({ name, family }: Instance, { node }: NodeFacts): Problem {
  const message = `${name} is left out: unicast is on and the group's settings hold no ${family} address for node ${node} yet; wait for the manager, or give the Node an ${family} InternalIP`;
  return { reason: 'PeersUnknown', message };
}

function ownAddressUnknown({ name }: Instance, { node }: NodeFacts, own: readonly string[]): Problem {
  const message = `${name} is left out: unicast is on and node ${node} has none of the addresses that its peers know it by (${own.join(', ')}); correct the Node's InternalIP or the interface`;
  return { reason: 'OwnAddressUnknown', message };
}
