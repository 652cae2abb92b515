/** What a node finds out about addresses of its group that other nodes own: who answers for them on the network. */

/** How many addresses of one node are reported, for each of the lists of {@link WireReport}. */
export const MOST_WIRE_ADDRESSES = 2048;

/** How many link-layer addresses of one node count. */
export const MOST_MACS = 16;

/** TCP port that is asked: nothing listens there, so that whoever has the address refuses at once. */
export const ASKED_PORT = 64_999;

export interface WireReport {
  /** One for each address that this node asks for and knows something of, sorted by address. */
  readonly findings: readonly WireFinding[];
  /** Addresses for which the node answers although it does not own them; absent where there are none. */
  readonly answersFor?: readonly AnswersFor[];
  /** Addresses for which more than one host answers, sorted by address, {@link MOST_WIRE_ADDRESSES} at most; absent where there are none. */
  readonly contested?: readonly WireContested[];
  /**
   * VRRP adverts on the link that concern the group and that no node would send by the group's configuration, sorted by sender and id,
   * {@link MOST_ADVERTS} at most; what its nodes send while they change is among them. Empty while none are heard; absent where the node doesn't
   * listen, and from older agents.
   */
  readonly adverts?: readonly WireAdvert[];
}

/** How many senders and ids of one node are reported, and how many addresses of each. */
export const MOST_ADVERTS = 32;
export const MOST_ADVERTISED = 8;

/** What one sender says of one virtual router, heard more than once. It stays the same, byte for byte, while the sender says the same. */
export interface WireAdvert {
  /** The address that it is sent from, canonical; its family is that of the virtual router. */
  readonly source: string;
  /** The sender's link-layer address, lower case; absent until it is known. */
  readonly mac?: string;
  readonly id: number;
  /** Of VRRP. */
  readonly version: number;
  readonly priority: number;
  /** Advertised addresses, canonical, those that the group carries first; {@link MOST_ADVERTISED} at most. */
  readonly addresses: readonly string[];
  /**
   * In what it isn't as the group's own would be; `id`: no virtual router of the group has this id, and it announces an address of the group;
   * `pace`: it comes more often than the group's.
   */
  readonly differs: readonly AdvertDifference[];
  /** When it was heard first, by the agent's monotonic clock, in milliseconds. */
  readonly since: number;
}

export const ADVERT_DIFFERENCES = ['id', 'version', 'interval', 'pace', 'addresses', 'priority'] as const;
export type AdvertDifference = (typeof ADVERT_DIFFERENCES)[number];

/**
 * An address for which several hosts answered the same question, asked by broadcast, more than once in a row; or one other host, where this node
 * owns the address and so doesn't answer itself. It stays the same, byte for byte, while the hosts do.
 */
export interface WireContested {
  readonly address: string;
  /** Link-layer addresses of those hosts, lower case, sorted, {@link MOST_CONTESTANTS} at most. */
  readonly macs: readonly string[];
  /** When the first of these questions was asked, by the agent's monotonic clock, in milliseconds. */
  readonly since: number;
}

/** How many hosts are told for one address. */
export const MOST_CONTESTANTS = 4;

/** What the kernel's neighbour table and a packet say of an address. It stays the same, byte for byte, while nothing changes. */
export interface WireFinding {
  readonly address: string;
  readonly is: WireAnswer;
  /** The link-layer address that packets go to; absent for `unresolved`. Lower case. */
  readonly mac?: string;
  /** Since when it is so, by the agent's monotonic clock, in milliseconds. */
  readonly since: number;
}

export const WIRE_ANSWERS = [
  /** Packets are answered. */
  'answered',
  /** ARP or NDP is answered, and packets never were: a firewall may drop them. */
  'resolved',
  /** Packets were answered and are no more; whether ARP or NDP is, is not known yet, or it is. */
  'silent',
  /** ARP or NDP is answered by nobody, asked more than once. */
  'unresolved',
] as const;
export type WireAnswer = (typeof WIRE_ANSWERS)[number];

/** IPv4 addresses that are on an interface beside that of the group, while the kernel answers ARP for all that the node has (`arp_ignore` 0). */
export interface AnswersFor {
  /** Such as `kube-ipvs0`, where kube-proxy in IPVS mode puts the addresses of all Services. */
  readonly interface: string;
  readonly addresses: readonly string[];
}
