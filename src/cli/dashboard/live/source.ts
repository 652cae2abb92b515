import { isNotFound, isStatus } from '../../../kube/api-error.ts';
import type { Client } from '../../../kube/client.ts';
import { collectionPath, type KubeObject } from '../../../kube/object.ts';
import { Reflector, type ReflectorOptions } from '../../../kube/reflector.ts';
import { Store } from '../../../kube/store.ts';
import type { SourceFact } from '../model/facts.ts';
import type { WatchedKind } from './kinds.ts';

export type Clock = ReflectorOptions<KubeObject>['clock'];

export interface SourceOptions {
  readonly client: Client;
  readonly clock: Clock;
  /** Of kinds that have one; all without one. */
  readonly namespace?: string | undefined;
  /** Called after each change of what is there, or of how far it can be believed. */
  readonly onChange: () => void;
}

/** One kind, watched as long as it may be, and how far it can be believed. */
export class Source {
  readonly kind: WatchedKind;
  readonly #options: SourceOptions;
  readonly #store = new Store<KubeObject>();
  #fact: SourceFact;

  constructor(kind: WatchedKind, options: SourceOptions) {
    this.kind = kind;
    this.#options = options;
    this.#fact = { kind: `${kind.resource.kind}s`, state: 'loading' };
    this.#store.onChange(() => options.onChange());
  }

  get fact(): SourceFact {
    return this.#fact;
  }

  /** Undefined where it may not be read, or has not been yet. */
  get objects(): readonly KubeObject[] | undefined {
    return this.#fact.state === 'forbidden' || this.#fact.state === 'loading' ? undefined : this.#store.list();
  }

  /** Asks once whether it may be read. @throws ApiError where no answer comes */
  async probe(): Promise<void> {
    const { client, namespace } = this.#options;
    const { resource, without } = this.kind;
    try {
      await client.request({ method: 'GET', path: collectionPath(resource, namespace), query: { limit: 1 } });
    } catch (error) {
      if (!isStatus(error, 403) && !isNotFound(error)) throw error;
      const why = isStatus(error, 403) ? 'You may not list' : 'The cluster has no';
      this.#is('forbidden', `${why} ${resource.kind}s: ${without}.`);
    }
  }

  /** Watches until the signal aborts; returns at once where it may not be read. */
  async run(signal: AbortSignal): Promise<void> {
    if (this.#fact.state === 'forbidden') return;
    const { client, clock, namespace } = this.#options;
    const reflector = new Reflector<KubeObject>({
      client: { ...requestsOf(client), stream: (request) => client.stream({ ...request, onOpen: () => this.#is('live') }) },
      resource: this.kind.resource,
      ...(namespace !== undefined && { namespace }),
      store: this.#store,
      keep: this.kind.keep,
      clock,
      log: this.#log(),
    });
    await reflector.run(signal);
  }

  #is(state: SourceFact['state'], message?: string): void {
    if (this.#fact.state === state && this.#fact.message === message) return;
    this.#fact = { kind: this.#fact.kind, state, ...(message !== undefined && { message }) };
    this.#options.onChange();
  }

  /** The reflector says by its log alone that the API server does not answer. */
  #log(): ReflectorOptions<KubeObject>['log'] {
    const nothing = (): void => {};
    const log: ReflectorOptions<KubeObject>['log'] = {
      debug: nothing,
      info: nothing,
      error: nothing,
      fatal: nothing,
      warn: ({ err, failures }) => {
        // The first failure may be a watch that is too old, which the next list mends at once.
        if (failures === 1 && this.#fact.state === 'live' && isStatus(err, 410)) return;
        const words = err instanceof Error ? err.message : String(err);
        if (this.#fact.state === 'loading') this.#is('loading', `The first list is tried again: ${words}`);
        else this.#is('interrupted', `The watch is interrupted, and is tried again: ${words}`);
      },
      child: () => log,
    };
    return log;
  }
}

// --- internal ---

const requestsOf = (client: Client): Pick<Client, 'request'> => ({ request: (request) => client.request(request) });
