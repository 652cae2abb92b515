/**
 * Connects to a TCP port again and again, at a fixed pace, and tells each outcome as `fping --loop --timestamp` would.
 * Parameters: ADDRESS PORT PERIOD TIMEOUT, times in milliseconds. Ends at SIGINT.
 */
import { connect } from 'node:net';

const [address = '', port = '', period = '', timeout = ''] = process.argv.slice(2);
const startedAt = performance.now();
const timeoutMs = Number(timeout);
let count = 0;

function probe(): void {
  const sequence = count;
  count += 1;
  const sentAt = performance.now();
  const socket = connect({ host: address, port: Number(port) });
  const tell = (outcome: string): void => {
    clearTimeout(expiry);
    socket.destroy();
    console.log(`[${((performance.timeOrigin + performance.now()) / 1000).toFixed(5)}] ${address} : [${sequence}], ${outcome}`);
  };
  const expiry = setTimeout(() => tell('timed out'), timeoutMs);
  socket.once('connect', () => tell(`0 bytes, ${(performance.now() - sentAt).toFixed(3)} ms`));
  socket.on('error', () => {}); // A refusal is told when the time is over, like silence: nobody serves.
  setTimeout(probe, Math.max(0, startedAt + count * Number(period) - performance.now()));
}

process.once('SIGINT', () => process.exit(0));
probe();
