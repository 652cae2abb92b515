import type { AgentSettings } from '../api/node/config.ts';
import { line, type Statement } from '../conf/tree.ts';
import type { Instance } from './instance.ts';
import type { ArpSettings, NodeFacts } from './node-facts.ts';
import type { Problem } from './problem.ts';

/**
 * Lines by which an instance's addresses get the MAC address of its virtual router; none where the group or the node has none. IPv4 has it only
 * where the kernel is set as keepalived wants it: elsewhere keepalived would change the settings of the link, and leave them so when it ends.
 */
export function virtualMacLines({ family }: Instance, settings: AgentSettings, facts: NodeFacts): Statement[] {
  if (!settings.virtualMac || (family === 'IPv4' && unfitSettings(facts).length > 0)) return [];
  return [line('use_vmac'), ...(settings.unicast ? [line('vmac_xmit_base')] : [])];
}

export const VIRTUAL_MAC_KEYWORDS = ['use_vmac', 'vmac_xmit_base'] as const;

/** Why IPv4 goes without virtual MAC addresses on this node. */
export function virtualMacProblems(instances: readonly Instance[], { virtualMac }: AgentSettings, facts: NodeFacts): Problem[] {
  const unfit = unfitSettings(facts);
  if (!virtualMac || unfit.length === 0 || !instances.some(({ family }) => family === 'IPv4')) return [];
  const found = unfit.map(({ key, found, expected }) => `${key} is ${found}, expected ${expected}`).join('; ');
  const message = `node ${facts.node} gives IPv4 addresses no virtual MAC address: ${found}. Set them on the node, in a file of /etc/sysctl.d, or spec.vrrp.virtualMAC of the group to false`;
  return [{ reason: 'VirtualMacUnfit', message }];
}

// --- internal ---

interface Unfit {
  readonly key: string;
  readonly found: number | 'unreadable';
  readonly expected: string;
}

/** What the kernel has to be set to: the setting, whether a value is right, and what is expected. */
const WANTED: readonly (readonly [keyof ArpSettings, string, (value: number) => boolean, string])[] = [
  ['ignore', 'arp_ignore', (value) => value === 1 || value === 2, '1'],
  ['filter', 'arp_filter', (value) => value > 0, '1'],
  ['announce', 'arp_announce', (value) => value === 2, '2'],
];

function unfitSettings({ arp, link }: NodeFacts): Unfit[] {
  if (arp === undefined || link === null) return [];
  const ofLink = WANTED.filter(([name, , isRight]) => arp === null || !isRight(arp[name])).map(([name, setting, , expected]) => ({
    key: keyOf(link, setting),
    found: arp?.[name] ?? ('unreadable' as const),
    expected,
  }));
  const isStrict = arp?.leastReversePathFilter === 1;
  return isStrict ? [...ofLink, { key: keyOf('all', 'rp_filter'), found: 1, expected: '0 or 2' }] : ofLink;
}

/** A dot in the name of an interface would part words (sysctl.d(5)). */
const keyOf = (name: string, setting: string): string => ['net', 'ipv4', 'conf', name, setting].join(name.includes('.') ? '/' : '.');
