import { isNotFound, isStatus } from '../../kube/api-error.ts';
import type { Client } from '../../kube/client.ts';
import { type KubeObject, objectPath } from '../../kube/object.ts';
import { reservedByOpenshift } from '../../plan/ids/openshift-router-ids.ts';
import type { ReservedRouterId } from '../../plan/input.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import { INFRASTRUCTURES } from './resource.ts';

/** The cluster-wide object in which OpenShift tells of itself, as far as it is needed here. */
export interface Infrastructure {
  readonly status?: {
    readonly apiServerInternalURI?: string;
    /** By platform, such as `baremetal`, beside the name of the one that it is. */
    readonly platformStatus?: { readonly type?: string } & Readonly<Record<string, Platform | string | undefined>>;
  };
}

interface Platform {
  readonly apiServerInternalIP?: string;
  readonly apiServerInternalIPs?: readonly string[];
  readonly loadBalancer?: { readonly type?: string };
}

export interface OpenshiftOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Log;
}

/** Milliseconds until an API server that gave no answer is asked again. */
const PAUSE = 1000;

/**
 * The virtual router ids that this cluster uses itself: those of an OpenShift that keeps addresses of its own alive by keepalived, else none.
 * What a cluster is doesn't change, so it is asked once; without an answer again, until the signal aborts.
 */
export async function readReservedRouterIds({ client, clock, log }: OpenshiftOptions, signal: AbortSignal): Promise<ReservedRouterId[]> {
  while (!signal.aborted) {
    try {
      const path = objectPath(INFRASTRUCTURES, { name: 'cluster' });
      const cluster = nameOfKeepalivedCluster(await client.request<Infrastructure & KubeObject>({ method: 'GET', path, signal }));
      const reserved = cluster === undefined ? [] : reservedByOpenshift(cluster);
      log.info({ cluster, ids: reserved.map(({ id }) => id) }, 'OpenShift told which router ids it uses itself');
      return reserved;
    } catch (error) {
      if (isNotFound(error)) return [];
      if (signal.aborted) break;
      log.warn({ err: error }, 'cannot tell which router ids the cluster uses itself');
      if (isStatus(error, 403)) return [];
      await clock.sleep(PAUSE, signal);
    }
  }
  return [];
}

/**
 * The name that the cluster's own router ids follow from, or undefined when it has none. It is the second label of its API's host, where its
 * own keepalived has it from; `infrastructureName` has only its beginning.
 */
export function nameOfKeepalivedCluster({ status = {} }: Infrastructure): string | undefined {
  const platforms = Object.values(status.platformStatus ?? {}).filter((value) => typeof value === 'object');
  if (!platforms.some(keepsAddresses)) return undefined;
  const host = URL.parse(status.apiServerInternalURI ?? '')?.hostname;
  return /^api-int\.([^.]+)\./.exec(host ?? '')?.[1];
}

// --- internal ---

/** Where somebody else balances the load, the addresses are on that, and keepalived doesn't run. */
const keepsAddresses = ({ apiServerInternalIP, apiServerInternalIPs = [], loadBalancer }: Platform): boolean =>
  (Boolean(apiServerInternalIP) || apiServerInternalIPs.length > 0) && loadBalancer?.type !== 'UserManaged';
