import { beforeEach, describe, expect, it } from 'vitest';
import { aGroup, aNode, aService } from '../../../test/builders/object.ts';
import { FakeApi } from '../../../test/fakes/api.ts';
import { FakeClock } from '../../../test/fakes/clock.ts';
import { silentLog } from '../../telemetry/log.ts';
import { ClusterView } from '../cluster/cluster-view.ts';
import { followChanges } from './change.ts';

describe('a change in the cluster', () => {
  let view: ClusterView;
  let touched: Set<string>;
  beforeEach(() => {
    view = new ClusterView({ client: new FakeApi(), clock: new FakeClock(), log: silentLog });
    for (const name of ['vips', 'other']) view.groups.set(aGroup({ name }));
    view.nodes.set(aNode('node1'));
    touched = new Set();
    followChanges(
      view,
      () => false,
      (key) => touched.add(key),
    );
  });
  const touchedBy = (change: () => void): string[] => {
    touched.clear();
    change();
    return [...touched].sort();
  };

  it('of a Service concerns the group that it names, and the one that it named before', () => {
    expect(touchedBy(() => view.services.set(aService('a', ['192.0.2.1'])))).toEqual(['web/vips']);
    expect(touchedBy(() => view.services.set(aService('a', ['192.0.2.1'], { annotations: { group: 'web/other' } })))).toEqual([
      ...['web/other', 'web/vips'],
    ]);
    expect(touchedBy(() => view.services.delete('web/a'))).toEqual(['web/other']);
  });

  it('of a Service concerns the groups of those that ask for the same address', () => {
    view.services.set(aService('a', ['192.0.2.1']));
    expect(touchedBy(() => view.services.set(aService('b', ['192.0.2.1'], { annotations: { group: 'web/other' } })))).toEqual([
      ...['web/other', 'web/vips'],
    ]);
  });

  it('of a Service that names no group, or none that exists, concerns nobody', () => {
    expect(touchedBy(() => view.services.set(aService('a', ['192.0.2.1'], { annotations: { group: 'nonsense' } })))).toEqual([]);
    expect(touchedBy(() => view.services.set(aService('b', ['192.0.2.1'], { annotations: { group: 'no/such' } })))).toEqual([]);
  });

  it('of a node concerns every group, unless it is only a heartbeat', () => {
    expect(touchedBy(() => view.nodes.set(aNode('node1', { labels: { a: 'b' } })))).toEqual(['web/other', 'web/vips']);
    const same = aNode('node1', { labels: { a: 'b' } });
    expect(touchedBy(() => view.nodes.set({ ...same, metadata: { ...same.metadata, resourceVersion: '99' } }))).toEqual([]);
  });

  it.each([
    { nodeSelector: { rack: 'a' } },
    { vrrp: { advertIntervalMilliseconds: 100 } },
    { verbatimConfig: { vrrp_garp_master_repeat: '10' } },
  ])('of what a group sends, and where, concerns all groups: %j', (spec) => {
    expect(touchedBy(() => view.groups.set(aGroup({ spec })))).toEqual(['web/other', 'web/vips']);
  });

  it('of the router ids of a group concerns all groups, other changes only itself', () => {
    expect(touchedBy(() => view.groups.set(aGroup({ spec: { interface: 'eth1' } })))).toEqual(['web/vips']);
    expect(touchedBy(() => view.groups.set(aGroup({ status: { routerIDs: { 'web/a': 1 } } })))).toEqual(['web/other', 'web/vips']);
    expect(touchedBy(() => view.groups.delete('web/vips'))).toEqual(['web/other', 'web/vips']);
  });

  it('of an object of its name concerns the group', () => {
    expect(touchedBy(() => view.configMaps.set({ metadata: { namespace: 'web', name: 'vips' } }))).toEqual(['web/vips']);
    expect(touchedBy(() => view.daemonSets.set({ metadata: { namespace: 'web', name: 'nobodys' } }))).toEqual([]);
  });
});
