/** What the agent of a node answers on `GET /state`: the truth about one node, without secrets. */

import type { WireReport } from './wire.ts';

export const REPORT_VERSION = 1;

/** How many next hops of one node count. */
export const MOST_NEXT_HOPS = 64;

/** How many networks of one node count. */
export const MOST_NETWORKS = 16;

/** How many transitions a node remembers, of one instance and of all. */
export const MOST_TRANSITIONS = { ofOne: 16, ofAll: 1024 } as const;

/**
 * Header of an agent's answers with what its two clocks say when it answers: `WALL MONOTONIC`, in milliseconds. It is not part of the report,
 * which stays the same, byte for byte, while nothing happens. Older agents send none.
 */
export const CLOCK_HEADER = 'keepalived-agent-clock';

/** VRRP states as keepalived prints them; `INIT` before the first election, `STOP` while the daemon ends. */
export type VrrpState = 'INIT' | 'BACKUP' | 'MASTER' | 'FAULT' | 'STOP';

export interface NodeReport {
  readonly version: number;
  /** `namespace/name` of the KeepalivedGroup. */
  readonly group: string;
  readonly node: string;
  readonly pod: string;
  readonly config: ConfigReport;
  readonly daemon: DaemonReport;
  /** The interface that carries the group, or null while there is none. */
  readonly link: LinkReport | null;
  /** Next hops of the node's routes, canonical and sorted; absent while they are not known, and from older agents. */
  readonly gateways?: readonly string[];
  /** What is known of Services that only nodes with endpoints serve; absent from older agents. */
  readonly checks?: readonly HealthCheckReport[];
  /** Whether kube-proxy keeps the rules of the node up to date; absent where it has never said so, and from older agents. */
  readonly dataPath?: 'healthy' | 'unhealthy';
  /** Networks of that interface, each as an address of the node and the length of the prefix, {@link MOST_NETWORKS} at most; absent from older agents. */
  readonly networks?: readonly string[];
  readonly instances: readonly InstanceReport[];
  /**
   * The last times that an instance became MASTER, or was it no longer, the latest last; {@link MOST_TRANSITIONS} at most. Absent while none was
   * seen, and from older agents. They are the agent's own: another process of it begins anew.
   */
  readonly transitions?: readonly TransitionReport[];
  /** Who answers for addresses that other nodes own; absent from older agents. */
  readonly wire?: WireReport;
  /** What keeps this node from serving, worst first; empty when all is well. */
  readonly problems: readonly { readonly reason: string; readonly message: string }[];
  /** What this node does without while it serves; absent when there is nothing, and from older agents. */
  readonly hints?: readonly { readonly reason: string; readonly message: string }[];
}

export interface LinkReport {
  readonly name: string;
  readonly addresses: readonly string[];
  /** Link-layer addresses that the node sends from by it: its own, those of its bond and of what is stacked on it. Lower case, sorted; absent from older agents. */
  readonly macs?: readonly string[];
}

export interface ConfigReport {
  /** Revision that the daemon has confirmed, or null before the first. */
  readonly revision: string | null;
  /** RFC 3339 time since when it runs. */
  readonly since: string | null;
  /** A changed password is mounted and waits for a `passwordRound` other than this; absent while none waits. */
  readonly passwordWaitsAfter?: number;
  /** Verbatim lines that the node runs without, because keepalived refuses them; absent when there is none, and from older agents. */
  readonly leftOut?: readonly LeftOut[];
  /** The newest revision when it was refused, with the daemon's own words; what ran before still runs. */
  readonly refused?: { readonly revision: string; readonly message: string; readonly lines: readonly string[] };
}

/** A line that a user wrote word for word, and that keepalived refuses. */
export interface LeftOut {
  /** `KeepalivedGroup NAMESPACE/NAME` or `Service NAMESPACE/NAME`. */
  readonly object: string;
  readonly line: string;
  /** What keepalived says of it. */
  readonly message: string;
}

export interface DaemonReport {
  /** Whether it runs and does its work. */
  readonly running: boolean;
  /** It runs and answers nothing, then `running` is false; absent otherwise, and from older agents. */
  readonly hangs?: boolean;
  /** Reloads since the agent started. */
  readonly reloads: number;
}

export interface HealthCheckReport {
  /** `namespace/service`. */
  readonly name: string;
  /** The Service's `healthCheckNodePort`. */
  readonly port: number;
  /** Whether there are ready endpoints on the node, or nobody could be asked. */
  readonly finding: 'endpoints' | 'none' | 'unanswered';
}

export interface InstanceReport {
  /** Name of the vrrp_instance: `namespace/service`, `namespace/service/address`, or a carrier's. */
  readonly name: string;
  readonly virtualRouterId: number;
  readonly interface: string;
  readonly state: VrrpState;
  /** RFC 3339 time of the last transition. */
  readonly since: string;
  /** Effective priority, 0-255. */
  readonly priority: number;
  /** Addresses that the instance carries, canonical. */
  readonly addresses: readonly string[];
  /** Those of them that are on the interface now. */
  readonly held: readonly string[];
}

export interface TransitionReport {
  /** Name of the vrrp_instance. */
  readonly name: string;
  /** `MASTER`, or what the instance became instead. */
  readonly state: VrrpState;
  /** RFC 3339 with milliseconds, by the node's wall clock at that moment. It is never corrected, so it names the transition. */
  readonly time: string;
  /** The same moment by the agent's monotonic clock, which {@link CLOCK_HEADER} tells, too. Milliseconds. */
  readonly at: number;
  /** Why the instance is MASTER no longer, as far as the node knows; absent where other nodes simply came before it. */
  readonly why?: WhyLost;
  /** The same as a part of a sentence. */
  readonly message?: string;
  /**
   * Of `MASTER`, in milliseconds: the last advert of another node had come at least and at most so long before. Absent where the instance had
   * not listened for long enough to say.
   */
  readonly silence?: { readonly atLeast: number; readonly atMost: number };
  /** Of `MASTER`: whether the node before had given way: it said so, or was heard all along and came after this one. Absent until it is known. */
  readonly resigned?: boolean;
}

/** What takes an instance away from a node, by the node's own word. */
export type WhyLost = (typeof WHY_LOST)[number];
export const WHY_LOST = [
  /** Its pod ends and hands over. */
  'Drained',
  /** keepalived ended, or was killed. */
  'DaemonStopped',
  /** keepalived answers no question. */
  'DaemonHung',
  /** The interface is gone, has no carrier or no address. */
  'LinkLost',
  /** What the instance tracks says that the node can't serve it as well. */
  'HealthLost',
  /** keepalived says FAULT, and only its log says why. */
  'Fault',
  /** The node's configuration has the instance no longer. */
  'Removed',
] as const;
