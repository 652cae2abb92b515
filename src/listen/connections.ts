import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { Socket } from 'node:net';

/** How many connections at a time: of one remote address, and of all from outside the node. */
const MOST = { ofOne: 16, ofAll: 128 };

/**
 * Bounds the connections of people who need say nothing of themselves, so that none keeps others out. One too many costs the oldest that waits
 * for nothing; one from the node itself, as kubelet's are, is only counted among its own.
 */
export class Connections {
  readonly #byRemote = new Map<string, Map<string, Socket>>();
  readonly #busy = new Set<string>();

  /** Every connection that the server takes counts from now on, before a byte of it is read. */
  guard(server: Server | SecureServer): void {
    server.on('connection', (socket: Socket) => this.#add(socket));
  }

  /**
   * The connection waits for this answer until it is taken. False: it waits for another one, and is closed. No client of ours asks again before
   * it was answered, and hundreds of questions in one packet would keep all others waiting.
   */
  answering({ socket }: IncomingMessage, response: ServerResponse): boolean {
    const name = nameOf(socket);
    if (socket.destroyed || this.#busy.has(name)) {
      socket.destroy();
      return false;
    }
    this.#busy.add(name);
    response.once('close', () => this.#busy.delete(name));
    return true;
  }

  // --- internal ---

  #add(socket: Socket): void {
    const [remote, name] = [remoteOf(socket), nameOf(socket)];
    const same = this.#byRemote.get(remote) ?? new Map<string, Socket>();
    this.#byRemote.set(remote, same.set(name, socket));
    socket.once('close', () => this.#remove(remote, name));
    if (same.size > MOST.ofOne) this.#dropOldest(same);
    if (this.#fromOutside() > MOST.ofAll) this.#dropOldest(this.#largest());
  }

  #remove(remote: string, name: string): void {
    const same = this.#byRemote.get(remote);
    same?.delete(name);
    if (same?.size === 0) this.#byRemote.delete(remote);
  }

  #dropOldest(sockets: ReadonlyMap<string, Socket>): void {
    const all = [...sockets];
    (all.find(([name]) => !this.#busy.has(name)) ?? all.at(-1))?.[1].destroy();
  }

  #fromOutside(): number {
    return [...this.#byRemote].reduce((sum, [remote, { size }]) => (remote === ITSELF ? sum : sum + size), 0);
  }

  #largest(): ReadonlyMap<string, Socket> {
    const outside = [...this.#byRemote].filter(([remote]) => remote !== ITSELF).map(([, sockets]) => sockets);
    return outside.reduce((most, sockets) => (sockets.size > most.size ? sockets : most), new Map<string, Socket>());
  }
}

// --- internal ---

const ITSELF = 'the node itself';

/** With TLS a request has another socket than the connection that was taken; their ends are the same. */
const nameOf = ({ remoteAddress, remotePort, localAddress, localPort }: Socket): string =>
  `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;

/** Of IPv6 the network counts: a host has as many addresses in it as it likes. */
function remoteOf({ remoteAddress = '', localAddress }: Socket): string {
  if (remoteAddress === localAddress || remoteAddress === '127.0.0.1' || remoteAddress === '::1') return ITSELF;
  const [network] = remoteAddress.includes('.') ? [remoteAddress] : [remoteAddress.split('::', 1)[0]?.split(':').slice(0, 4).join(':')];
  return network ?? remoteAddress;
}
