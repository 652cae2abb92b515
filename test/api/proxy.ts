/** A proxy before a real API server that counts what passes and misbehaves as a test wants it to. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import type { Connection } from '../../src/kube/connection/connection.ts';

export interface Passed {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly isWatch: boolean;
  /** A server-side apply, patch or create that the server may find to change nothing still counts as a write. */
  readonly isWrite: boolean;
  /** What is to be created, as JSON: its name isn't in the URL. */
  readonly body?: string;
  /** Status of the answer, once there is one. */
  status?: number;
}

/**
 * What becomes of a request. `cut`: it reaches the server, and the connection breaks before the answer comes; `silence`: it reaches nobody
 * and stays open; `passAfterMs`: it is held up, as by a webhook, and goes on; `stall`: its answer begins and never goes on; `truncate`: the answer ends in the middle.
 */
export type Fate =
  | 'pass'
  | 'reset'
  | 'cut'
  | 'silence'
  | 'stall'
  | 'truncate'
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown; readonly afterMs?: number }
  | { readonly passAfterMs: number };

export class ApiProxy {
  readonly passed: Passed[] = [];
  /** Asked for each request when it comes. */
  decide: (request: Passed) => Fate = () => 'pass';
  readonly connection: Connection;
  readonly #server: Server;
  readonly #upstream: Connection;

  private constructor(server: Server, upstream: Connection) {
    this.#server = server;
    this.#upstream = upstream;
    const { port } = server.address() as AddressInfo;
    this.connection = { server: new URL(`http://127.0.0.1:${port}`), namespace: undefined, credentials: async () => ({}) };
    server.on('request', (request, response) => void this.#handle(request, response).catch(() => void request.socket.destroy()));
  }

  /** Opens a proxy on loopback that asks the server as `upstream` does. */
  static async open(upstream: Connection): Promise<ApiProxy> {
    const server = createServer({ keepAliveTimeout: 60_000 });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ApiProxy(server, upstream);
  }

  /** What came that may change something. */
  get writes(): readonly Passed[] {
    return this.passed.filter(({ isWrite }) => isWrite);
  }

  /** Breaks every connection that is open now. */
  breakAll(): void {
    this.#server.closeAllConnections();
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const body = method === 'POST' ? await text(request) : undefined;
    const passed: Passed = {
      method,
      url,
      isWatch: /[?&]watch=true/.test(url),
      isWrite: method !== 'GET',
      ...(body !== undefined && { body }),
    };
    this.passed.push(passed);
    const fate = this.decide(passed);
    if (fate === 'silence') return;
    if (fate === 'reset') return void request.socket.destroy();
    if (typeof fate === 'object' && 'passAfterMs' in fate) {
      await setTimeout(fate.passAfterMs);
      return this.#forward(request, response, passed, 'pass').catch(() => void request.socket.destroy());
    }
    if (typeof fate === 'object') {
      if (fate.afterMs !== undefined) await setTimeout(fate.afterMs);
      return answer(response, fate);
    }
    await this.#forward(request, response, passed, fate).catch(() => request.socket.destroy());
  }

  async #forward(
    request: IncomingMessage,
    response: ServerResponse,
    passed: Passed,
    fate: 'pass' | 'cut' | 'stall' | 'truncate',
  ): Promise<void> {
    const credentials = await this.#upstream.credentials();
    const { host: _, connection: __, ...headers } = request.headers;
    const upstream = httpsRequest(new URL(passed.url, this.#upstream.server), { ...credentials, method: passed.method, headers });
    upstream.on('error', () => request.socket.destroy());
    upstream.on('response', (coming) => {
      passed.status = coming.statusCode ?? 0;
      if (fate === 'cut') return void coming.resume().on('close', () => request.socket.destroy());
      response.writeHead(passed.status, coming.headers);
      if (fate === 'truncate') return void coming.once('data', (chunk: Buffer) => truncate(request, response, chunk));
      response.flushHeaders();
      if (fate === 'stall') return void coming.resume();
      pipeline(coming, response, (error) => error && request.socket.destroy());
    });
    response.on('close', () => upstream.destroy());
    if (passed.body === undefined) request.pipe(upstream);
    else upstream.end(passed.body);
  }
}

// --- internal ---

function answer(response: ServerResponse, { status, headers, body }: Extract<Fate, { status: number }>): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

function truncate(request: IncomingMessage, response: ServerResponse, chunk: Buffer): void {
  response.write(chunk.subarray(0, Math.ceil(chunk.length / 2)), () => request.socket.destroy());
}
