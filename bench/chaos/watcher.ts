/** Judges what an observer sees of the hosts while a step goes on. Pure but for what it remembers of that step; times are handed in. */
import { addressesOf, type HostName } from '../../lab/hosts/address.ts';
import { type Fault, touchedBy } from './fault.ts';
import { BOUNDS, type Broken } from './invariant.ts';

/** Who holds which addresses; a host without power is absent. */
export type Held = ReadonlyMap<HostName, ReadonlySet<string>>;

export interface Move {
  readonly at: number;
  readonly address: string;
  /** Empty: nobody. */
  readonly from: readonly HostName[];
  readonly to: readonly HostName[];
}

export interface WatcherOptions {
  readonly nodes: readonly HostName[];
  /** Addresses that are to be carried all the time. */
  readonly steady: readonly string[];
  /** Every address that a node may ever hold beside its own. */
  readonly given: (address: string) => boolean;
}

export class Watcher {
  readonly broken: Broken[] = [];
  readonly moves: Move[] = [];
  /** For how long two nodes that hear each other held an address, at the longest. */
  longestShared = 0;
  readonly #options: WatcherOptions;
  readonly #inForce = new Set<Fault>();
  readonly #touched = new Set<HostName>();
  readonly #since = new Map<string, number>();
  readonly #told = new Set<string>();
  #last: Held | undefined;

  constructor(options: WatcherOptions) {
    this.#options = options;
  }

  begins(fault: Fault): void {
    this.#inForce.add(fault);
    for (const node of touchedBy(fault)) this.#touched.add(node);
  }

  /** It is undone: what it did to a node may take its time to be so. */
  ends(fault: Fault): void {
    this.#inForce.delete(fault);
  }

  look(now: number, held: Held): void {
    for (const address of this.#options.steady) {
      this.#owner(now, address, held);
      this.#shared(now, address, held);
      this.#move(now, address, held);
    }
    this.#foreign(held);
    this.#last = held;
  }

  #owner(now: number, address: string, held: Held): void {
    const { nodes } = this.#options;
    const isWell = nodes.some((node) => !this.#touched.has(node));
    const isOwned = nodes.some((node) => this.#isConnected(node) && held.get(node)?.has(address));
    const took = this.#lasting(`ownerless ${address}`, isWell && !isOwned, now);
    if (took > BOUNDS.ownerlessMs)
      this.#tell(
        `ownerless ${address}`,
        'some owner',
        `no connected node held ${address} for ${BOUNDS.ownerlessMs / 1000} s, though a node was well`,
      );
  }

  #shared(now: number, address: string, held: Held): void {
    const holders = this.#options.nodes.filter((node) => held.get(node)?.has(address));
    for (const [index, one] of holders.entries()) for (const other of holders.slice(index + 1)) this.#pair(now, address, one, other);
    for (const key of [...this.#since.keys()].filter((each) => each.startsWith(`shared ${address} `))) {
      const [, , one = '', other = ''] = key.split(' ');
      if (!holders.includes(one) || !holders.includes(other)) this.#since.delete(key);
    }
  }

  #pair(now: number, address: string, one: HostName, other: HostName): void {
    const key = `shared ${address} ${one} ${other}`;
    const took = this.#lasting(key, this.#hear(one, other) && this.#isAlive(one) && this.#isAlive(other), now);
    this.longestShared = Math.max(this.longestShared, took);
    if (took > BOUNDS.sharedMs)
      this.#tell(key, 'one owner', `${one} and ${other} hear each other and both held ${address} for ${BOUNDS.sharedMs / 1000} s`);
  }

  #foreign(held: Held): void {
    for (const [host, addresses] of held) {
      const { v4, v6 } = addressesOf(host);
      for (const address of addresses)
        if (isOfTheNetwork(address) && address !== v4 && address !== v6 && !(this.#isNode(host) && this.#options.given(address)))
          this.#tell(`foreign ${host} ${address}`, 'no foreign address', `${host} holds ${address}, which no Service may have there`);
    }
  }

  #move(at: number, address: string, held: Held): void {
    if (this.#last === undefined) return;
    const [from, to] = [this.#last, held].map((one) => this.#options.nodes.filter((node) => one.get(node)?.has(address))) as [
      string[],
      string[],
    ];
    if (from.join() !== to.join()) this.moves.push({ at, address, from, to });
  }

  /** For how long something has been so, in milliseconds. */
  #lasting(key: string, isSo: boolean, now: number): number {
    if (!isSo) this.#since.delete(key);
    else if (!this.#since.has(key)) this.#since.set(key, now);
    return now - (this.#since.get(key) ?? now);
  }

  #tell(key: string, invariant: Broken['invariant'], message: string): void {
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.broken.push({ invariant, message });
  }

  #isNode(host: HostName): boolean {
    return this.#options.nodes.includes(host);
  }

  #isConnected(node: HostName): boolean {
    return ![...this.#inForce].some((fault) => 'node' in fault && UNPLUGGED.has(fault.kind) && fault.node === node);
  }

  /** Nobody has stopped what takes addresses off. */
  #isAlive(node: HostName): boolean {
    return ![...this.#inForce].some(
      (fault) => 'program' in fault && (fault.program === 'keepalived' || fault.program === 'agent') && fault.hosts.includes(node),
    );
  }

  #hear(one: HostName, other: HostName): boolean {
    const isBetween = (fault: Fault): boolean =>
      fault.kind === 'partition' && [one, other].every((node) => [fault.from, fault.to].includes(node));
    return this.#isConnected(one) && this.#isConnected(other) && ![...this.#inForce].some(isBetween);
  }
}

// --- internal ---

const UNPLUGGED = new Set<string>(['power-off', 'link-down', 'cut']);
/** The hosts' own networks; pods and Services have others. */
const isOfTheNetwork = (address: string): boolean => address.startsWith('192.0.2.') || address.startsWith('2001:db8::');
