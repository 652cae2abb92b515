import type { LedgerChange } from '../../allocate/ledger/ledger.ts';
import type { ServiceChange } from '../../allocate/service/service-change.ts';
import type { Service } from '../../api/core.ts';
import { API_VERSION, FIELD_MANAGER, MANAGED_LABEL, VIRTUAL_IP_KIND } from '../../api/names.ts';
import type { VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import { isNotFound } from '../../kube/api-error.ts';
import { type Client, MERGE_PATCH } from '../../kube/client.ts';
import { slim } from '../../kube/keep.ts';
import { collectionPath, objectPath } from '../../kube/object.ts';
import { SERVICES, VIRTUAL_IPS } from '../cluster/resource.ts';
import type { Newest } from './newest.ts';

export interface WriterOptions {
  readonly client: Client;
  readonly virtualIPs: Newest<VirtualIP>;
  readonly services: Newest<Service>;
}

/**
 * Writes what an allocation says, each write on the strength of what it was judged by: the API server refuses it (409) when that is no more.
 * A VirtualIP is made, never applied, so that of two who give one address the second is refused.
 */
export class Writer {
  readonly #options: WriterOptions;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** @throws ApiError 409 when somebody else wrote meanwhile: allocate again */
  async ledger(change: LedgerChange): Promise<void> {
    const { virtualIPs } = this.#options;
    const before = virtualIPs.get(change.name);
    if (change.kind === 'create') virtualIPs.wrote(slim(await this.#create(change)));
    else if (before !== undefined && change.kind === 'update') virtualIPs.wrote(slim(await this.#update(change, before)));
    else if (before !== undefined) await this.#delete(before);
  }

  /** Status and annotations in one write. @throws ApiError 409 when the Service was changed meanwhile: allocate again */
  async service({ object, ingress, annotations }: ServiceChange): Promise<void> {
    const { client, services } = this.#options;
    const { resourceVersion, uid } = services.get(`${object.namespace}/${object.name}`)?.metadata ?? {};
    try {
      const written = await client.request<Service>({
        method: 'PATCH',
        path: objectPath(SERVICES, object, 'status'),
        query: { fieldManager: FIELD_MANAGER },
        body: { metadata: { resourceVersion, uid, annotations }, status: { loadBalancer: { ingress } } },
        contentType: MERGE_PATCH,
      });
      services.wrote(slim(written));
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  #create({ name, address, claims, keptFor }: LedgerChange): Promise<VirtualIP> {
    return this.#options.client.request<VirtualIP>({
      method: 'POST',
      path: collectionPath(VIRTUAL_IPS),
      query: { fieldManager: FIELD_MANAGER },
      body: {
        apiVersion: API_VERSION,
        kind: VIRTUAL_IP_KIND,
        metadata: { name, labels: { [MANAGED_LABEL.key]: MANAGED_LABEL.value } },
        spec: { address, claims, ...(keptFor && { keptFor }) },
      },
    });
  }

  #update({ name, claims, keptFor }: LedgerChange, { metadata: { resourceVersion, uid } }: VirtualIP): Promise<VirtualIP> {
    return this.#options.client.request<VirtualIP>({
      method: 'PATCH',
      path: objectPath(VIRTUAL_IPS, { name }),
      query: { fieldManager: FIELD_MANAGER },
      body: { metadata: { resourceVersion, uid }, spec: { claims: claims.length > 0 ? claims : null, keptFor: keptFor ?? null } },
      contentType: MERGE_PATCH,
    });
  }

  async #delete(object: VirtualIP): Promise<void> {
    const { name, uid, resourceVersion } = object.metadata;
    try {
      await this.#options.client.request({
        method: 'DELETE',
        path: objectPath(VIRTUAL_IPS, { name }),
        body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid, resourceVersion } },
      });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    this.#options.virtualIPs.removed(object);
  }
}
