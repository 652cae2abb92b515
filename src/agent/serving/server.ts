import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { NODE_POD } from '../../api/node/pod.ts';
import { CLOCK_HEADER, type NodeReport } from '../../api/node/report.ts';
import { Connections } from '../../listen/connections.ts';
import { send } from '../../listen/send.ts';
import type { Clock } from '../../telemetry/clock.ts';
import { isReady } from '../observation/report.ts';

/** What is served; each answer is made when it is asked for. */
export interface Answers {
  report(): Promise<NodeReport>;
  metrics(): Promise<string>;
  /** Resolves when the addresses are with other nodes, for a group's agent that was told to end; says so or why not. */
  drained(group: string): Promise<{ readonly status: number; readonly words: string }>;
}

/** Another program has the port at these addresses. */
export interface Taken {
  readonly port: number;
  readonly reason: string;
  readonly addresses: readonly string[];
}

const RETRY_MILLISECONDS = 5000;
const LIMITS = { requestTimeout: 5000, headersTimeout: 5000, connectionsCheckingInterval: 1000, maxHeaderSize: 8192 };

/**
 * HTTP at chosen addresses of the node: `/state`, `/metrics`, `/healthz`, `/readyz` and `/drained/NAMESPACE/GROUP`, only GET. Where another program
 * has the port it is tried again every few seconds.
 */
export class AgentServer {
  readonly #answers: Answers;
  readonly #port: number;
  readonly #clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly #onPort: (taken: Taken | null) => void;
  readonly #connections = new Connections();
  readonly #servers = new Map<string, Server>();
  readonly #failed = new Map<string, string>();
  #retry: NodeJS.Timeout | undefined;

  /** `onPort` hears each change of where the port is another's. */
  constructor(
    answers: Answers,
    { port, clock }: { readonly port: number; readonly clock: Pick<Clock, 'now' | 'monotonic'> },
    onPort: (taken: Taken | null) => void,
  ) {
    this.#answers = answers;
    this.#port = port;
    this.#clock = clock;
    this.#onPort = onPort;
  }

  /** Answers at these addresses from now on, and at no others. */
  serve(addresses: readonly string[]): void {
    for (const [address, server] of this.#servers) if (!addresses.includes(address)) this.#end(address, server);
    for (const address of addresses) if (!this.#servers.has(address)) this.#begin(address);
    clearInterval(this.#retry);
    this.#retry = setInterval(() => this.#tryAgain(), RETRY_MILLISECONDS);
  }

  close(): void {
    clearInterval(this.#retry);
    for (const [address, server] of this.#servers) this.#end(address, server);
  }

  #begin(address: string): void {
    const server = createServer(LIMITS, (request, response) => {
      if (!this.#connections.answering(request, response)) return;
      answer(request, response, this.#answers, this.#clock).catch((error: Error) =>
        send(response, { status: 500, body: `${error.message}\n` }),
      );
    });
    this.#connections.guard(server);
    server.on('listening', () => this.#note(address, null));
    server.on('error', ({ code, message }: NodeJS.ErrnoException) => this.#note(address, code ?? message));
    this.#servers.set(address, server);
    server.listen({ port: this.#port, host: address });
  }

  #end(address: string, server: Server): void {
    this.#servers.delete(address);
    this.#note(address, null);
    server.close();
    server.closeAllConnections();
  }

  #tryAgain(): void {
    for (const [address, server] of this.#servers) if (!server.listening) server.listen({ port: this.#port, host: address });
  }

  /** An address that is not there yet, or of a family that the node has not, is nobody else's. */
  #note(address: string, reason: string | null): void {
    const before = [...this.#failed.keys()].join();
    if (reason === null || reason === 'EADDRNOTAVAIL' || reason === 'EAFNOSUPPORT') this.#failed.delete(address);
    else this.#failed.set(address, reason);
    const addresses = [...this.#failed.keys()];
    if (addresses.join() === before) return;
    this.#onPort(addresses.length === 0 ? null : { port: this.#port, reason: reason ?? [...this.#failed.values()].join(), addresses });
  }
}

// --- internal ---

const PAGE =
  '<html><head><title>keepalived agent</title></head><body><a href="/metrics">Metrics</a> <a href="/state">State</a></body></html>\n';

async function answer(
  { method, url }: IncomingMessage,
  response: ServerResponse,
  answers: Answers,
  clock: Pick<Clock, 'now' | 'monotonic'>,
): Promise<void> {
  if (method !== 'GET') return send(response, { status: 405, body: 'only GET\n' });
  const path = url?.split('?', 1)[0] ?? '';
  if (path.startsWith(`${NODE_POD.drainedPath}/`)) {
    const { status, words } = await answers.drained(path.slice(NODE_POD.drainedPath.length + 1));
    return send(response, { status, body: `${words}\n` });
  }
  switch (path) {
    case '/':
      return send(response, { status: 200, type: 'text/html', body: PAGE });
    case '/healthz':
      return send(response, { status: 200, body: 'ok\n' });
    case '/readyz':
      return ready(response, await answers.report());
    case '/state': {
      const text = `${JSON.stringify(await answers.report())}\n`;
      response.setHeader(CLOCK_HEADER, `${clock.now().getTime()} ${Math.round(clock.monotonic())}`);
      return send(response, { status: 200, type: 'application/json', body: text });
    }
    case '/metrics':
      return send(response, { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: await answers.metrics() });
    default:
      return send(response, { status: 404, body: 'one of /state, /metrics, /healthz, /readyz\n' });
  }
}

function ready(response: ServerResponse, report: NodeReport): void {
  const words = report.problems.map(({ reason, message }) => `${reason}: ${message}\n`).join('');
  if (isReady(report)) send(response, { status: 200, body: `ok\n${words}` });
  else send(response, { status: 503, body: words || 'keepalived has not confirmed a configuration yet\n' });
}
