import { beforeEach, describe, expect, it } from 'vitest';
import { aGroup, aNode, aService, manyServices } from '../../../test/builders/object.ts';
import { FakeApi, refusal } from '../../../test/fakes/api.ts';
import { FakeClock } from '../../../test/fakes/clock.ts';
import type { Pod } from '../../api/core.ts';
import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import { HELD_ANNOTATION } from '../../api/names.ts';
import type { VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import { Budget } from '../../kube/budget.ts';
import { collectionPath, objectPath } from '../../kube/object.ts';
import { plan } from '../../plan/plan.ts';
import { silentLog } from '../../telemetry/log.ts';
import { ClusterView } from '../cluster/cluster-view.ts';
import { PODS } from '../cluster/resource.ts';
import { FormerGroups } from './former-groups.ts';
import { gather } from './gather.ts';
import { heldIn, heldText, LONGEST } from './held.ts';

const OLD = aGroup({
  name: 'old',
  spec: { segment: 'rack1' },
  status: { routerIDs: { 'web/x': 1 }, homes: { 'web/x': ['n1'] }, holders: { '192.0.2.1': 'web/x' } },
});
const KEY = 'web/old';

/** VirtualIPs that are not known yet. */
class Ledger {
  isReady = false;
  readonly #listeners: (() => void)[] = [];
  #records: readonly VirtualIP[] = [];

  list = (): readonly VirtualIP[] => this.#records;
  onReady = (listener: () => void): void => void this.#listeners.push(listener);

  become(...records: readonly VirtualIP[]): void {
    this.#records = records;
    this.isReady = true;
    for (const listener of this.#listeners) listener();
  }
}

describe('a group that was deleted', () => {
  let api: FakeApi;
  let view: ClusterView;
  let former: FormerGroups;
  let records: Ledger;
  let clock: FakeClock;
  const started = (over: ClusterView, ledger = records): FormerGroups =>
    new FormerGroups({ client: api, view: over, newest: (group) => group, ledger, budget: new Budget(100, clock), clock, log: silentLog });
  const empty = (): ClusterView => new ClusterView({ client: api, clock: new FakeClock(), log: silentLog });
  const aPodOf = async (name: string, spec: Pod['spec'] = { nodeName: 'n1', hostNetwork: true }, text?: string): Promise<void> => {
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'old', uid: 'u', controller: true }];
    const metadata = { namespace: 'web', name, ownerReferences, ...(text && { annotations: { [HELD_ANNOTATION]: text } }) };
    view.pods.set(await api.request<Pod>({ method: 'POST', path: collectionPath(PODS, 'web'), body: { metadata, spec } }));
  };
  beforeEach(() => {
    api = new FakeApi();
    clock = new FakeClock();
    records = new Ledger();
    view = empty();
    former = started(view);
    view.groups.set(aGroup({ spec: { segment: 'rack1' } }));
    view.groups.set(OLD);
    view.nodes.set(aNode('n1'));
    view.services.set(aService('next', ['192.0.2.1']));
    view.services.set(aService('other', ['192.0.2.2']));
  });
  /** What the group that is left makes of it. */
  const outcome = (by = former, over = view): string[] => {
    const group = over.groups.get('web/vips') as KeepalivedGroup;
    const input = gather(
      {
        view: over,
        newest: (one) => one,
        formerGroups: by.list(),
        refusedPriorityClass: undefined,
        unfit: {},
        reports: [],
        settings: { agentImage: 'a' },
      },
      group,
    );
    const { routerIds, problems } = plan(input);
    return [
      ...Object.entries(routerIds).map(([name, id]) => `${name} ${id}`),
      ...problems.map(({ object, reason }) => `${object.name} ${reason}`),
    ];
  };
  const TAKEN = ['web/other 2', 'next AddressLingers'];

  it('keeps its ids and addresses from others for as long as a pod of it is left', async () => {
    let ended = 0;
    former.onEnd(() => (ended += 1));
    await aPodOf('p1');
    await aPodOf('p2');
    view.groups.delete(KEY);
    expect(outcome()).toEqual(TAKEN);
    view.pods.delete('web/p1');
    expect([outcome(), ended]).toEqual([TAKEN, 0]);
    view.pods.delete('web/p2');
    expect([outcome(), ended]).toEqual([['web/next 1', 'web/other 2'], 1]);
  });

  it('keeps nothing when its pods were gone before', () => {
    view.groups.delete(KEY);
    expect(outcome()).toEqual(['web/next 1', 'web/other 2']);
  });

  it('is found by a successor on the pods that it left', async () => {
    await aPodOf('p1');
    view.groups.delete(KEY);
    expect(former.keys()).toEqual([KEY]);
    expect(await former.save(KEY)).toEqual({ kind: 'done' });
    const later = empty();
    const successor = started(later);
    for (const group of view.groups.list()) later.groups.set(group);
    for (const service of view.services.list()) later.services.set(service);
    later.pods.set(await api.request<Pod>({ method: 'GET', path: objectPath(PODS, { namespace: 'web', name: 'p1' }) }));
    expect(outcome(successor, later)).toEqual(TAKEN);
    expect(successor.list()).toMatchObject([
      { metadata: { namespace: 'web', name: 'old' }, spec: OLD.spec && { segment: 'rack1' }, status: OLD.status },
    ]);
    const writes = api.writes.length;
    await successor.save(KEY);
    expect(api.writes.length).toBe(writes);
  });

  it('is saved on every pod that can be written, and tried again for the others; one that is gone needs nothing', async () => {
    for (const name of ['p1', 'p2', 'gone']) await aPodOf(name);
    await api.request({ method: 'DELETE', path: objectPath(PODS, { namespace: 'web', name: 'gone' }) });
    view.groups.delete(KEY);
    api.fault = (request) => {
      if (request.path.endsWith('/p1')) throw refusal(403, 'Forbidden', request);
    };
    expect(await former.save(KEY)).toMatchObject({ kind: 'failed' });
    api.fault = () => {};
    expect(await former.save(KEY)).toEqual({ kind: 'done' });
    const saved = await api.request<{ items: Pod[] }>({ method: 'GET', path: collectionPath(PODS, 'web') });
    expect(saved.items.map(({ metadata }) => metadata.annotations?.[HELD_ANNOTATION])).toEqual([heldText(OLD), heldText(OLD)]);
  });

  it('keeps the generation of its defaults, which nodes must not differ in', async () => {
    view.groups.set({ ...OLD, status: { ...OLD.status, defaultsGeneration: 3 } });
    await aPodOf('p1');
    view.groups.delete(KEY);
    await former.save(KEY);
    const pod = await api.request<Pod>({ method: 'GET', path: objectPath(PODS, { namespace: 'web', name: 'p1' }) });
    expect(heldIn(pod.metadata.annotations?.[HELD_ANNOTATION])?.defaultsGeneration).toBe(3);
    expect(former.succeeded(aGroup({ name: 'old' })).status?.defaultsGeneration).toBe(3);
  });

  it('goes on as it was when it is made anew', async () => {
    await aPodOf('p1');
    view.groups.delete(KEY);
    const anew = { ...aGroup({ name: 'old' }), metadata: { ...aGroup({ name: 'old' }).metadata, uid: 'another' } };
    view.groups.set(anew);
    expect(former.list()).toEqual([]);
    expect(former.succeeded(anew).status).toEqual({ ...OLD.status, defaultsGeneration: 1 });
    const own = { ...anew, status: { routerIDs: {} } };
    expect(former.succeeded(own)).toBe(own);
  });

  describe('while nobody looked', () => {
    const RECORD: VirtualIP = {
      metadata: { name: '192.0.2.1' },
      spec: { address: '192.0.2.1', claims: [{ namespace: 'web', service: 'x', source: 'ExternalIP' }] },
      status: { group: KEY, virtualRouter: 'web/x', virtualRouterID: 1 },
    };
    beforeEach(async () => {
      view.groups.delete(KEY);
      await aPodOf('p1');
    });

    it('keeps what the ledger says that it had, and is saved for a successor', async () => {
      const found: string[] = [];
      former.onFound((key) => found.push(key));
      expect([former.isOpen, outcome()]).toEqual([true, ['web/next 1', 'web/other 2']]);
      records.become(RECORD, { ...RECORD, metadata: { name: 'other' }, status: { group: 'web/vips' } });
      expect([former.isOpen, outcome(), found]).toEqual([false, TAKEN, [KEY]]);
      await former.save(KEY);
      const pod = await api.request<Pod>({ method: 'GET', path: objectPath(PODS, { namespace: 'web', name: 'p1' }) });
      expect(heldIn(pod.metadata.annotations?.[HELD_ANNOTATION])).toMatchObject({
        routerIDs: { 'web/x': 1 },
        holders: { '192.0.2.1': 'web/x' },
      });
      view.pods.delete('web/p1');
      expect(outcome()).toEqual(['web/next 1', 'web/other 2']);
    });

    it('is not waited for where there is no ledger, nor where every pod is of a group or none of ours', async () => {
      expect(former.isOpen).toBe(true);
      await clock.pass(5000);
      expect(former.isOpen).toBe(false);
      const later = started(view);
      view.groups.set(OLD);
      expect(later.isOpen).toBe(false);
      view.groups.delete(KEY);
      view.pods.delete('web/p1');
      await aPodOf('tenant', { nodeName: 'n1' });
      expect(started(view).isOpen).toBe(false);
    });
  });

  it('is believed of pods on the network of the host only, which no tenant can make', async () => {
    const everything = heldText(aGroup({ name: 'old', status: { holders: { '192.0.2.1': 'web/x' } } }));
    view.groups.delete(KEY);
    await aPodOf('forged', { nodeName: 'n1' }, everything);
    expect(outcome()).toEqual(['web/next 1', 'web/other 2']);
    await aPodOf('ours', { nodeName: 'n1', hostNetwork: true }, everything);
    expect(outcome()).toEqual(['web/other 1', 'next AddressLingers']);
  });
});

describe('the text of what a group had', () => {
  it.each([undefined, '', 'null', '[]', '{}', '{"routerIDs":{"a":"1"},"holders":{}}', '{"routerIDs":[],"holders":{}}'])(
    '%j says nothing',
    (text) => {
      expect(heldIn(text)).toBeUndefined();
    },
  );

  it('has every address of a group that is full, if not who had it', () => {
    const names = manyServices(4096).map((_, index) => [
      `2001:db8:1:2:3:4:${(index + 4096).toString(16)}:1`,
      `a-long-namespace/a-long-name-${index}`,
    ]);
    const status = { routerIDs: { 'web/a': 1 }, homes: { 'web/a': ['n1'] }, holders: Object.fromEntries(names) };
    const text = heldText(aGroup({ status }));
    expect(text.length).toBeLessThanOrEqual(LONGEST);
    const held = heldIn(text);
    expect([held?.routerIDs, held?.homes, Object.keys(held?.holders ?? {}).length]).toEqual([{ 'web/a': 1 }, undefined, 4096]);
  });

  it('is never longer than an annotation may be, and has what goes in of more addresses than that', () => {
    const holders = Object.fromEntries(Array.from({ length: 15_000 }, (_, at) => [`10.0.${at >> 8}.${at & 255}`, `web/s${at}`]));
    const text = heldText(aGroup({ status: { routerIDs: { 'web/a': 1 }, holders } }));
    expect(text.length).toBeLessThanOrEqual(LONGEST);
    expect(Object.keys(heldIn(text)?.holders ?? {}).length).toBeGreaterThan(10_000);
  });
});
