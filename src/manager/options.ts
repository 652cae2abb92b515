import type { Client } from '../kube/client.ts';
import type { Connection } from '../kube/connection/connection.ts';
import type { LeaseTimes } from '../kube/lease.ts';
import type { ReflectorTimes } from '../kube/reflector-times.ts';
import type { Settings } from '../plan/input.ts';
import type { PrometheusAccount } from '../render/pod-monitor.ts';
import type { Clock } from '../telemetry/clock.ts';
import type { Log } from '../telemetry/log.ts';
import type { OwnPod } from './cluster/own-image.ts';
import type { SecureMetrics } from './endpoints/endpoints.ts';
import type { BindAddress } from './endpoints/web.ts';

export interface ManagerOptions {
  readonly connection: Connection;
  readonly settings: Settings;
  /** Whose image the agents get; undefined: that of the settings. */
  readonly ownPod?: OwnPod | undefined;
  /** The service account that may scrape the groups' pods; undefined: no Role is made for it. */
  readonly prometheus?: PrometheusAccount | undefined;
  /** File of the custom template; undefined: there is none. */
  readonly templateFile?: string | undefined;
  /** Unique for this process. */
  readonly identity: string;
  /** Where the lease is; undefined: this process leads without asking. */
  readonly leaseNamespace: string | undefined;
  /** Undefined: not served. */
  readonly health: BindAddress | undefined;
  readonly metrics: BindAddress | undefined;
  readonly secureMetrics?: SecureMetrics | undefined;
  /** Writes to pods, and as many to Services, that may be spent each second. */
  readonly writesPerSecond?: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Stands between the manager and the API server. */
  readonly wrap?: (client: Client) => Client;
  /** Port of the agents; of tests, another than the real one. */
  readonly agentPort?: number;
  readonly leaseTimes?: LeaseTimes;
  readonly reflectorTimes?: Partial<ReflectorTimes>;
  /** Milliseconds between two looks whether PodMonitors exist. */
  readonly monitoringEvery?: number;
}
