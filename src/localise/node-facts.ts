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
  /** How the kernel treats ARP on the link; absent where that was not asked, null where the kernel did not say. */
  readonly arp?: ArpSettings | null;
}

/** Settings of the kernel that count for an interface, its own and those of `all` taken together (Linux, `ip-sysctl.rst`). */
export interface ArpSettings {
  /** For which addresses requests are answered: 0 all of the node, 1 those of the interface that heard it. */
  readonly ignore: number;
  /** Which address asks: 0 the one that a packet is sent from, 2 always one of the interface. */
  readonly announce: number;
  /** 1: only requests are answered to whose sender the node sends by that interface. */
  readonly filter: number;
  /** The smallest that any interface can have: 1 drops packets that came in by another interface than the answer leaves by. */
  readonly leastReversePathFilter: number;
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
