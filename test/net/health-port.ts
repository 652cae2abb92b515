import { type ChildProcess, execFileSync, spawn } from 'node:child_process';

const SERVER = `
let status = 503, localEndpoints = 0;
process.stdin.on('data', (text) => { [status, localEndpoints] = String(text).trim().split('\\n').at(-1).split(' ').map(Number); });
process.stdin.on('end', () => process.exit());
require('node:http').createServer((_, response) => response.writeHead(status).end(JSON.stringify({ localEndpoints }))).listen(Number(process.argv[2]), process.argv[1]);
`;

/** A health check node port of kube-proxy's kind inside a namespace. */
export class HealthPort implements Disposable {
  readonly #server: ChildProcess;
  readonly #namespace: string;

  /** By default as kube-proxy in iptables mode answers for a Service. */
  constructor(namespace: string, host = '127.0.0.1', port = 30_000) {
    this.#namespace = namespace;
    this.#server = spawn('ip', ['netns', 'exec', namespace, process.execPath, '-e', SERVER, host, `${port}`], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
  }

  /** What it answers from now on. */
  say(status: number, localEndpoints: number): void {
    this.#server.stdin?.write(`${status} ${localEndpoints}\n`);
  }

  /** The status that it answers with now. */
  status(): number {
    const script = 'exec 3<>/dev/tcp/127.0.0.1/30000; printf "GET / HTTP/1.0\\r\\n\\r\\n" >&3; cat <&3';
    const asked = ['netns', 'exec', this.#namespace, 'bash', '-c', script];
    return Number(execFileSync('ip', asked, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split(' ')[1]);
  }

  [Symbol.dispose](): void {
    this.#server.stdin?.end();
  }
}
