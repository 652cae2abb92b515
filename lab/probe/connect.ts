/**
 * Connects to a TCP port again and again, at a fixed pace, and tells each outcome as `fping --loop --timestamp` would.
 * Parameters: ADDRESS PORT PERIOD TIMEOUT, times in milliseconds. Ends at SIGINT. Time in which this process itself stood still, on a machine that
 * is busy, is not counted as the address's.
 */
import { connect } from 'node:net';

const [address = '', port = '', period = '', timeout = ''] = process.argv.slice(2);
const startedAt = performance.now();
const timeoutMs = Number(timeout);
let count = 0;

/** Milliseconds between two looks at the clock; what is longer between them is time that this process did not have. */
const TICK = 5;
let lastTick = startedAt;
let stoodStill = 0;

/** Milliseconds since the start in which this process ran. */
function awake(): number {
  const now = performance.now();
  stoodStill += Math.max(0, now - lastTick - 4 * TICK);
  lastTick = now;
  return now - startedAt - stoodStill;
}

function probe(): void {
  const sequence = count;
  count += 1;
  const sentAt = awake();
  const socket = connect({ host: address, port: Number(port) });
  const tell = (outcome: string): void => {
    clearTimeout(expiry);
    socket.destroy();
    console.log(`[${((performance.timeOrigin + performance.now()) / 1000).toFixed(5)}] ${address} : [${sequence}], ${outcome}`);
  };
  // An answer that came while the process stood still is read after the timers.
  const expire = (): void => void setImmediate(() => (awake() - sentAt < timeoutMs ? wait() : tell('timed out')));
  const wait = (): void => {
    expiry = setTimeout(expire, Math.max(TICK, timeoutMs - (awake() - sentAt)));
  };
  let expiry: NodeJS.Timeout | undefined;
  wait();
  socket.once('connect', () => tell(`0 bytes, ${(awake() - sentAt).toFixed(3)} ms`));
  socket.on('error', () => {}); // A refusal is told when the time is over, like silence: nobody serves.
  setTimeout(probe, Math.max(0, startedAt + count * Number(period) - performance.now()));
}

process.once('SIGINT', () => process.exit(0));
setInterval(awake, TICK);
probe();
