import { createHash } from 'node:crypto';
import { isConflict, isNotFound } from '../api-error.ts';
import type { Client } from '../client.ts';
import { APPLY_PATCH, JSON_PATCH } from '../client.ts';
import { slim } from '../keep.ts';
import type { KubeObject, OwnerReference, Resource } from '../object.ts';
import { controllerOf, keyOf, objectPath } from '../object.ts';
import { handOver, isAppliedBy, isUpdatedBy } from './managed-fields.ts';

/** What an apply did. */
export type Applied =
  | { readonly kind: 'unchanged' }
  /** `same`: the server found nothing to change; `repaired`: someone else had changed or deleted what we wrote before. */
  | { readonly kind: 'created' | 'updated' | 'repaired' | 'same'; readonly object: KubeObject }
  /** An object of that name is not ours; nothing was written. */
  | { readonly kind: 'foreign'; readonly owner: OwnerReference | undefined };

export interface ApplyOptions {
  readonly client: Client;
  readonly fieldManager: string;
  /** Whose plain updates count as ours: the program that wrote these objects before. */
  readonly legacyManager?: string;
}

export interface ApplyRequest {
  readonly resource: Resource;
  /** All the fields we want, and no other. */
  readonly desired: KubeObject;
  /** The controller that owns the object; what another or nobody owns is foreign. */
  readonly owner: OwnerReference;
  /** The object as the store has it; undefined: it may or may not exist. */
  readonly current: KubeObject | undefined;
}

/** Server-side apply of whole objects that writes only when something would change. */
export class Applier {
  readonly #options: ApplyOptions;
  /** By object: what we applied last and what the server then had. */
  readonly #applied = new Map<string, Memory>();

  constructor(options: ApplyOptions) {
    this.#options = options;
  }

  async apply(request: ApplyRequest): Promise<Applied> {
    const { resource, desired, owner } = request;
    const key = `${resource.plural}/${keyOf(desired)}`;
    const owned = withOwner(desired, owner);
    const wanted = digest(owned);
    const last = this.#applied.get(key);
    const asBefore = last?.desired === wanted;
    if (asBefore && request.current !== undefined && isStill(last, request.current)) return { kind: 'unchanged' };
    const current = request.current ?? (await this.#get(resource, desired));
    if (current !== undefined && !this.#mayWrite(current, owner)) return { kind: 'foreign', owner: controllerOf(current) };
    if (current !== undefined) await this.#takeOver(resource, current);
    const object = slim(await this.#patch(resource, boundTo(current, owned)));
    const version = object.metadata.resourceVersion;
    this.#applied.set(key, { desired: wanted, result: digest(content(object)), version });
    // A store that hasn't seen our last write yet makes us write it again, which the server finds to be nothing.
    if (version === current?.metadata.resourceVersion || version === last?.version) return { kind: 'same', object };
    if (asBefore) return { kind: 'repaired', object };
    return { kind: current === undefined ? 'created' : 'updated', object };
  }

  /** Whether the object is as our last write left it. */
  isOurs(resource: Resource, object: KubeObject): boolean {
    const version = this.#applied.get(`${resource.plural}/${keyOf(object)}`)?.version;
    return version !== undefined && version === object.metadata.resourceVersion;
  }

  /** Forgets what was applied to an object that is no more. */
  forget(resource: Resource, key: string): void {
    this.#applied.delete(`${resource.plural}/${key}`);
  }

  /** What its owner left behind when it was deleted (orphans) is taken by the next of that name, if it was written by us. */
  #mayWrite(current: KubeObject, owner: OwnerReference): boolean {
    const controller = controllerOf(current);
    return controller === undefined ? isAppliedBy(current, this.#options.fieldManager) : controller.uid === owner.uid;
  }

  async #get(resource: Resource, desired: KubeObject): Promise<KubeObject | undefined> {
    try {
      return await this.#options.client.request<KubeObject>({ method: 'GET', path: objectPath(resource, desired.metadata) });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  #patch(resource: Resource, body: KubeObject): Promise<KubeObject> {
    const query = { fieldManager: this.#options.fieldManager, force: true };
    return this.#options.client.request<KubeObject>({
      method: 'PATCH',
      path: objectPath(resource, body.metadata),
      query,
      body,
      contentType: APPLY_PATCH,
    });
  }

  async #takeOver(resource: Resource, current: KubeObject): Promise<void> {
    const { legacyManager, fieldManager, client } = this.#options;
    if (legacyManager === undefined || !isUpdatedBy(current, legacyManager)) return;
    const whole = await this.#get(resource, current);
    if (whole === undefined) return;
    const body = [
      // Replaced by what it is, so that the server answers 409 when it is that no more; a test that fails is 422, as many faults are.
      { op: 'replace', path: '/metadata/resourceVersion', value: whole.metadata.resourceVersion },
      { op: 'replace', path: '/metadata/managedFields', value: handOver(whole.metadata.managedFields ?? [], legacyManager, fieldManager) },
    ];
    try {
      await client.request({ method: 'PATCH', path: objectPath(resource, current.metadata), body, contentType: JSON_PATCH });
    } catch (error) {
      if (!isConflict(error)) throw error;
      await this.#takeOver(resource, current);
    }
  }
}

// --- internal ---

interface Memory {
  readonly desired: string;
  readonly result: string;
  readonly version: string | undefined;
}

function isStill(memory: Memory, object: KubeObject): boolean {
  return memory.version === object.metadata.resourceVersion || memory.result === digest(content(object));
}

/** Names the object that was judged by its uid, so that a new one of the same name is refused by the server, not overwritten. */
function boundTo(current: KubeObject | undefined, object: KubeObject): KubeObject {
  const uid = current?.metadata.uid;
  return uid === undefined ? object : { ...object, metadata: { ...object.metadata, uid } };
}

function withOwner(object: KubeObject, owner: OwnerReference): KubeObject {
  return { ...object, metadata: { ...object.metadata, ownerReferences: [owner] } };
}

/** What makes two versions of an object the same for us: all but status and the server's own book-keeping. */
function content(object: KubeObject): unknown {
  const { status: _, metadata, apiVersion: __, kind: ___, ...rest } = object as KubeObject & { readonly status?: unknown };
  const { name, namespace, labels, annotations, ownerReferences, deletionTimestamp } = metadata;
  return { ...rest, metadata: { name, namespace, labels, annotations, ownerReferences, deletionTimestamp } };
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value, sortedKeys)).digest('base64');
}

/** The API server sorts the keys of an object its own way in lists, patches and watches alike; don't depend on it. */
function sortedKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
