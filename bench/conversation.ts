/**
 * Holds TCP connections open to a server that gives back what it gets, and tells at SIGINT what became of them, as JSON.
 * Parameters: ADDRESS PORT COUNT PERIOD. On each connection it says something every PERIOD milliseconds. Prints `open` once all are.
 */
import { connect, type Socket } from 'node:net';

const [address = '', port = '', count = '', period = ''] = process.argv.slice(2);

interface Talk {
  readonly socket: Socket;
  heard: number;
  end?: { readonly how: string; readonly afterMs: number };
}

const talks = Array.from({ length: Number(count) }, (): Talk => {
  const talk: Talk = { socket: connect({ host: address, port: Number(port), noDelay: true }), heard: performance.now() };
  const end = (how: string): void => {
    talk.end ??= { how, afterMs: Math.round(performance.now() - talk.heard) };
  };
  talk.socket.on('data', () => {
    talk.heard = performance.now();
  });
  talk.socket.on('error', ({ code = 'error' }: NodeJS.ErrnoException) => end(code));
  talk.socket.on('close', () => end('closed'));
  return talk;
});

process.once('SIGINT', () => {
  const now = performance.now();
  const told = talks.map(
    ({ heard, end }) => end ?? { how: now - heard < 10 * Number(period) ? 'open' : 'silent', afterMs: Math.round(now - heard) },
  );
  console.log(JSON.stringify(told));
  process.exit(0);
});
setInterval(() => {
  for (const { socket, end } of talks) if (end === undefined) socket.write('x');
}, Number(period));
await Promise.all(talks.map(({ socket }) => new Promise((resolve) => socket.once('connect', resolve))));
console.log('open');
