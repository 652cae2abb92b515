import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { TLSSocket } from 'node:tls';
import { ApiError, errorOfStatus, SILENT } from './api-error.ts';
import type { Client, Query, Request, StreamRequest } from './client.ts';
import type { Connection } from './connection/connection.ts';
import { jsonLines } from './json-lines.ts';

const REQUEST_TIMEOUT = 15_000;
const SOCKETS = { keepAlive: true, keepAliveMsecs: 15_000, maxSockets: 64, scheduling: 'lifo' } as const;
const USER_AGENT = 'keepalived-operator';

export interface HttpClientOptions {
  readonly connection: Connection;
  /** Asked right before a write leaves, on a connection that is open by then; false: the write fails with kind `not-leader`. */
  readonly mayWrite?: () => boolean;
  /** Told after each request; `code` is `<error>` when no answer came. */
  readonly observe?: (request: { readonly method: string; readonly host: string; readonly code: string }) => void;
}

interface Sending {
  readonly method: string;
  readonly path: string;
  readonly query?: Query | undefined;
  readonly body?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly needsLead: boolean;
}

/** Talks HTTP to one API server over connections that stay open and that no other client uses: what is slow in one holds up no other. */
export class HttpClient implements Client {
  readonly #options: HttpClientOptions;
  readonly #agent: HttpAgent;
  readonly #streams = new Set<AbortController>();

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#agent = options.connection.server.protocol === 'http:' ? new HttpAgent(SOCKETS) : new HttpsAgent(SOCKETS);
  }

  async request<T>(request: Request): Promise<T> {
    const timeout = AbortSignal.timeout(request.timeoutMs ?? REQUEST_TIMEOUT);
    const signal = request.signal === undefined ? timeout : AbortSignal.any([timeout, request.signal]);
    const where = `${request.method} ${request.path}`;
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    try {
      const response = await this.#send({
        method: request.method,
        path: request.path,
        query: request.query,
        body,
        headers: body === undefined ? {} : { 'content-type': request.contentType ?? 'application/json', ...lengthOf(body) },
        signal,
        needsLead: request.method !== 'GET' && request.withoutLead !== true,
      });
      return (await readJson(response, where)) as T;
    } catch (error) {
      // An API server that vanished leaves streams that look alive: one unanswered request is the first sign of it.
      if (timeout.aborted) this.#breakStreams();
      throw networkError(error, where, timeout.aborted);
    }
  }

  async *stream(request: StreamRequest): AsyncGenerator<unknown> {
    const where = `GET ${request.path} (watch)`;
    const broken = new AbortController();
    const signal = AbortSignal.any([request.signal, broken.signal]);
    let quiet = setTimeout(() => broken.abort(), REQUEST_TIMEOUT);
    this.#streams.add(broken);
    try {
      const response = await this.#send({ method: 'GET', path: request.path, query: request.query, headers: {}, signal, needsLead: false });
      if (response.statusCode !== 200) await readJson(response, where);
      request.onOpen?.();
      clearTimeout(quiet);
      quiet = setTimeout(() => broken.abort(), request.quietMs);
      yield* jsonLines(tapped(response, () => quiet.refresh()));
    } catch (error) {
      throw networkError(error, where, broken.signal.aborted);
    } finally {
      clearTimeout(quiet);
      this.#streams.delete(broken);
      broken.abort();
    }
  }

  #breakStreams(): void {
    for (const stream of this.#streams) stream.abort();
  }

  async #send(sending: Sending): Promise<IncomingMessage> {
    const { connection, mayWrite, observe } = this.#options;
    const credentials = await connection.credentials();
    const url = new URL(connection.server.pathname.replace(/\/$/, '') + sending.path, connection.server);
    for (const [name, value] of Object.entries(sending.query ?? {})) if (value !== undefined) url.searchParams.set(name, String(value));
    const seen = (code: string): void => observe?.({ method: sending.method, host: url.host, code });
    return new Promise((resolve, reject) => {
      const send = url.protocol === 'http:' ? httpRequest : httpsRequest;
      const headers = { ...credentials.headers, accept: 'application/json', 'user-agent': USER_AGENT, ...sending.headers };
      const outgoing: ClientRequest = send(url, {
        ...credentials,
        agent: credentials.agent ?? this.#agent,
        method: sending.method,
        headers,
        signal: sending.signal,
      });
      let answered = false;
      outgoing.once('response', (response) => {
        answered = true;
        seen(String(response.statusCode));
        resolve(response);
      });
      outgoing.on('error', (error) => {
        if (!answered && !isNotLeader(error)) seen('<error>');
        reject(error);
      });
      whenOpen(outgoing, () => {
        if (!sending.needsLead || mayWrite?.() !== false) return void outgoing.end(sending.body);
        outgoing.destroy(
          new ApiError({ kind: 'not-leader', message: `${sending.method} ${sending.path}: not sent, another process leads` }),
        );
      });
    });
  }
}

// --- internal ---

/** Said always: for a DELETE Node says none, and the server would take the body for the next request. */
const lengthOf = (body: string) => ({ 'content-length': String(Buffer.byteLength(body)) });

const isNotLeader = (error: unknown): boolean => error instanceof ApiError && error.kind === 'not-leader';

/** A request waits for a connection, and a new connection opens, for as long as a process may be paused or the server slow. */
function whenOpen(outgoing: ClientRequest, send: () => void): void {
  outgoing.once('socket', (socket) => {
    if (!socket.connecting) return send();
    socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', send);
  });
}

async function* tapped(chunks: AsyncIterable<Buffer>, onChunk: () => void): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    onChunk();
    yield chunk;
  }
}

async function readJson(response: IncomingMessage, where: string): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const code = response.statusCode ?? 0;
  if (code >= 200 && code < 300) return text === '' ? undefined : JSON.parse(text);
  throw errorOfStatus(code, parseLeniently(text), where, response.headers['retry-after']);
}

/** Proxies between us and the API server answer with HTML: their words still tell something. */
function parseLeniently(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text === '' ? undefined : { message: text.slice(0, 200) };
  }
}

function networkError(error: unknown, where: string, silent: boolean): ApiError {
  if (error instanceof ApiError) return error;
  const words = silent ? 'no answer in time' : error instanceof Error ? error.message : String(error);
  return new ApiError({ kind: 'network', reason: silent ? SILENT : '', message: `${where}: ${words}`, cause: error });
}
