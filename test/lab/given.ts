import type { Lab } from '../../lab/lab.ts';
import { NAMESPACE } from './lab-under-test.ts';

export interface Shown {
  readonly address: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The addresses that Services show, as a watch tells them. */
export class Given implements Disposable {
  readonly #lab: Lab;
  readonly #seen = new Map<string, Shown>();
  readonly #end = new AbortController();

  constructor(lab: Lab) {
    this.#lab = lab;
    const path = 'jsonpath={.metadata.name} {.status.loadBalancer.ingress[0].ip}{"\\n"}';
    const onLine = (line: string): void => {
      const [name = '', address = ''] = line.split(' ');
      if (address !== '' && !this.#seen.has(name)) this.#seen.set(name, { address, at: Date.now() });
    };
    const watch = lab.kubectl(['get', 'services', '-n', NAMESPACE, '--watch', '--output', path], { onLine, signal: this.#end.signal });
    watch.catch(() => {});
  }

  to(service: string): Promise<Shown> {
    return this.#lab.waitFor(`${service} shows an address`, async () => this.#seen.get(service), 30_000);
  }

  [Symbol.dispose](): void {
    this.#end.abort();
  }
}
