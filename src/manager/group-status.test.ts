import { beforeEach, describe, expect, it } from 'vitest';
import { FakeApi, refusal } from '../../test/fakes/api.ts';
import { FakeClock } from '../../test/fakes/clock.ts';
import type { KeepalivedGroup, KeepalivedGroupStatus } from '../api/group/keepalived-group.ts';
import { isConflict } from '../kube/api-error.ts';
import { MERGE_PATCH } from '../kube/client.ts';
import { collectionPath, objectPath } from '../kube/object.ts';
import { GROUPS } from './cluster/resource.ts';
import { type Foretold, GroupStatus } from './group-status.ts';

/** What is saved first, otherwise empty. */
const foretold = (some: Partial<Foretold>): Foretold => ({
  ...{ routerIds: {}, homes: {}, defaultsGeneration: 1, holders: {}, sharedAddresses: {}, passwordRound: 0 },
  ...some,
});
const ID = { namespace: 'web', name: 'vips' };

describe('the status of a group', () => {
  let api: FakeApi;
  let clock: FakeClock;
  let status: GroupStatus;
  /** As the view has it: not yet what was written since. */
  let group: KeepalivedGroup;
  const stored = (): Promise<KeepalivedGroup> => api.request<KeepalivedGroup>({ method: 'GET', path: objectPath(GROUPS, ID) });
  const patches = (): number => api.writes.filter(({ method }) => method === 'PATCH').length;

  beforeEach(async () => {
    api = new FakeApi();
    clock = new FakeClock();
    status = new GroupStatus(api, clock);
    group = await api.request({ method: 'POST', path: collectionPath(GROUPS, 'web'), body: { metadata: ID, spec: { interface: 'eth0' } } });
  });

  it('has the router ids before anyone is told of them', async () => {
    await status.saveFirst(group, foretold({ routerIds: { 'web/a': 1 } }));
    expect((await stored()).status?.routerIDs).toEqual({ 'web/a': 1 });
    expect(status.newest(group).status?.routerIDs).toEqual({ 'web/a': 1 });
  });

  it('has the round of the password before any node is told of it, and keeps it', async () => {
    await status.saveFirst(group, foretold({ passwordRound: 1 }));
    expect((await stored()).status).toEqual({ routerIDs: {}, homes: {}, defaultsGeneration: 1, holders: {}, passwordRound: 1 });
    await status.saveFirst(group, foretold({ passwordRound: 1 }));
    expect(patches()).toBe(1);
  });

  it('gives other groups the ids as taken from the moment they are decided, also while saving them fails', async () => {
    api.fault = (request) => {
      throw refusal(503, 'ServiceUnavailable', request);
    };
    const saving = status.saveFirst(group, foretold({ routerIds: { 'web/a': 1 } }));
    expect(status.newest(group).status?.routerIDs).toEqual({ 'web/a': 1 });
    await expect(saving).rejects.toMatchObject({ status: 503 });
    expect(status.newest(group).status?.routerIDs).toEqual({ 'web/a': 1 });
  });

  it('is not written on the strength of a status that is no more', async () => {
    const path = objectPath(GROUPS, ID, 'status');
    await api.request({ method: 'PATCH', path, body: { status: { routerIDs: { 'web/b': 1 } } }, contentType: MERGE_PATCH });
    expect(await status.saveFirst(group, foretold({ routerIds: { 'web/a': 1 } })).catch(isConflict)).toBe(true);
    expect((await stored()).status?.routerIDs).toEqual({ 'web/b': 1 });
  });

  it('is written only where it differs, at most once a second', async () => {
    const observed = (current: number): KeepalivedGroupStatus => ({ nodes: { desired: 3, current } });
    expect(await status.save(group, observed(1))).toEqual({ kind: 'written' });
    expect(await status.save(group, observed(1))).toEqual({ kind: 'unchanged' });
    await clock.pass(400);
    expect(await status.save(group, observed(2))).toEqual({ kind: 'too-soon', afterMs: 600 });
    await clock.pass(600);
    expect(await status.save(group, observed(2))).toEqual({ kind: 'written' });
    expect(patches()).toBe(2);
    expect((await stored()).status).toEqual(observed(2));
  });

  it('lets router ids not wait for that second', async () => {
    await status.save(group, { nodes: { desired: 3, current: 1 } });
    await status.saveFirst(group, foretold({ routerIds: { 'web/a': 1 } }));
    expect(await stored()).toMatchObject({ status: { routerIDs: { 'web/a': 1 }, nodes: { current: 1 } } });
  });

  it('drops what is no longer in it', async () => {
    await status.save(group, { revision: 'r', owners: 'node1: 1' });
    await clock.pass(1000);
    await status.save(group, { revision: 'r' });
    expect((await stored()).status).toEqual({ revision: 'r' });
  });

  it('of a new group of the same name is not that of the old one', async () => {
    await status.saveFirst(group, foretold({ routerIds: { 'web/a': 1 } }));
    const fresh = { ...group, metadata: { ...group.metadata, uid: 'another', resourceVersion: '1' } };
    expect(status.newest(fresh).status?.routerIDs).toBeUndefined();
  });
});
