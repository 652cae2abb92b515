/**
 * Holds connections of a server until its input ends: `node hold.ts ADDRESS PORT COUNT HOW [FROM]`. One that is closed is opened again
 * three seconds later. Says `open`
 * once each was connected or closed. HOW: `idle` sends nothing, `slow` a request that never ends, `unread /PATH` asks again and again and takes
 * no answer, `tls unread /PATH` the same by HTTPS.
 */
import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';

const [host = '', port = '', count = '', how = '', from] = process.argv.slice(2);
const path = how.split(' ').at(-1);
const target = { host, port: Number(port), ...(from !== undefined && { localAddress: from }) };
/** As many as fill what the kernel keeps of them. */
const QUESTIONS = `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`.repeat(50);

function open(): Socket {
  if (how === 'idle') return connect(target);
  if (how.startsWith('tls')) {
    const secure = connectSecurely({ ...target, rejectUnauthorized: false }, () => secure.write(QUESTIONS));
    return secure.pause();
  }
  const socket = connect(target, () => socket.write(how === 'slow' ? 'GET / HTTP/1.1\r\n' : QUESTIONS));
  if (how !== 'slow') return socket.pause();
  const drip = setInterval(() => socket.write('a: b\r\n'), 500);
  return socket.once('close', () => clearInterval(drip));
}

let settled = 0;
function hold(isFirst: boolean): void {
  const socket = open();
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.once('connect', resolve).once('close', resolve);
  socket.on('error', () => {});
  socket.on('close', () => setTimeout(hold, 3000, false));
  if (!isFirst) return;
  void promise.then(() => {
    settled += 1;
    if (settled === Number(count)) console.log('open');
  });
}

for (let index = 0; index < Number(count); index++) hold(true);
process.stdin.resume().on('end', () => process.exit());
