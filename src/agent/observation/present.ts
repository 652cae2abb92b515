import type { NetworkInterface } from '../../localise/node-facts.ts';
import { canonical } from './canonical.ts';

/**
 * Interfaces that keep addresses which the node answers for to nobody: loopback, where direct return and routing daemons put them, and the one of
 * kube-proxy's IPVS mode.
 */
const NOT_ANSWERING = ['lo', 'kube-ipvs0'];

/** Whether an address, however it is written, is on an interface by which others can reach it. */
export function isPresent(interfaces: readonly NetworkInterface[]): (address: string) => boolean {
  const answering = interfaces.filter(({ name }) => !NOT_ANSWERING.includes(name));
  const present = new Set(answering.flatMap(({ addresses }) => addresses.map(({ address }) => canonical(address))));
  return (address) => present.has(canonical(address));
}
