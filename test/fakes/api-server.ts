/** The API server in memory behind HTTP, for programs that are processes of their own: it lists and watches. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiError } from '../../src/kube/api-error.ts';
import { FakeApi } from './api.ts';

export class FakeApiServer {
  readonly api = new FakeApi();
  /** Collections, by the end of their paths, that may not be read. */
  readonly forbidden = new Set<string>();
  readonly #streams = new Set<ServerResponse>();
  readonly #server: Server = createServer((request, response) => void this.#answer(request, response));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Ends every watch, as an API server does that is restarted. */
  breakWatches(): void {
    for (const stream of this.#streams) stream.destroy();
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer({ url = '/', method = 'GET' }: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname: path, searchParams } = new URL(url, 'http://api');
    if (method !== 'GET') return give(response, 405, { message: `this server answers GET, and was asked ${method}` });
    if ([...this.forbidden].some((end) => path.endsWith(end))) return give(response, 403, { reason: 'Forbidden', message: 'forbidden' });
    if (searchParams.has('watch')) return this.#watch(path, searchParams.get('resourceVersion') ?? '0', response);
    try {
      give(response, 200, await this.api.request({ method, path }));
    } catch (error) {
      give(response, error instanceof ApiError ? (error.status ?? 500) : 500, { message: String(error) });
    }
  }

  async #watch(path: string, resourceVersion: string, response: ServerResponse): Promise<void> {
    const stop = new AbortController();
    response.on('close', () => {
      this.#streams.delete(response);
      stop.abort();
    });
    this.#streams.add(response);
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    for await (const event of this.api.stream({ path, query: { resourceVersion }, quietMs: 60_000, signal: stop.signal }))
      response.write(`${JSON.stringify(event)}\n`);
    response.end();
  }
}

// --- internal ---

function give(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
