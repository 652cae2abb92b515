import type { Condition } from '../../api/core.ts';
import { ASKED_PORT } from '../../api/node/wire.ts';
import { foreignInWords } from './foreign-words.ts';
import { makerOf } from './maker.ts';
import type { WhyUnknown, WireVerdict } from './verdict.ts';

/** A condition of a VirtualIP without its times. */
export type WireCondition = Omit<Condition, 'lastTransitionTime' | 'observedGeneration'>;

export const WIRE_CONDITIONS = ['Announced', 'Unique', 'Reachable'] as const;

/** What conditions say of an address. They name no asker where all is well, so that they stay the same while others ask. */
export function wireConditions(address: string, verdict: WireVerdict): readonly WireCondition[] {
  const reason = reasonOf(verdict);
  const message = wireInWords(address, verdict);
  if (verdict.kind === 'Owner')
    return [
      { type: 'Announced', status: 'True', reason, message },
      { type: 'Unique', status: 'True', reason: 'NoOtherAnswers', message: `no other host was seen to answer for ${address}` },
      reachable(address, verdict.answers === true),
    ];
  const [announced, unique, reaches] = STATUS[verdict.kind];
  return [
    { type: 'Announced', status: announced, reason, message },
    { type: 'Unique', status: unique, reason, message },
    { type: 'Reachable', status: reaches, reason, message },
  ];
}

/** The verdict in a word. */
export function reasonOf(verdict: WireVerdict): string {
  return verdict.kind === 'Unknown' ? verdict.why : REASON[verdict.kind];
}

/** The verdict as a sentence: what was found, what was expected, and what to do. */
export function wireInWords(address: string, verdict: WireVerdict): string {
  switch (verdict.kind) {
    case 'Owner':
      return `the node that owns ${address} answers for it on the network`;
    case 'Silent':
      return `${address} answered packets and does no longer, as ${listed(verdict.askers)} found; look at the network and the firewall of the node that owns it (a rule that drops TCP port ${ASKED_PORT} looks the same)`;
    case 'Nobody':
      return `nobody answers ARP or NDP for ${address}, as ${listed(verdict.askers)} found; expected its owner: look at the interface, the cable and the switch port of the node that owns it, and at what filters its frames`;
    case 'LocalCopies':
      return copiesInWords(address, verdict);
    case 'OtherNode':
      return `${listed(verdict.askers)} found that ${verdict.node} (${verdict.mac}) answers for ${address}, which another node owns; see which interface of ${verdict.node} has the address (ip address) and remove it there`;
    case 'Stranger':
      return `${listed(verdict.askers)} found that ${verdict.mac} answers for ${address} since ${new Date(verdict.since).toISOString()}, and ${notOurs(verdict.untold)}${madeBy(verdict.mac)}; find that host (the switch knows the port of its MAC address) and give it another address`;
    case 'Advertised':
      return `another host announces ${address} by VRRP: ${foreignInWords(verdict.by)}`;
    case 'Unknown':
      return UNKNOWN[verdict.why](address);
  }
}

// --- internal ---

type Told = Exclude<WireVerdict['kind'], 'Owner'>;
type Status = Condition['status'];

const REASON: Readonly<Record<Exclude<WireVerdict['kind'], 'Unknown'>, string>> = {
  Owner: 'OwnerAnswers',
  Silent: 'NoLongerAnswers',
  Nobody: 'NobodyAnswers',
  LocalCopies: 'OtherNodeAnswers',
  OtherNode: 'OtherNodeAnswers',
  Stranger: 'StrangerAnswers',
  Advertised: 'StrangerAdvertises',
};

/** Announced, Unique, Reachable. */
const STATUS: Readonly<Record<Told, readonly [Status, Status, Status]>> = {
  Silent: ['Unknown', 'Unknown', 'False'],
  Nobody: ['False', 'Unknown', 'False'],
  LocalCopies: ['False', 'False', 'Unknown'],
  OtherNode: ['False', 'False', 'Unknown'],
  Stranger: ['False', 'False', 'Unknown'],
  Advertised: ['Unknown', 'False', 'Unknown'],
  Unknown: ['Unknown', 'Unknown', 'Unknown'],
};

const UNKNOWN: Readonly<Record<WhyUnknown, (address: string) => string>> = {
  NobodyAsks: (address) => `no other node of the group asks who answers for ${address}: there is none, or its agent is an older version`,
  NoEvidence: (address) =>
    `no node has found out who answers for ${address}: the address is in no subnet of the group's interface, or the other nodes have it themselves (kube-proxy in IPVS mode)`,
  OwnerUnknown: (address) => `the node that owns ${address}, or its link-layer address, is not known`,
};

function reachable(address: string, answers: boolean): WireCondition {
  const type = 'Reachable';
  if (answers) return { type, status: 'True', reason: 'PacketsAnswered', message: `packets to ${address} are answered` };
  const message = `no packet to TCP port ${ASKED_PORT} of ${address} was answered; if a firewall of the nodes drops it, let the nodes reject it instead`;
  return { type, status: 'Unknown', reason: 'PacketsUnanswered', message };
}

function copiesInWords(address: string, { nodes, interface: link }: Extract<WireVerdict, { kind: 'LocalCopies' }>): string {
  const found = `${listed(nodes)} ${nodes.length > 1 ? 'answer' : 'answers'} ARP for ${address}, which another node owns: it is on interface ${link}, and arp_ignore is 0`;
  return link === 'kube-ipvs0'
    ? `${found}; set ipvs.strictARP to true in the configuration of kube-proxy (ConfigMap kube-proxy in kube-system) and restart kube-proxy`
    : `${found}; remove the address from ${link}, or set the sysctls net.ipv4.conf.all.arp_ignore=1 and net.ipv4.conf.all.arp_announce=2`;
}

const notOurs = (untold: readonly string[]): string =>
  untold.length === 0
    ? 'no node of the group has that MAC address'
    : `no node of the group has reported that MAC address (${listed(untold)} ${untold.length > 1 ? 'have' : 'has'} reported none)`;

function madeBy(mac: string): string {
  const maker = makerOf(mac);
  return maker === undefined ? '' : `; it is ${maker}`;
}

const SHOWN = 5;
const listed = (names: readonly string[]): string =>
  names.length > SHOWN ? `${names.slice(0, SHOWN).join(', ')} and ${names.length - SHOWN} more` : names.join(', ');
