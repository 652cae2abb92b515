import { execFileSync } from 'node:child_process';

/** Runs `ip` and gives back what it prints; throws with its words. */
export function ip(...args: readonly string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** A switch in a network namespace of its own, and hosts on it, each in its own. */
export class Bridge implements Disposable {
  readonly #prefix: string;
  readonly #hosts: string[] = [];

  constructor(name: string) {
    this.#prefix = `agt-${process.pid}-${name}`;
    ip('netns', 'add', this.#prefix);
    this.#inside('link', 'add', 'br0', 'type', 'bridge', 'mcast_snooping', '0', 'forward_delay', '0');
    this.#inside('link', 'set', 'br0', 'up');
  }

  /** A host with `eth0` on the switch and these addresses; the name of its namespace. */
  host(name: string, addresses: readonly string[]): string {
    const host = this.namespaceOf(name);
    ip('netns', 'add', host);
    this.#hosts.push(host);
    this.#inside('link', 'add', `p-${name}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', host);
    this.#inside('link', 'set', `p-${name}`, 'master', 'br0', 'up');
    ip('-n', host, 'link', 'set', 'lo', 'up');
    ip('-n', host, 'link', 'set', 'eth0', 'up');
    for (const address of addresses) ip('-n', host, 'address', 'add', address, 'dev', 'eth0', ...(address.includes(':') ? ['nodad'] : []));
    return host;
  }

  namespaceOf(name: string): string {
    return `${this.#prefix}-${name}`;
  }

  /** Takes a host's cable out of the switch, or puts it back. */
  connect(name: string, connected: boolean): void {
    this.#inside('link', 'set', `p-${name}`, ...(connected ? ['master', 'br0'] : ['nomaster']));
  }

  /** Takes the carrier of a host's interface away, or gives it back. */
  plug(name: string, plugged: boolean): void {
    this.#inside('link', 'set', `p-${name}`, plugged ? 'up' : 'down');
  }

  [Symbol.dispose](): void {
    for (const namespace of [...this.#hosts, this.#prefix]) ip('netns', 'del', namespace);
  }

  #inside(...args: readonly string[]): void {
    ip('-n', this.#prefix, ...args);
  }
}
