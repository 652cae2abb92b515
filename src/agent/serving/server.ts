import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { NODE_POD } from '../../api/node/pod.ts';
import type { NodeReport } from '../../api/node/report.ts';
import { isReady } from '../observation/report.ts';

/** What is served; each answer is made when it is asked for. */
export interface Answers {
  report(): Promise<NodeReport>;
  metrics(): Promise<string>;
  /** Resolves when the addresses are with other nodes, for a group's agent that was told to end; says so or why not. */
  drained(group: string): Promise<{ readonly status: number; readonly words: string }>;
}

/** Set while the port is another's. */
export type OnPort = (taken: { readonly port: number; readonly reason: string } | null) => void;

const RETRY_MILLISECONDS = 5000;

/** HTTP on both families: `/state`, `/metrics`, `/healthz`, `/readyz` and `/drained/NAMESPACE/GROUP`, only GET. Tries again while another process has the port. */
export class AgentServer {
  readonly #server: Server;
  readonly #port: number;
  readonly #onPort: OnPort;
  #retry: NodeJS.Timeout | undefined;

  constructor(answers: Answers, port: number, onPort: OnPort) {
    this.#port = port;
    this.#onPort = onPort;
    const limits = { requestTimeout: 5000, headersTimeout: 5000, connectionsCheckingInterval: 1000, maxHeaderSize: 8192 };
    this.#server = createServer(limits, (request, response) => {
      answer(request, response, answers).catch((error: Error) => send(response, 500, 'text/plain', `${error.message}\n`));
    });
    this.#server.maxConnections = 64;
  }

  start(): void {
    this.#server.on('error', (error: NodeJS.ErrnoException) => this.#failed(error));
    this.#server.on('listening', () => this.#onPort(null));
    this.#listen('::');
  }

  close(): void {
    clearTimeout(this.#retry);
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #listen(host: string): void {
    this.#server.listen({ port: this.#port, host });
  }

  #failed({ code, message }: NodeJS.ErrnoException): void {
    if (code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL') {
      this.#listen('0.0.0.0');
      return;
    }
    this.#onPort({ port: this.#port, reason: code ?? message });
    this.#retry = setTimeout(() => this.#listen('::'), RETRY_MILLISECONDS);
  }
}

// --- internal ---

const PAGE =
  '<html><head><title>keepalived agent</title></head><body><a href="/metrics">Metrics</a> <a href="/state">State</a></body></html>\n';

async function answer({ method, url }: IncomingMessage, response: ServerResponse, answers: Answers): Promise<void> {
  if (method !== 'GET') return send(response, 405, 'text/plain', 'only GET\n');
  const path = url?.split('?', 1)[0] ?? '';
  if (path.startsWith(`${NODE_POD.drainedPath}/`)) {
    const { status, words } = await answers.drained(path.slice(NODE_POD.drainedPath.length + 1));
    return send(response, status, 'text/plain', `${words}\n`);
  }
  switch (path) {
    case '/':
      return send(response, 200, 'text/html', PAGE);
    case '/healthz':
      return send(response, 200, 'text/plain', 'ok\n');
    case '/readyz':
      return ready(response, await answers.report());
    case '/state':
      return send(response, 200, 'application/json', `${JSON.stringify(await answers.report())}\n`);
    case '/metrics':
      return send(response, 200, 'text/plain; version=0.0.4; charset=utf-8', await answers.metrics());
    default:
      return send(response, 404, 'text/plain', 'one of /state, /metrics, /healthz, /readyz\n');
  }
}

function ready(response: ServerResponse, report: NodeReport): void {
  const words = report.problems.map(({ reason, message }) => `${reason}: ${message}\n`).join('');
  if (isReady(report)) send(response, 200, 'text/plain', `ok\n${words}`);
  else send(response, 503, 'text/plain', words || 'keepalived has not confirmed a configuration yet\n');
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}
