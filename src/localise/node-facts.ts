/** What a node tells of itself, read at one moment. */
export interface NodeFacts {
  /** Name of the Node object. */
  readonly node: string;
  readonly pod: string;
  readonly interfaces: readonly NetworkInterface[];
  /** The interface that carries the group, or null while there is none. */
  readonly link: string | null;
  /** The group's mounted password without surrounding blank space, or null. */
  readonly password: string | null;
}

export interface NetworkInterface {
  readonly name: string;
  readonly addresses: readonly InterfaceAddress[];
  /** Whether it is up and has a carrier; absent where that was not asked. */
  readonly isUp?: boolean;
  /** The bridge, bond or VRF that it is a port of. */
  readonly master?: string;
  /** Its link-layer addresses, lower case: the one that it sends from, and its own where a bond gave it another; absent where that was not asked. */
  readonly macs?: readonly string[];
  /** Whether it is a port of a bond. */
  readonly isBonded?: true;
  /** Whether its other end is in another network namespace, such as a pod's. */
  readonly isPair?: true;
  /** The interface below it, such as a VLAN's. */
  readonly over?: string;
}

export interface InterfaceAddress {
  /** As the kernel prints it (RFC 5952). */
  readonly address: string;
  readonly prefixLength: number;
}

/** Whether the prefix is one address: how VIPs are put on an interface. */
export function isHostPrefix({ address, prefixLength }: InterfaceAddress): boolean {
  return prefixLength === (address.includes(':') ? 128 : 32);
}

/** Addresses of the interface of that name; empty without it. */
export function addressesOn(interfaces: readonly NetworkInterface[], name: string | null): readonly InterfaceAddress[] {
  return interfaces.find((candidate) => candidate.name === name)?.addresses ?? [];
}
