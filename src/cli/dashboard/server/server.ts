import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Assets } from './assets.ts';
import { type Door, gate } from './gate.ts';
import { HEADERS } from './headers.ts';

export interface ServerOptions {
  /** 0: a free one. */
  readonly port: number;
  readonly token: string;
  readonly assets: Assets;
  /** Tells one page what happens, and gives what ends that. */
  readonly stream: (response: ServerResponse) => () => void;
  /** Answers what the page asks for, by path; undefined: there is no such thing. A question that fails is told in words. */
  readonly questions: Readonly<Record<string, (query: URLSearchParams) => Promise<unknown>>>;
}

/** Pages that are told what happens at the same time. */
const MOST_STREAMS = 32;

export interface Serving {
  /** Where the page is; who knows it may look. */
  readonly address: string;
  /** Ends with a word to each page. */
  close(): Promise<void>;
}

/** Serves the page on the loopback address alone. @throws Error when the port is taken */
export async function serve(options: ServerOptions): Promise<Serving> {
  const streams = new Set<() => void>();
  const server = createServer({ maxHeaderSize: 16_384 });
  const port = await listening(server, options.port);
  const door: Door = { token: options.token, port };
  server.on('request', (request, response) => void answer(request, response, { ...options, door, streams }));
  return {
    address: `http://127.0.0.1:${port}/${options.token}/`,
    close: async () => {
      for (const end of streams) end();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        // Whoever does not hang up is hung up on.
        setTimeout(() => server.closeAllConnections(), 200).unref();
      });
    },
  };
}

// --- internal ---

interface Answering extends ServerOptions {
  readonly door: Door;
  readonly streams: Set<() => void>;
}

function listening(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new Error(`port ${port} of 127.0.0.1 is taken; name another one with --port`) : error),
    );
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

async function answer(request: IncomingMessage, response: ServerResponse, answering: Answering): Promise<void> {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  const verdict = gate({ method: request.method, url: request.url, headers: request.headers }, answering.door);
  if (verdict.kind === 'out') {
    if (verdict.status === 405) response.setHeader('allow', 'GET');
    return give(response, verdict.status, 'text/plain', `${verdict.sentence}\n`);
  }
  // What the page names is beside it.
  if (verdict.path === '') {
    response.writeHead(302, { location: `/${answering.token}/` }).end();
    return;
  }
  const file = answering.assets[verdict.path];
  if (file !== undefined) return give(response, 200, file.type, file.text);
  if (verdict.path === '/events') return open(response, answering);
  const question = Object.hasOwn(answering.questions, verdict.path) ? answering.questions[verdict.path] : undefined;
  if (question === undefined) return give(response, 404, 'text/plain', 'There is no such page.\n');
  return tell(response, question, verdict.query);
}

async function tell(
  response: ServerResponse,
  question: (query: URLSearchParams) => Promise<unknown>,
  query: URLSearchParams,
): Promise<void> {
  try {
    give(response, 200, 'application/json', JSON.stringify(await question(query)));
  } catch (error) {
    give(response, 200, 'application/json', JSON.stringify({ refused: error instanceof Error ? error.message : String(error) }));
  }
}

function open(response: ServerResponse, { stream, streams }: Answering): void {
  if (streams.size >= MOST_STREAMS) {
    give(response, 503, 'text/plain', `${MOST_STREAMS} pages are open; close one of them, and open this one again.\n`);
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  const end = stream(response);
  streams.add(end);
  response.on('close', () => streams.delete(end));
}

function give(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': `${type}; charset=utf-8`, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
