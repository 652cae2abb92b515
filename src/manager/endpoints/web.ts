import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import { Connections } from '../../listen/connections.ts';
import { type Answer, send } from '../../listen/send.ts';
import type { AccessReview } from './access-review.ts';
import type { ManagerMetrics } from './metrics/metrics.ts';
import type { KeyPair } from './self-signed.ts';

/** Where to listen: `host` undefined means every address; port 0 means any free one. */
export interface BindAddress {
  readonly host?: string;
  readonly port: number;
}

/** Answers a path with a status, or gives undefined for a path that it doesn't know. */
export type Handler = (path: string, request: Asked) => Promise<Answer | undefined> | Answer | undefined;

export interface Asked {
  readonly method: string;
  readonly authorization: string | undefined;
}

/** Whether the process lives and may be counted on; each is undefined when all is well, or says what is wrong. */
export interface Health {
  alive(): string | undefined;
  ready(): string | undefined;
}

/** Serves GET requests; resolves when it listens. @throws Error when the address can't be had */
export async function serve(bind: BindAddress, handler: Handler): Promise<Server> {
  const connections = new Connections();
  const server = createServer(LIMITS, (request, response) => respond(request, response, handler, connections));
  connections.guard(server);
  await listening(server, bind);
  return server;
}

/** The same with TLS. */
export async function serveSecurely(bind: BindAddress, pair: KeyPair, handler: Handler): Promise<SecureServer> {
  const options = { ...LIMITS, handshakeTimeout: LIMITS.headersTimeout, ...pair, minVersion: 'TLSv1.2' as const };
  const connections = new Connections();
  const server = createSecureServer(options, (request, response) => respond(request, response, handler, connections));
  connections.guard(server);
  await listening(server, bind);
  return server;
}

/** `/healthz` and `/readyz`, and whatever is below them. */
export function healthHandler(health: Health): Handler {
  return (path) => {
    if (path === '/healthz' || path.startsWith('/healthz/')) return verdict(health.alive());
    if (path === '/readyz' || path.startsWith('/readyz/')) return verdict(health.ready());
    return undefined;
  };
}

export function metricsHandler(metrics: ManagerMetrics): Handler {
  const { registry } = metrics;
  return async (path) => (path === '/metrics' ? { status: 200, type: registry.contentType, body: await registry.metrics() } : undefined);
}

/** Lets only those through whom the API server knows and allows to read the path. */
export function guarded(review: AccessReview, handler: Handler): Handler {
  return async (path, request) => {
    const status = await review.judge(request.authorization, request.method, path);
    return status === 200 ? handler(path, request) : { status, body: `${REFUSALS[status]}\n` };
  };
}

// --- internal ---

const LIMITS = { requestTimeout: 5000, headersTimeout: 5000, connectionsCheckingInterval: 1000, maxHeaderSize: 16_384 };
const REFUSALS = {
  401: 'send a bearer token that the API server accepts',
  403: 'the bearer of this token may not read this path; a ClusterRole with nonResourceURLs grants it',
  500: 'the API server could not be asked who you are',
} as const;

const verdict = (wrong: string | undefined): Answer =>
  wrong === undefined ? { status: 200, body: 'ok' } : { status: 503, body: `${wrong}\n` };

async function listening(server: Server | SecureServer, bind: BindAddress): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(bind.port, bind.host, () => resolve());
  await promise;
}

function respond(request: IncomingMessage, response: ServerResponse, handler: Handler, connections: Connections): void {
  if (!connections.answering(request, response)) return;
  answer(request, response, handler).catch((error: Error) => send(response, { status: 500, body: `${error.message}\n` }));
}

async function answer({ method = '', url = '/', headers }: IncomingMessage, response: ServerResponse, handler: Handler): Promise<void> {
  if (method !== 'GET' && method !== 'HEAD') return send(response, { status: 405, body: 'only GET\n' });
  const path = url.split('?', 1)[0] ?? '/';
  send(response, (await handler(path, { method, authorization: headers.authorization })) ?? { status: 404, body: 'not found\n' });
}
