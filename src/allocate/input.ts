import type { Namespace, Node, Service } from '../api/core.ts';
import type { KeepalivedGroup } from '../api/group/keepalived-group.ts';
import type { AddressPool } from '../api/pool/address-pool.ts';
import type { VirtualIP } from '../api/virtual-ip/virtual-ip.ts';
import type { ReservedAddresses } from '../plan/input.ts';

/** All that `allocate` judges by; the order of the lists means nothing. */
export interface AllocationInput {
  readonly pools: readonly AddressPool[];
  /** The ledger: who has what, whatever else is lost. */
  readonly virtualIPs: readonly VirtualIP[];
  /** Every Service of the cluster. */
  readonly services: readonly Service[];
  readonly groups: readonly KeepalivedGroup[];
  readonly namespaces: readonly Namespace[];
  readonly nodes: readonly Node[];
  readonly settings: AllocationSettings;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What the installation decides. */
export interface AllocationSettings {
  /** Whether Services without a class get addresses too, wherever a pool may give them one. */
  readonly servesWithoutClass?: boolean;
  readonly reservedAddresses?: readonly ReservedAddresses[];
  /** Addresses of the hosts that the API server runs on, canonical. */
  readonly apiServers?: readonly string[];
}
