import { beforeEach, describe, expect, it } from 'vitest';
import { FakeApi, refusal } from '../../test/fakes/api.ts';
import { FakeClock, settled } from '../../test/fakes/clock.ts';
import { silentLog } from '../telemetry/log.ts';
import type { Client, Request } from './client.ts';
import { EventRecorder, type Happening } from './events.ts';
import type { KubeObject } from './object.ts';

const group: KubeObject = {
  apiVersion: 'redhatcop.redhat.io/v1alpha1',
  kind: 'KeepalivedGroup',
  metadata: { namespace: 'web', name: 'vips', uid: 'uid-of-vips' },
};
const refused: Happening = { type: 'Warning', reason: 'AddressConflict', action: 'Reconcile', note: 'another Service has it' };

describe('an Event', () => {
  let api: FakeApi;
  let clock: FakeClock;
  let recorder: EventRecorder;
  const bodies = (method: string): Readonly<Record<string, unknown>>[] =>
    api.requests.filter((request) => request.method === method).map(({ body }) => body as Record<string, unknown>);

  beforeEach(() => {
    api = new FakeApi();
    clock = new FakeClock();
    recorder = new EventRecorder({ client: api, controller: 'keepalived-controller', instance: 'pod-1', clock, log: silentLog });
  });

  it('has the fields that events.k8s.io/v1 requires, in the namespace of its object', async () => {
    recorder.record(group, refused);
    await recorder.flush();
    expect(bodies('POST')).toEqual([
      {
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: { namespace: 'web', name: expect.stringMatching(/^vips\.[0-9a-f]+\.1$/) },
        eventTime: '2026-01-01T00:00:00.000000Z',
        ...refused,
        regarding: { ...{ apiVersion: group.apiVersion, kind: group.kind }, namespace: 'web', name: 'vips', uid: 'uid-of-vips' },
        reportingController: 'keepalived-controller',
        reportingInstance: 'pod-1',
      },
    ]);
  });

  it('of the same words about the same object counts instead of being written anew', async () => {
    for (let times = 0; times < 3; times += 1) {
      recorder.record(group, refused);
      await clock.pass(60_000);
    }
    await recorder.flush();
    expect(bodies('POST')).toHaveLength(1);
    expect(bodies('PATCH')).toEqual([
      { series: { count: 2, lastObservedTime: '2026-01-01T00:01:00.000000Z' } },
      { series: { count: 3, lastObservedTime: '2026-01-01T00:02:00.000000Z' } },
    ]);
  });

  it('is written anew when the same comes back after its series ended', async () => {
    recorder.record(group, refused);
    await clock.pass(6 * 60_000);
    recorder.record(group, refused);
    await recorder.flush();
    expect(bodies('POST')).toHaveLength(2);
  });

  it('of one object does not count for another of the same words, also where both uids are unknown', async () => {
    for (const name of ['a', 'b']) recorder.record({ apiVersion: 'v1', kind: 'Service', metadata: { namespace: 'web', name } }, refused);
    await recorder.flush();
    expect(bodies('POST').map(({ regarding }) => (regarding as { name: string }).name)).toEqual(['a', 'b']);
  });

  it('is left out when one object has too many; other objects have theirs', async () => {
    for (let count = 0; count < 100; count += 1) recorder.record(group, { ...refused, note: `note ${count}` });
    recorder.record({ ...group, metadata: { ...group.metadata, name: 'other', uid: 'other' } }, refused);
    await recorder.flush();
    expect(bodies('POST')).toHaveLength(26);
    await clock.pass(10 * 60_000);
    for (let count = 0; count < 100; count += 1) recorder.record(group, { ...refused, note: `later ${count}` });
    await recorder.flush();
    expect(bodies('POST')).toHaveLength(28);
  });

  it('leaves its room to what is worse, when many wait and it is a hint', async () => {
    const of = (name: string): KubeObject => ({ ...group, metadata: { ...group.metadata, name, uid: name } });
    for (let count = 0; count < 1500; count += 1) recorder.record(of(`hinted-${count}`), { ...refused, isHint: true });
    for (let count = 0; count < 500; count += 1) recorder.record(of(`refused-${count}`), refused);
    await recorder.flush();
    const names = bodies('POST').map(({ regarding }) => (regarding as { name: string }).name.replace(/-\d+$/, ''));
    expect([names.filter((name) => name === 'hinted').length, names.filter((name) => name === 'refused').length]).toEqual([1000, 500]);
  });

  it('does not wait until the hints before it are written', async () => {
    const of = (name: string): KubeObject => ({ ...group, metadata: { ...group.metadata, name, uid: name } });
    for (let count = 0; count < 100; count += 1) recorder.record(of(`hinted-${count}`), { ...refused, isHint: true });
    recorder.record(of('refused'), refused);
    await recorder.flush();
    const names = bodies('POST').map(({ regarding }) => (regarding as { name: string }).name);
    expect(names).toHaveLength(101);
    expect(names.indexOf('refused')).toBeLessThan(3);
  });

  it('is cut to what the API takes', async () => {
    recorder.record({ ...group, metadata: { ...group.metadata, name: 'n'.repeat(253) } }, { ...refused, note: 'x'.repeat(5000) });
    await recorder.flush();
    const [body] = bodies('POST') as { note: string; metadata: { name: string } }[];
    expect(body?.note).toHaveLength(1024);
    expect(body?.metadata.name.length).toBeLessThanOrEqual(253);
  });

  it('that cannot be written holds nothing up, and the next is written', async () => {
    api.fault = (request) => {
      throw refusal(403, 'Forbidden', request);
    };
    recorder.record(group, refused);
    await recorder.flush();
    api.fault = () => {};
    recorder.record(group, { ...refused, note: 'another' });
    await recorder.flush();
    expect(bodies('POST').map(({ note }) => note)).toEqual(['another Service has it', 'another']);
  });

  it('whose series was deleted or never written is written anew', async () => {
    api.fault = (request) => {
      throw refusal(500, 'InternalError', request);
    };
    recorder.record(group, refused);
    await recorder.flush();
    api.fault = () => {};
    recorder.record(group, refused);
    recorder.record(group, refused);
    await recorder.flush();
    expect(api.requests.map(({ method }) => method)).toEqual(['POST', 'PATCH', 'PATCH']);
    recorder.record(group, refused);
    await recorder.flush();
    expect(bodies('POST')).toHaveLength(2);
  });

  it('is dropped when thousands wait already, as while the API server is away', async () => {
    for (let count = 0; count < 3000; count += 1)
      recorder.record({ ...group, metadata: { ...group.metadata, name: `vips${count}`, uid: `uid${count}` } }, refused);
    await recorder.flush();
    expect(bodies('POST')).toHaveLength(2000);
  });

  it('in one namespace waits for none in another', async () => {
    const held = Promise.withResolvers<void>();
    const namespaces: (string | undefined)[] = [];
    const client: Client = {
      request: async <T>({ path }: Request): Promise<T> => {
        if (path.includes('/slow/')) await held.promise;
        namespaces.push(path.split('/')[5]);
        return undefined as T;
      },
      stream: () => api.stream({ path: '', quietMs: 0, signal: AbortSignal.abort() }),
    };
    recorder = new EventRecorder({ client, controller: 'keepalived-controller', instance: 'pod-1', clock, log: silentLog });
    recorder.record({ ...group, metadata: { namespace: 'slow', name: 'vips', uid: 'a' } }, refused);
    recorder.record({ ...group, metadata: { namespace: 'quick', name: 'vips', uid: 'b' } }, refused);
    await settled();
    expect(namespaces).toEqual(['quick']);
    held.resolve();
    await recorder.flush();
    expect(namespaces).toEqual(['quick', 'slow']);
  });
});
