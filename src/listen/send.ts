import type { ServerResponse } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly body: string;
}

/** Milliseconds for an answer to be taken, whole. */
const TAKEN_WITHIN = 10_000;

/** Sends the answer. Who doesn't take it in time, or takes it byte by byte, loses the connection, so that it isn't kept in memory for them. */
export function send(response: ServerResponse, { status, type = 'text/plain; charset=utf-8', body }: Answer): void {
  const limit = setTimeout(() => response.req.socket.destroy(), TAKEN_WITHIN).unref();
  response.once('close', () => clearTimeout(limit));
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}
