/** What our code relies on of an API server, as tests that the fake and the real one both pass. */
import { beforeAll, describe, expect, it } from 'vitest';
import { isConflict, isNotFound } from '../../../src/kube/api-error.ts';
import { type Client, MERGE_PATCH, type Request } from '../../../src/kube/client.ts';
import { collectionPath, type KubeObject, objectPath, type Resource } from '../../../src/kube/object.ts';

const CONFIG_MAPS: Resource = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
type ConfigMap = KubeObject & { readonly data?: Readonly<Record<string, string>> };

/** @param open - gives a client, and a namespace that is empty but for what a cluster puts there */
export function describeApi(name: string, open: () => Promise<{ readonly client: Client; readonly namespace: string }>): void {
  describe(`the API of ${name}`, () => {
    let client: Client;
    let namespace: string;
    beforeAll(async () => {
      ({ client, namespace } = await open());
    });
    const path = (object: string): string => objectPath(CONFIG_MAPS, { namespace, name: object });
    const ask = (method: Request['method'], object: string, body?: unknown): Promise<ConfigMap> =>
      client.request<ConfigMap>({ method, path: path(object), body, ...(method === 'PATCH' && { contentType: MERGE_PATCH }) });
    const create = (object: string, data: Record<string, string> = {}): Promise<ConfigMap> =>
      client.request<ConfigMap>({
        method: 'POST',
        path: collectionPath(CONFIG_MAPS, namespace),
        body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: object, namespace }, data },
      });

    it('gives a new object a uid and a version, and refuses a second of its name', async () => {
      const { metadata } = await create('new');
      expect(metadata).toMatchObject({ name: 'new', uid: expect.any(String), resourceVersion: expect.stringMatching(/^\d+$/) });
      await expect(create('new')).rejects.toMatchObject({ kind: 'response', status: 409, reason: 'AlreadyExists' });
    });

    it('answers 404 for what is not there, whatever is asked', async () => {
      for (const method of ['GET', 'PATCH', 'DELETE'] as const)
        expect(await ask(method, 'missing', method === 'PATCH' ? { data: {} } : undefined).catch(isNotFound)).toBe(true);
    });

    it('refuses to replace what was changed since it was read', async () => {
      const read = await create('replaced', { a: '1' });
      const changed = await ask('PUT', 'replaced', { ...read, data: { a: '2' } });
      expect(await ask('PUT', 'replaced', { ...read, data: { a: '3' } }).catch(isConflict)).toBe(true);
      expect(await ask('GET', 'replaced')).toMatchObject({
        data: { a: '2' },
        metadata: { resourceVersion: changed.metadata.resourceVersion },
      });
    });

    it('leaves the version alone when a patch changes nothing', async () => {
      const before = await create('steady', { a: '1' });
      const after = await ask('PATCH', 'steady', { data: { a: '1' } });
      expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    });

    it('sets and, with null, removes by merge patch', async () => {
      await create('patched', { a: '1', b: '2' });
      expect(await ask('PATCH', 'patched', { data: { a: null, c: '3' } })).toMatchObject({ data: { b: '2', c: '3' } });
      expect((await ask('GET', 'patched')).data).toEqual({ b: '2', c: '3' });
    });

    it.each([
      ['version', 409, { resourceVersion: '1' }],
      ['uid', 422, { uid: '00000000-0000-0000-0000-000000000000' }],
    ])('refuses a merge patch that names another %s, with %i', async (field, status, metadata) => {
      await create(`bound-${field}`);
      await expect(ask('PATCH', `bound-${field}`, { metadata, data: { a: '1' } })).rejects.toMatchObject({ status });
    });

    it('deletes what the preconditions name and nothing else, and goes on with the next request', async () => {
      const { metadata } = await create('precious');
      const options = (preconditions: object) => ({ apiVersion: 'v1', kind: 'DeleteOptions', preconditions });
      for (const stale of [{ uid: '00000000-0000-0000-0000-000000000000' }, { uid: metadata.uid, resourceVersion: '1' }])
        expect(await ask('DELETE', 'precious', options(stale)).catch(isConflict)).toBe(true);
      await ask('DELETE', 'precious', options({ uid: metadata.uid, resourceVersion: metadata.resourceVersion }));
      expect(await ask('GET', 'precious').catch(isNotFound)).toBe(true);
    });

    it('lists with a version from which a watch goes on, in order', async () => {
      await create('listed');
      const list = await client.request<{ metadata: { resourceVersion: string }; items: ConfigMap[] }>({
        method: 'GET',
        path: collectionPath(CONFIG_MAPS, namespace),
      });
      expect(list.items.map(({ metadata }) => metadata.name)).toContain('listed');
      const stop = new AbortController();
      const query = { watch: true, resourceVersion: list.metadata.resourceVersion };
      const seen: string[] = [];
      const stream = client.stream({
        path: collectionPath(CONFIG_MAPS, namespace),
        query,
        quietMs: 10_000,
        signal: stop.signal,
        onOpen: () => seen.push('opened'),
      });
      const changes = (async () => {
        await create('watched', { a: '1' });
        await ask('PATCH', 'watched', { data: { a: '2' } });
        await ask('DELETE', 'watched');
      })();
      for await (const event of stream as AsyncIterable<{ type: string; object: ConfigMap }>) {
        if (seen.push(`${event.type} ${event.object.metadata.name} ${event.object.data?.a}`) === 4) break;
      }
      stop.abort();
      await changes;
      expect(seen).toEqual(['opened', 'ADDED watched 1', 'MODIFIED watched 2', 'DELETED watched 2']);
    });
  });
}
