import { connect } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { ASKED_PORT } from '../../api/node/wire.ts';

/** What comes of a packet to an address: it was answered, nothing came, the network says that the host can't be reached, or it could not be sent. */
export type Outcome = 'answered' | 'silence' | 'unreachable' | 'unsent';

/** Asks an address for a TCP connection; handed in, so that tests can answer. */
export type Ask = (address: string, milliseconds: number) => Promise<Outcome>;

/**
 * Asks with TCP: a host refuses a port where nothing listens at once and always, while the kernel tells of UDP ports only once a second to each
 * asker. Whatever is heard is an answer; nothing is sent or read.
 */
export const askByTcp: Ask = (address, milliseconds) =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port: ASKED_PORT });
    const end = (outcome: Outcome): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(outcome);
    };
    // An answer that waits in a process which was held up is one.
    const timer = setTimeout(() => void turn().then(() => turn().then(() => end('silence'))), milliseconds);
    socket.on('connect', () => end('answered'));
    socket.on('error', ({ code }: NodeJS.ErrnoException) => end(OUTCOMES[code ?? ''] ?? 'unsent'));
  });

// --- internal ---

const OUTCOMES: Readonly<Record<string, Outcome>> = {
  ECONNREFUSED: 'answered',
  ECONNRESET: 'answered',
  ETIMEDOUT: 'silence',
  EHOSTUNREACH: 'unreachable',
};
