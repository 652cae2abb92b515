/**
 * Holds TCP connections open to a server that gives back what it gets, and tells at SIGINT what became of them, as JSON.
 * Parameters: ADDRESS[,ADDRESS] PORT COUNT PERIOD. There are COUNT connections to each address, and on each it says something every PERIOD
 * milliseconds. Prints `open` once all are.
 */
import { connect, type Socket } from 'node:net';

const OPENS_WITHIN_MS = 1000;
const [addresses = '', port = '', count = '', period = ''] = process.argv.slice(2);

interface Talk {
  readonly socket: Socket;
  heard: number;
  end?: { readonly how: string; readonly afterMs: number };
}

const each = addresses.split(',').flatMap((address) => Array.from({ length: Number(count) }, () => address));
const talks = await Promise.all(each.map(begun));

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
console.log('open');

// --- internal ---

/** Tries until one opens: for most of a minute, Services have endpoints on a node that is gone. */
async function begun(address: string): Promise<Talk> {
  for (;;) {
    const socket = connect({ host: address, port: Number(port), noDelay: true, timeout: OPENS_WITHIN_MS });
    if (await isOpen(socket)) return watched({ socket, heard: performance.now() });
    socket.destroy();
    await new Promise((done) => setTimeout(done, Number(period)));
  }
}

function isOpen(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true));
    for (const event of ['error', 'timeout']) socket.once(event, () => resolve(false));
  });
}

function watched(talk: Talk): Talk {
  const { socket } = talk;
  const end = (how: string): void => {
    talk.end ??= { how, afterMs: Math.round(performance.now() - talk.heard) };
  };
  socket.setTimeout(0);
  socket.on('data', () => {
    talk.heard = performance.now();
  });
  socket.on('error', ({ code = 'error' }: NodeJS.ErrnoException) => end(code));
  socket.on('close', () => end('closed'));
  return talk;
}
