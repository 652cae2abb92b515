import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aNode, aPod } from '../../../test/builders/object.ts';
import { FakeApi, refusal } from '../../../test/fakes/api.ts';
import { FakeClock, settled } from '../../../test/fakes/clock.ts';
import type { Node, Pod } from '../../api/core.ts';
import type { KubeObject } from '../../kube/object.ts';
import { Store } from '../../kube/store.ts';
import { silentLog } from '../../telemetry/log.ts';
import { EmptiedNodes } from './emptied-nodes.ts';

const PODS = '/api/v1/namespaces/shop/pods';

describe('cordoned nodes', () => {
  let [api, clock, stop] = [new FakeApi(), new FakeClock(), new AbortController()];
  let [nodes, pods] = [new Store<Node>(), new Store<Pod>()];
  let told: string[][] = [];
  let emptied: EmptiedNodes;
  let ended: Promise<void>;

  const cordon = (name: string, unschedulable = true): void => nodes.set(aNode(name, { unschedulable }));
  const create = async (name: string, metadata: object = {}, phase = 'Running', nodeName = 'node1'): Promise<void> => {
    const body = { metadata: { name, namespace: 'shop', ...metadata }, spec: { nodeName }, status: { phase } };
    await api.request({ method: 'POST', path: PODS, body });
    await settled();
  };
  const remove = async (name: string): Promise<void> => {
    await api.request({ method: 'DELETE', path: `${PODS}/${name}` });
    await settled();
  };
  const asked = () => api.requests.filter(({ method }) => method === 'GET').map(({ query }) => query?.fieldSelector);

  beforeEach(() => {
    [api, clock, stop] = [new FakeApi(), new FakeClock(), new AbortController()];
    [nodes, pods, told] = [new Store<Node>(), new Store<Pod>(), []];
    const onChange = (): void => void told.push([...emptied.names]);
    emptied = new EmptiedNodes({ client: api, clock, log: silentLog, view: { nodes, pods }, onChange });
    ended = emptied.run(stop.signal);
    for (const name of ['node1', 'node2']) pods.set(aPod(name));
  });
  afterEach(async () => {
    stop.abort();
    await ended;
  });

  it('are emptied when the last pod that a drain takes away is gone, and no longer when they are uncordoned', async () => {
    await create('a');
    await create('b');
    cordon('node1');
    await settled();
    await remove('a');
    expect(emptied.names).toEqual([]);
    await remove('b');
    expect(emptied.names).toEqual(['node1']);
    cordon('node1', false);
    expect(told).toEqual([['node1'], []]);
  });

  it('alone are asked, for their own pods, and only where a group runs', async () => {
    for (const name of ['node2', 'node3']) cordon(name, name === 'node3');
    await settled();
    expect(asked()).toEqual([]);
    cordon('node1');
    await settled();
    expect(asked()).toEqual(['spec.nodeName=node1,status.phase!=Succeeded,status.phase!=Failed']);
  });

  const owner = (kind: string) => ({ ownerReferences: [{ apiVersion: 'apps/v1', kind, name: 'x', uid: 'x', controller: true }] });
  it.each<[string, object, string, boolean]>([
    ['nothing but a pod of a DaemonSet', owner('DaemonSet'), 'Running', true],
    ['a pod of a ReplicaSet', owner('ReplicaSet'), 'Running', false],
    ['a pod without an owner', {}, 'Pending', false],
    ['a static pod', { annotations: { 'kubernetes.io/config.mirror': 'x' }, ...owner('Node') }, 'Running', true],
    ['a pod that has finished', {}, 'Succeeded', true],
    ['a pod that has failed', {}, 'Failed', true],
    ['a pod that is ending', { deletionTimestamp: '2026-01-01T00:00:00Z' }, 'Running', true],
  ])('with %s', async (_, metadata, phase, isEmptied) => {
    await create('one', metadata, phase);
    await create('elsewhere', {}, 'Running', 'node2');
    cordon('node1');
    await settled();
    expect(emptied.names).toEqual(isEmptied ? ['node1'] : []);
  });

  it('stay emptied whatever comes later, and are asked nothing more', async () => {
    cordon('node1');
    await settled();
    const count = api.requests.length;
    await create('late');
    expect(emptied.names).toEqual(['node1']);
    expect(api.requests.slice(count).filter(({ method }) => method === 'GET')).toEqual([]);
  });

  it('are known before anything is decided, unless that takes too long', async () => {
    api.fault = (request) => {
      throw refusal(500, 'InternalError', request);
    };
    cordon('node1');
    let isSynced = false;
    void emptied.synced().then(() => {
      isSynced = true;
    });
    await clock.pass(4900);
    expect(isSynced).toBe(false);
    await clock.pass(200);
    expect({ isSynced, names: emptied.names }).toEqual({ isSynced: true, names: [] });
  });

  it('are asked a few at a time, and the next when one is emptied', async () => {
    const many = Array.from({ length: 70 }, (_, index) => `many${index}`);
    const body = (name: string): KubeObject => ({ metadata: { name, namespace: 'shop' } });
    for (const name of many) {
      pods.set({ ...aPod(name), metadata: { name: `vips-${name}`, namespace: 'web' } });
      await api.request({ method: 'POST', path: PODS, body: { ...body(name), spec: { nodeName: name } } });
    }
    for (const name of many) cordon(name);
    await settled();
    expect(new Set(asked()).size).toBe(64);
    await remove('many0');
    expect([emptied.names, new Set(asked()).size]).toEqual([['many0'], 65]);
  });
});
