/** Looks at a lab from outside: by its hosts, its API and its clients, never by the operator's word alone. */
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Lab } from '../../lab/lab.ts';
import type { Service } from '../../src/api/core.ts';
import { GROUP, NAMESPACE } from '../../test/lab/lab-under-test.ts';
import type { Pause } from '../../test/lab/pause-watch.ts';
import type { Span } from './client.ts';
import type { Objects } from './peace.ts';
import type { Held } from './watcher.ts';

/** Looks at the hosts again and again until it is ended. A look while a host boots or loses power may fail; that none works is an error. */
export class Looking implements AsyncDisposable {
  #isOver = false;
  readonly #ended: Promise<void>;

  constructor(lab: Lab, see: (held: Held) => void) {
    this.#ended = this.#look(lab, see);
    this.#ended.catch(() => {}); // Told when it is ended.
  }

  async #look(lab: Lab, see: (held: Held) => void): Promise<void> {
    for (let worked = performance.now(); !this.#isOver; ) {
      try {
        see(await lab.held());
        worked = performance.now();
      } catch (error) {
        if (performance.now() - worked > BLIND_MS) throw error;
      }
      await pause(EVERY_MS);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#ended;
  }
}

/** What the API has now. */
export async function objectsOf(lab: Lab): Promise<Objects> {
  const kinds = 'keepalivedgroups,services,virtualips,nodes';
  const { items } = JSON.parse(await lab.kubectl(['get', kinds, '--all-namespaces', '-o', 'json', '--request-timeout=10s'])) as {
    items: (Service & { kind: string })[];
  };
  const of = (kind: string): unknown[] => items.filter((one) => one.kind === kind);
  const group = items.find(
    ({ kind, metadata }) => kind === 'KeepalivedGroup' && metadata.namespace === NAMESPACE && metadata.name === GROUP,
  );
  if (group === undefined) throw new Error(`There is no KeepalivedGroup ${NAMESPACE}/${GROUP}.`);
  return { group, services: of('Service'), virtualIPs: of('VirtualIP'), nodes: of('Node') } as unknown as Objects;
}

/** The times in which the machine let nothing run. */
export class Pauses implements Disposable {
  readonly spans: Span[] = [];
  readonly #worker = new Worker(new URL('../../test/lab/pause-watch.ts', import.meta.url));

  constructor() {
    this.#worker.on('message', ({ endedAt, milliseconds }: Pause) => this.spans.push({ from: endedAt - milliseconds, to: endedAt }));
    this.#worker.unref();
  }

  [Symbol.dispose](): void {
    void this.#worker.terminate();
  }
}

// --- internal ---

const EVERY_MS = 250;
const BLIND_MS = 30_000;
