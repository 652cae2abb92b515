import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Applier } from '../../src/kube/apply/apply.ts';
import { type Client, JSON_PATCH, type Request } from '../../src/kube/client.ts';
import type { KubeObject, OwnerReference } from '../../src/kube/object.ts';
import { type Any, aNamespace, type Cluster, CONFIG_MAPS, create, createGroup, find, get, patch, remove, startCluster } from './cluster.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.stop());

describe('an apply', () => {
  let namespace: string;
  let owner: OwnerReference;
  let requests: Request[];
  let applier: Applier;
  /** Done right before a request is sent that it is meant for. */
  let meanwhile: (request: Request) => Promise<unknown> = async () => undefined;
  let count = 0;

  beforeEach(async () => {
    count += 1;
    namespace = await aNamespace(cluster, `applied-${count}`);
    const { apiVersion = '', kind = '', metadata } = await createGroup(cluster, namespace, 'vips');
    owner = { apiVersion, kind, name: 'vips', uid: metadata.uid ?? '', controller: true };
    requests = [];
    meanwhile = async () => undefined;
    const client: Client = {
      async request<T>(request: Request): Promise<T> {
        await meanwhile(request);
        requests.push(request);
        return cluster.client.request<T>(request);
      },
      stream: (request) => cluster.client.stream(request),
    };
    applier = new Applier({ client, fieldManager: 'keepalived-operator', legacyManager: 'manager' });
  });

  const id = (): { namespace: string; name: string } => ({ namespace, name: 'vips' });
  const desired = (data: Record<string, string>): KubeObject & { data: object } => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: id(),
    data,
  });
  const stored = (): Promise<Any | undefined> => find<Any>(cluster, CONFIG_MAPS, id());
  const apply = async (data: Record<string, string>, current?: KubeObject) =>
    (await applier.apply({ resource: CONFIG_MAPS, desired: desired(data), owner, current: current ?? (await stored()) })).kind;
  const once = (isMeant: (request: Request) => boolean, act: () => Promise<unknown>): void => {
    let isDone = false;
    meanwhile = async (request) => {
      if (isDone || !isMeant(request)) return;
      isDone = true;
      await act();
    };
  };

  it('creates, changes, and sends nothing where there is nothing to change', async () => {
    expect(await apply({ a: '1' })).toBe('created');
    expect(await apply({ a: '2' })).toBe('updated');
    requests.length = 0;
    expect(await apply({ a: '2' })).toBe('unchanged');
    await patch(cluster, CONFIG_MAPS, id(), { metadata: { labels: { theirs: 'yes' } } });
    expect(await apply({ a: '2' })).toBe('same');
    expect(requests.map(({ method }) => method)).toEqual(['PATCH']);
    expect(await apply({ a: '2' })).toBe('unchanged');
    expect(await stored()).toMatchObject({ metadata: { labels: { theirs: 'yes' } } });
  });

  it('removes what it no longer wants, and nothing of others', async () => {
    await apply({ a: '1', b: '2' });
    await patch(cluster, CONFIG_MAPS, id(), { data: { theirs: 'yes' } });
    await apply({ a: '1' });
    expect((await stored())?.data).toEqual({ a: '1', theirs: 'yes' });
  });

  it('repairs what was changed or deleted', async () => {
    await apply({ a: '1' });
    await patch(cluster, CONFIG_MAPS, id(), { data: { a: 'theirs' } });
    expect(await apply({ a: '1' })).toBe('repaired');
    await remove(cluster, CONFIG_MAPS, id());
    expect(await apply({ a: '1' })).toBe('repaired');
    expect((await stored())?.data).toEqual({ a: '1' });
  });

  it('leaves what nobody or another controls', async () => {
    await create(cluster, CONFIG_MAPS, { metadata: id(), data: { mine: 'yes' } });
    expect(await apply({ a: '1' })).toBe('foreign');
    const ownerReferences = [{ ...owner, uid: '00000000-0000-0000-0000-000000000000' }];
    await patch(cluster, CONFIG_MAPS, id(), { metadata: { ownerReferences } });
    expect(await apply({ a: '1' })).toBe('foreign');
    expect((await stored())?.data).toEqual({ mine: 'yes' });
  });

  it('does not overwrite an object that took the place of the one that it judged', async () => {
    await apply({ a: '1' });
    const judged = await stored();
    once(
      ({ method }) => method === 'PATCH',
      async () => {
        await remove(cluster, CONFIG_MAPS, id());
        await create(cluster, CONFIG_MAPS, { metadata: id(), data: { mine: 'yes' } });
      },
    );
    await expect(apply({ a: '2' }, judged)).rejects.toMatchObject({ status: 422 });
    expect((await get<Any>(cluster, CONFIG_MAPS, id())).data).toEqual({ mine: 'yes' });
  });

  it('takes over what the Go operator wrote, also when it is changed in the middle of that', async () => {
    const body = { metadata: { ...id(), ownerReferences: [owner] }, data: { a: '1', old: 'yes' } };
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    await cluster.client.request({ method: 'POST', path, query: { fieldManager: 'manager' }, body });
    once(
      ({ contentType }) => contentType === JSON_PATCH,
      () => patch(cluster, CONFIG_MAPS, id(), { metadata: { labels: { theirs: 'yes' } } }),
    );
    expect(await apply({ a: '1' })).toBe('updated');
    expect(requests.filter(({ contentType }) => contentType === JSON_PATCH)).toHaveLength(2);
    expect(await stored()).toMatchObject({ data: { a: '1' }, metadata: { labels: { theirs: 'yes' } } });
    expect((await stored())?.data).toEqual({ a: '1' });
  });
});
