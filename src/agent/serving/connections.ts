import type { Socket } from 'node:net';

/** How many connections at a time: of one remote address, and of all from outside the node. */
const MOST = { ofOne: 16, ofAll: 128 };

/**
 * Bounds the connections of people who need say nothing of themselves, so that none keeps others out. One too many costs the oldest that waits
 * for nothing; one from the node itself, as kubelet's are, is only counted among its own.
 */
export class Connections {
  readonly #byRemote = new Map<string, Set<Socket>>();
  readonly #busy = new Set<Socket>();

  add(socket: Socket): void {
    const remote = remoteOf(socket);
    const same = this.#byRemote.get(remote) ?? new Set();
    this.#byRemote.set(remote, same.add(socket));
    socket.once('close', () => this.#remove(remote, socket));
    if (same.size > MOST.ofOne) this.#dropOldest(same);
    if (this.#fromOutside() > MOST.ofAll) this.#dropOldest(this.#largest());
  }

  /** The socket waits for an answer until `answered` is called. */
  asked(socket: Socket): { answered(): void } {
    this.#busy.add(socket);
    return { answered: () => this.#busy.delete(socket) };
  }

  // --- internal ---

  #remove(remote: string, socket: Socket): void {
    this.#busy.delete(socket);
    const same = this.#byRemote.get(remote);
    same?.delete(socket);
    if (same?.size === 0) this.#byRemote.delete(remote);
  }

  #dropOldest(sockets: ReadonlySet<Socket>): void {
    const all = [...sockets];
    (all.find((socket) => !this.#busy.has(socket)) ?? all.at(-1))?.destroy();
  }

  #fromOutside(): number {
    return [...this.#byRemote].reduce((sum, [remote, { size }]) => (remote === ITSELF ? sum : sum + size), 0);
  }

  #largest(): ReadonlySet<Socket> {
    const outside = [...this.#byRemote].filter(([remote]) => remote !== ITSELF).map(([, sockets]) => sockets);
    return outside.reduce((most, sockets) => (sockets.size > most.size ? sockets : most), new Set<Socket>());
  }
}

// --- internal ---

const ITSELF = 'the node itself';

/** Of IPv6 the network counts: a host has as many addresses in it as it likes. */
function remoteOf({ remoteAddress = '', localAddress }: Socket): string {
  if (remoteAddress === localAddress || remoteAddress === '127.0.0.1' || remoteAddress === '::1') return ITSELF;
  const [network] = remoteAddress.includes('.') ? [remoteAddress] : [remoteAddress.split('::', 1)[0]?.split(':').slice(0, 4).join(':')];
  return network ?? remoteAddress;
}
