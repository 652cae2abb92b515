import type { Conf, Statement } from '../../conf/tree.ts';
import { isOwnTrackFile } from '../../localise/drain.ts';
import { type Instance, instanceOf, isInstance } from '../../localise/instance.ts';
import type { NetworkInterface } from '../../localise/node-facts.ts';
import { isVirtualMac } from '../wire/mac.ts';

/** What may be the cause of an instance's FAULT. */
export interface Suspects {
  readonly name: string;
  /** The interface that it uses. */
  readonly link: string;
  /** This node's file. */
  readonly conf: Conf;
  /** As the kernel has them, with their state. */
  readonly interfaces: readonly NetworkInterface[];
  /** Checks that found no endpoints here: such a FAULT is as it should be. */
  readonly withoutEndpoints: ReadonlySet<string>;
}

/** The cause of a FAULT, and the same as a part of a sentence. */
export interface FoundFault {
  readonly why: 'LinkLost' | 'HealthLost' | 'Fault';
  readonly message: string;
  /** Whether it is as it should be. */
  readonly isMeant?: boolean;
}

/** Why an instance is in FAULT, as a part of a sentence; null where it is meant to be. keepalived itself says it only in its log. */
export function whyFault(suspects: Suspects): string | null {
  const { message, isMeant = false } = findFault(suspects);
  return isMeant ? null : message;
}

/** What is found where an instance is in FAULT. */
export function findFault(suspects: Suspects): FoundFault {
  const { name, link, conf, interfaces } = suspects;
  const statement = conf.find((one) => isInstance(one) && one.words[0] === name);
  const found = uplinkOf(link, interfaces);
  if (found === undefined) return { why: 'LinkLost', message: `there is no interface ${link}` };
  if (found.isUp === false) return { why: 'LinkLost', message: `interface ${found.name} is down or has no carrier` };
  if (statement === undefined) return UNKNOWN;
  const instance = instanceOf(statement, conf);
  if (!hasFamily(found, instance)) return { why: 'LinkLost', message: withoutAddress(found, instance) };
  return tracked(statement, suspects);
}

// --- internal ---

const UNKNOWN: FoundFault = { why: 'Fault', message: 'see the log of the container keepalived' };

/** With a virtual MAC address keepalived uses an interface of its own, which has no address until it is the master; what counts is the one below. */
function uplinkOf(link: string, interfaces: readonly NetworkInterface[]): NetworkInterface | undefined {
  const used = interfaces.find(({ name }) => name === link);
  return used?.macs?.some(isVirtualMac) ? interfaces.find(({ name }) => name === used.over) : used;
}

/** IPv6 needs a link-local address to send from. */
const hasFamily = ({ addresses }: NetworkInterface, { family, addresses: virtual }: Instance): boolean =>
  addresses.some(({ address }) => !virtual.includes(address) && (family === 'IPv6' ? address.includes(':') : !address.includes(':')));

function withoutAddress({ name, master }: NetworkInterface, { family }: Instance): string {
  if (master === undefined) return `interface ${name} has no ${family} address of its own`;
  return `interface ${name} is a port of ${master} and has no ${family} address of its own; name ${master} in the group's spec.interface`;
}

/** Trackers of the group's own: a script, a file, an interface or a process. */
function tracked({ block = [] }: Statement, { withoutEndpoints }: Suspects): FoundFault {
  const trackers = block.filter(({ keyword }) => keyword.startsWith('track_') && keyword !== 'track_src_ip');
  const names = trackers.flatMap(({ block: lines = [] }) => lines.map(({ keyword }) => keyword)).filter((name) => !isOwnTrackFile(name));
  const empty = names.find((name) => withoutEndpoints.has(name));
  if (empty !== undefined) return { why: 'HealthLost', message: `it has no ready endpoints of ${empty}`, isMeant: true };
  return names.length > 0 ? { why: 'HealthLost', message: `something that it tracks has failed (${names.join(', ')})` } : UNKNOWN;
}
