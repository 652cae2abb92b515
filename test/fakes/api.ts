import { type ApiError, errorOfStatus } from '../../src/kube/api-error.ts';
import { isSame } from '../../src/kube/apply/merge-patch.ts';
import { type Client, JSON_PATCH, MERGE_PATCH, type Request, type StreamRequest } from '../../src/kube/client.ts';
import type { KubeObject } from '../../src/kube/object.ts';

type Fields = Readonly<Record<string, unknown>>;
type Stored = KubeObject & Fields;

interface Place {
  readonly collection: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

interface Event {
  readonly version: number;
  readonly collection: string;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: Stored;
}

/**
 * An API server in memory: create, read, list, replace, merge patch, delete and watch, with resource versions. It passes
 * `test/conformance/api`, as the real one does. No server-side apply, defaulting, admission or paging: those need the real one.
 */
export class FakeApi implements Client {
  /** Every request that came, also those that failed. */
  readonly requests: Request[] = [];
  /** Asked before each request and watch; what it throws is the answer. */
  fault: (request: Request | StreamRequest) => void = () => {};
  readonly #objects = new Map<string, Stored>();
  readonly #events: Event[] = [];
  readonly #waiting = new Set<() => void>();
  #version = 0;

  /** Requests that may change something. */
  get writes(): readonly Request[] {
    return this.requests.filter(({ method }) => method !== 'GET');
  }

  async request<T>(request: Request): Promise<T> {
    this.requests.push(request);
    await Promise.resolve();
    this.fault(request);
    return structuredClone(this.#answer(request)) as T;
  }

  async *stream(request: StreamRequest): AsyncGenerator<unknown> {
    this.fault(request);
    request.onOpen?.();
    const { collection, namespace } = placeOf(request.path);
    let seen = Number(request.query?.resourceVersion ?? 0);
    while (!request.signal.aborted) {
      // The version is the number of events.
      const news = this.#events.slice(seen);
      for (const { version, type, object, collection: where } of news) {
        seen = version;
        const concerns = where === collection && (namespace === undefined || object.metadata.namespace === namespace);
        if (concerns) yield structuredClone({ type, object });
      }
      await this.#nextEvent(request.signal);
    }
  }

  #answer(request: Request): unknown {
    const place = placeOf(request.path);
    if (request.method === 'POST') return this.#create(place, request);
    if (place.name === undefined) return this.#list(place);
    const before = this.#objects.get(keyOf(place));
    if (before === undefined) throw refusal(404, 'NotFound', request);
    if (request.method === 'GET') return before;
    if (request.method === 'DELETE') return this.#delete(place, before, request);
    return this.#change(place, before, request);
  }

  #delete(place: Place, before: Stored, request: Request): Stored {
    const { uid, resourceVersion } = (request.body as DeleteOptions | undefined)?.preconditions ?? {};
    const { metadata } = before;
    if ((uid ?? metadata.uid) !== metadata.uid || (resourceVersion ?? metadata.resourceVersion) !== metadata.resourceVersion)
      throw refusal(409, 'Conflict', request);
    return this.#put(place, 'DELETED', before);
  }

  #create(place: Place, request: Request): Stored {
    const body = request.body as Stored;
    const full = { ...place, name: body.metadata.name };
    if (this.#objects.has(keyOf(full))) throw refusal(409, 'AlreadyExists', request);
    const uid = `uid-${this.#version + 1}`;
    return this.#put(full, 'ADDED', { ...body, metadata: { ...body.metadata, uid, creationTimestamp: '2026-01-01T00:00:00Z' } });
  }

  #list({ collection, namespace }: Place): unknown {
    const items = [...this.#objects]
      .filter(([key, object]) => key.startsWith(`${collection} `) && (namespace === undefined || object.metadata.namespace === namespace))
      .map(([, { apiVersion: _, kind: __, ...item }]) => item);
    return { metadata: { resourceVersion: String(this.#version) }, items };
  }

  #change(place: Place, before: Stored, request: Request): Stored {
    if (request.method === 'PATCH' && request.contentType !== MERGE_PATCH)
      throw new Error(`the fake knows no ${request.contentType ?? JSON_PATCH}; use the real API server`);
    const asked = request.body as Stored;
    const { resourceVersion = before.metadata.resourceVersion, uid = before.metadata.uid } = asked.metadata ?? {};
    if (resourceVersion !== before.metadata.resourceVersion) throw refusal(409, 'Conflict', request);
    if (uid !== before.metadata.uid) throw refusal(422, 'Invalid', request);
    const whole = (request.method === 'PUT' ? asked : merged(before, asked)) as Stored;
    // Kubernetes' own kinds take annotations by the way of the status, too; others only the status.
    const beside = place.collection.startsWith('/api/v1/') ? whole.metadata : before.metadata;
    const after = place.subresource === 'status' ? { ...before, metadata: beside, status: whole.status } : whole;
    return isSame(before, after) ? before : this.#put(place, 'MODIFIED', after);
  }

  #put(place: Place, type: Event['type'], object: Stored): Stored {
    this.#version += 1;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
    if (type === 'DELETED') this.#objects.delete(keyOf(place));
    else this.#objects.set(keyOf(place), stored);
    this.#events.push({ version: this.#version, collection: place.collection, type, object: stored });
    for (const wake of this.#waiting) wake();
    return stored;
  }

  #nextEvent(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}

/** An answer that a server gives when it doesn't want to. */
export const refusal = (status: number, reason: string, { path }: { readonly path: string }, retryAfter?: string): ApiError =>
  errorOfStatus(status, { reason, message: reason }, path, retryAfter);

// --- internal ---

/** metav1.DeleteOptions. */
interface DeleteOptions {
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

const keyOf = ({ collection, namespace = '', name }: Place): string => `${collection} ${namespace}/${name}`;

function placeOf(path: string): Place {
  const match = /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(path);
  if (match === null) throw new Error(`the fake knows no path ${path}`);
  const [, root, namespace, plural, name, subresource] = match;
  return { collection: `${root}/${plural}`, namespace, name, subresource };
}

/** RFC 7386. */
function merged(before: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> = typeof before === 'object' && before !== null && !Array.isArray(before) ? { ...before } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}
