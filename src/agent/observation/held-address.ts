import { networkInterfaces } from 'node:os';
import type { NetworkInterface } from '../../localise/node-facts.ts';

/** Interfaces that are up, with their addresses as the kernel has them now; asks no other program, so that it may be asked often. */
export function interfacesNow(): NetworkInterface[] {
  return Object.entries(networkInterfaces()).map(([name, addresses = []]) => ({
    name: name.split(':', 1)[0] ?? name,
    addresses: addresses.map(({ address, cidr }) => ({ address, prefixLength: Number(cidr?.split('/')[1] ?? 0) })),
  }));
}
