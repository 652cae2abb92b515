import { stringify } from 'yaml';
import { isNotFound } from '../kube/api-error.ts';
import { isSame } from '../kube/apply/merge-patch.ts';
import type { Client, Request, StreamRequest } from '../kube/client.ts';
import type { KubeObject } from '../kube/object.ts';

/**
 * Asks the API server what each write would come to (`dryRun=All`: checked, defaulted and merged, never stored) and prints those that
 * would change something, as YAML documents.
 */
export class DryRunClient implements Client {
  readonly #client: Client;
  readonly #print: (document: string) => void;

  constructor(client: Client, print: (document: string) => void) {
    this.#client = client;
    this.#print = print;
  }

  async request<T>(request: Request): Promise<T> {
    if (request.method === 'GET') return this.#client.request<T>(request);
    const before = request.method === 'POST' ? undefined : await this.#find(request.path);
    const after = await this.#client.request<T>({ ...request, query: { ...request.query, dryRun: 'All' } });
    if (before === undefined || !isSame(content(before), content(after as KubeObject)))
      this.#print(`# ${request.method} ${request.path}\n${stringify(request.body, { lineWidth: 0 })}---\n`);
    return after;
  }

  stream(request: StreamRequest): AsyncIterable<unknown> {
    return this.#client.stream(request);
  }

  async #find(path: string): Promise<KubeObject | undefined> {
    try {
      return await this.#client.request<KubeObject>({ method: 'GET', path });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
}

// --- internal ---

/** All but the server's own book-keeping. */
function content({ metadata, ...rest }: KubeObject): unknown {
  const { managedFields: _, resourceVersion: __, generation: ___, ...kept } = metadata;
  return { ...rest, metadata: kept };
}
