import { isHostPrefix, type NetworkInterface } from '../../localise/node-facts.ts';
import { canonical } from '../observation/canonical.ts';

export interface Addresses {
  /** Those that are up. */
  readonly interfaces: readonly NetworkInterface[];
  /** By which the cluster knows the node (`status.podIPs` of a pod on the host network). */
  readonly podAddresses: readonly string[];
  /** The group's virtual addresses. */
  readonly carried: readonly string[];
}

/**
 * The node's own addresses, canonical and sorted: by which the cluster knows it, and those that come with a network. A single address without one
 * is how virtual addresses of this and other groups, of kube-proxy's IPVS mode and of other programs are put on an interface.
 */
export function ownAddresses({ interfaces, podAddresses, carried }: Addresses): string[] {
  const known = new Set(podAddresses.map(canonical));
  const virtual = new Set(carried.map(canonical));
  const own = interfaces
    .flatMap(({ addresses }) => addresses)
    .filter((entry) => known.has(canonical(entry.address)) || !(isHostPrefix(entry) || virtual.has(canonical(entry.address))))
    .map(({ address }) => canonical(address));
  return [...new Set(own)].filter((address) => !isLinkLocal(address) && !LOOPBACK.includes(address)).sort();
}

/** Where the agent answers: loopback, and the node's own addresses as far as their number is reasonable, the cluster's first. */
export function addressesToServe(addresses: Addresses): string[] {
  const own = ownAddresses(addresses);
  const known = addresses.podAddresses.map(canonical).filter((address) => own.includes(address));
  return [...LOOPBACK, ...new Set([...known, ...own])].slice(0, MOST);
}

/** Where programs of this node may answer: at its own addresses, the cluster's first, and at loopback. */
export function addressesToAsk(addresses: Addresses): string[] {
  const [v4 = '', v6 = '', ...own] = addressesToServe(addresses);
  return [...own.slice(0, MOST_ASKED), v4, v6];
}

export const LOOPBACK: readonly string[] = ['127.0.0.1', '::1'];

// --- internal ---

/** A node with hundreds of bridges is asked at its first addresses. */
const MOST = 32;
/** Each second, for each Service that nobody answers for. */
const MOST_ASKED = 8;

const isLinkLocal = (address: string): boolean => address.startsWith('fe80:') || address.startsWith('169.254.');
