import type { AgentSettings } from '../../api/node/config.ts';
import type { Conf } from '../../conf/tree.ts';
import { instancesOf } from '../../localise/instance.ts';
import { addressesOn, isHostPrefix, type NodeFacts } from '../../localise/node-facts.ts';
import { canonical } from '../observation/canonical.ts';

/**
 * Addresses on the link that a crashed predecessor left: those that the group carries or gave up lately, as one-address prefixes, and never one
 * that a node of the group is known by. Only right while no keepalived of the group runs on the node.
 */
export function leftoverAddresses(conf: Conf, { released = [], unicast }: AgentSettings, { interfaces, link }: NodeFacts): string[] {
  const carried = instancesOf(conf).flatMap(({ addresses }) => addresses);
  const ours = new Set([...carried, ...released].map(canonical));
  const nodes = new Set(
    Object.values(unicast?.peers ?? {})
      .flat()
      .map(canonical),
  );
  return addressesOn(interfaces, link)
    .filter((entry) => isHostPrefix(entry) && ours.has(entry.address) && !nodes.has(entry.address))
    .map(({ address, prefixLength }) => `${address}/${prefixLength}`);
}
