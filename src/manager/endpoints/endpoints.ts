import type { Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { Client } from '../../kube/client.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import { AccessReview } from './access-review.ts';
import type { ManagerMetrics } from './metrics/metrics.ts';
import { ServingCertificate } from './serving-certificate.ts';
import { type BindAddress, guarded, type Health, healthHandler, metricsHandler, serve, serveSecurely } from './web.ts';

/** Metrics by HTTPS, for those whom the API server knows and allows. */
export interface SecureMetrics {
  readonly bind: BindAddress;
  /** Holds `tls.crt` and `tls.key`; undefined: a certificate of our own. */
  readonly certificates: string | undefined;
  /** DNS names of a certificate of our own. */
  readonly names: readonly string[];
}

export interface EndpointsOptions {
  /** Each undefined: not served. */
  readonly bind: {
    readonly health: BindAddress | undefined;
    readonly metrics: BindAddress | undefined;
    readonly secureMetrics?: SecureMetrics | undefined;
  };
  readonly state: Health;
  readonly counted: ManagerMetrics;
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Log;
}

/** All that the manager serves; resolves when it does. The certificate is followed until the signal aborts. */
export async function serveEndpoints(options: EndpointsOptions, signal: AbortSignal): Promise<(Server | SecureServer)[]> {
  const { bind, state, counted } = options;
  const { health, metrics, secureMetrics } = bind;
  return Promise.all([
    ...(health === undefined ? [] : [serve(health, healthHandler(state))]),
    ...(metrics === undefined ? [] : [serve(metrics, metricsHandler(counted))]),
    ...(secureMetrics === undefined ? [] : [serveMetricsSecurely(secureMetrics, options, signal)]),
  ]);
}

// --- internal ---

async function serveMetricsSecurely(
  { bind, certificates, names }: SecureMetrics,
  { counted, client, clock, log }: EndpointsOptions,
  signal: AbortSignal,
): Promise<SecureServer> {
  const observe = (succeeded: boolean): void => counted.readCertificate(succeeded);
  const certificate = new ServingCertificate({ folder: certificates, names, clock, log, observe });
  const review = new AccessReview({ client, clock, log });
  const server = await serveSecurely(bind, certificate.current, guarded(review, metricsHandler(counted)));
  void certificate.follow((pair) => server.setSecureContext(pair), signal);
  return server;
}
