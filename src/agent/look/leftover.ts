import type { AgentSettings } from '../../api/node/config.ts';
import type { Conf } from '../../conf/tree.ts';
import { instancesOf } from '../../localise/instance.ts';
import { addressesOn, type InterfaceAddress, isHostPrefix, type NodeFacts } from '../../localise/node-facts.ts';
import { canonical } from '../observation/canonical.ts';
import { isVirtualMac } from '../wire/mac.ts';

/**
 * Addresses on the link that a crashed predecessor left: those that the group carries or gave up lately, as one-address prefixes, and never one
 * that a node of the group is known by. Only right while no keepalived of the group runs on the node.
 */
export function leftoverAddresses(conf: Conf, settings: AgentSettings, { interfaces, link }: NodeFacts): string[] {
  const isOurs = ofGroup(conf, settings);
  return addressesOn(interfaces, link)
    .filter(isOurs)
    .map(({ address, prefixLength }) => `${address}/${prefixLength}`);
}

/**
 * Interfaces on the link that a crashed predecessor made for virtual MAC addresses: those with such an address of the group. Without one it
 * answers nobody, and keepalived takes it as its own.
 */
export function leftoverInterfaces(conf: Conf, settings: AgentSettings, { interfaces, link }: NodeFacts): string[] {
  const isOurs = ofGroup(conf, settings);
  return interfaces
    .filter(({ over, macs = [], addresses }) => over !== undefined && over === link && macs.some(isVirtualMac) && addresses.some(isOurs))
    .map(({ name }) => name);
}

// --- internal ---

function ofGroup(conf: Conf, { released = [], unicast }: AgentSettings): (entry: InterfaceAddress) => boolean {
  const carried = instancesOf(conf).flatMap(({ addresses }) => addresses);
  const ours = new Set([...carried, ...released].map(canonical));
  const nodes = new Set(
    Object.values(unicast?.peers ?? {})
      .flat()
      .map(canonical),
  );
  return (entry) => isHostPrefix(entry) && ours.has(entry.address) && !nodes.has(entry.address);
}
