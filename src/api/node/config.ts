/**
 * What the manager hands to every node of a group: the data of the group's ConfigMap.
 * The agent of each node makes its own file from it.
 */

/** Keys of the ConfigMap. Both change in one step, because kubelet swaps the whole mount. */
export const CONFIG_KEY = 'keepalived.conf';
export const SETTINGS_KEY = 'agent.json';

/** Form of {@link AgentSettings} that this code writes and the newest that it reads. */
export const SETTINGS_VERSION = 1;

/**
 * The part of a node's configuration that keepalived.conf can't say.
 * keepalived.conf itself holds `@NODE` (or, in old templates, `@POD`) conditions and no secret;
 * the agent resolves the conditions and sets its own `interface`, `unicast_src_ip`, `unicast_peer`, `auth_pass` and `use_vmac` in every vrrp_instance.
 */
export interface AgentSettings {
  readonly version: number;
  /** Identifies this ConfigMap's content; the agent repeats it in its report once the daemon runs it. */
  readonly revision: string;
  /** `namespace/name` of the KeepalivedGroup. */
  readonly group: string;
  readonly link: Link;
  /** Absent: multicast. */
  readonly unicast?: Unicast;
  /** Whether VRRP version 2 instances carry `auth_type PASS` with the mounted password. */
  readonly password: boolean;
  /** Absent: 0. A node uses the password that it started with until this changes; then all take up at once what is mounted. */
  readonly passwordRound?: number;
  /** Health checks whose result moves the priority of VRRP instances. */
  readonly checks: readonly HealthCheck[];
  /**
   * Addresses that the group carried and gave up lately, canonical and sorted: a pod that starts removes those that a crashed predecessor
   * left on the link. Never an address that anything else may have.
   */
  readonly released?: readonly string[];
  /** Lines that users wrote word for word: one that keepalived refuses is left out by itself. Absent when there is none. */
  readonly verbatim?: readonly VerbatimLines[];
  /** Whether addresses have the MAC address of their virtual router where the node's kernel allows for it. Absent: no. */
  readonly virtualMac?: true;
}

/** Lines of one object. */
export interface VerbatimLines {
  /** `KeepalivedGroup NAMESPACE/NAME` or `Service NAMESPACE/NAME`. */
  readonly object: string;
  /** Names of the VRRP instances that have them; absent: they are in `global_defs`. */
  readonly instances?: readonly string[];
  readonly keywords: readonly string[];
}

/** Which interface of a node carries the group: a name, or the one through which an address is reached. */
export type Link = { readonly kind: 'name'; readonly name: string } | { readonly kind: 'route'; readonly to: string };

export interface Unicast {
  /** Addresses by node name, canonical and sorted; a node takes all of its family but its own as peers. */
  readonly peers: Readonly<Record<string, readonly string[]>>;
}

/** `externalTrafficPolicy: Local`: the node may hold the VIPs only while it has ready local endpoints. */
export interface HealthCheck {
  /** Name of the `vrrp_track_file` that the result is written to. */
  readonly trackFile: string;
  /** The Service's health check node port, asked on the node itself. */
  readonly port: number;
}
