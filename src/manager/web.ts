import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { ManagerMetrics } from './metrics.ts';

/** Where to listen: `host` undefined means every address; port 0 means any free one. */
export interface BindAddress {
  readonly host?: string;
  readonly port: number;
}

/** Answers a path with a status, or gives undefined for a path that it doesn't know. */
export type Handler = (path: string) => Promise<Answer | undefined> | Answer | undefined;

export interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly body: string;
}

/** Whether the process lives and may be counted on; each is undefined when all is well, or says what is wrong. */
export interface Health {
  alive(): string | undefined;
  ready(): string | undefined;
}

/** Serves GET requests; resolves when it listens. @throws Error when the address can't be had */
export async function serve(bind: BindAddress, handler: Handler): Promise<Server> {
  const server = createServer({ requestTimeout: 5000, headersTimeout: 5000 }, (request, response) => {
    answer(request, response, handler).catch((error: Error) => send(response, { status: 500, body: `${error.message}\n` }));
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(bind.port, bind.host, () => resolve());
  await promise;
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

// --- internal ---

const verdict = (wrong: string | undefined): Answer =>
  wrong === undefined ? { status: 200, body: 'ok' } : { status: 503, body: `${wrong}\n` };

async function answer({ method, url = '/' }: IncomingMessage, response: ServerResponse, handler: Handler): Promise<void> {
  if (method !== 'GET' && method !== 'HEAD') return send(response, { status: 405, body: 'only GET\n' });
  send(response, (await handler(url.split('?', 1)[0] ?? '/')) ?? { status: 404, body: 'not found\n' });
}

function send(response: ServerResponse, { status, type = 'text/plain; charset=utf-8', body }: Answer): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}
