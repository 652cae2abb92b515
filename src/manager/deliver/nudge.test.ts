import { beforeEach, expect, it } from 'vitest';
import { FakeApi, refusal } from '../../../test/fakes/api.ts';
import type { Pod } from '../../api/core.ts';
import { REVISION_ANNOTATION } from '../../api/names.ts';
import { collectionPath } from '../../kube/object.ts';
import { PODS } from '../cluster/resource.ts';
import { nudge } from './nudge.ts';

let api: FakeApi;
const pods: Pod[] = [];
const aPod = async (name: string, fields: Partial<Pod> = {}, annotations: Record<string, string> = {}): Promise<Pod> => {
  const body = { metadata: { namespace: 'web', name, annotations }, spec: { nodeName: 'node1' }, ...fields };
  const pod = await api.request<Pod>({ method: 'POST', path: collectionPath(PODS, 'web'), body });
  pods.push(pod);
  return pod;
};
const patched = (): string[] => api.requests.flatMap(({ method, path }) => (method === 'PATCH' ? (path.split('/').at(-1) ?? '') : []));
beforeEach(() => {
  api = new FakeApi();
  pods.length = 0;
});

it('sets the revision on those that lack it, and on no others', async () => {
  await aPod('old', {}, { [REVISION_ANNOTATION]: 'r1' });
  await aPod('new', {}, { [REVISION_ANNOTATION]: 'r2' });
  await aPod('bare');
  await aPod('unscheduled', { spec: {} });
  await aPod('over', { status: { phase: 'Failed' } });
  expect(await nudge(api, pods, 'r2')).toBe(2);
  expect(patched()).toEqual(['old', 'bare']);
});

it('leaves the pods of the Go operator alone', async () => {
  await aPod('theirs', { spec: { nodeName: 'node1', containers: [{ name: 'keepalived' }, { name: 'config-reloader' }] } });
  await aPod('ours', { spec: { nodeName: 'node2', containers: [{ name: 'keepalived' }, { name: 'agent' }] } });
  expect(await nudge(api, pods, 'r2')).toBe(1);
  expect(patched()).toEqual(['ours']);
});

it('does not mind a pod that is gone', async () => {
  const gone = await aPod('gone');
  await api.request({ method: 'DELETE', path: `${collectionPath(PODS, 'web')}/gone` });
  expect(await nudge(api, [gone], 'r2')).toBe(1);
});

it('tells all others when one cannot be told, then fails', async () => {
  for (const name of ['a', 'b', 'c']) await aPod(name);
  api.fault = (request) => {
    if (request.path.endsWith('/b')) throw refusal(500, 'InternalError', request);
  };
  await expect(nudge(api, pods, 'r2')).rejects.toThrow('1 of 3 pods could not be told of revision r2');
  expect(patched()).toEqual(['a', 'b', 'c']);
});
