import { describe, expect, it } from 'vitest';
import { aGroup } from '../../../test/builders/object.ts';
import { FakeApi } from '../../../test/fakes/api.ts';
import { FakeClock } from '../../../test/fakes/clock.ts';
import { silentLog } from '../../telemetry/log.ts';
import { ClusterView } from '../cluster/cluster-view.ts';
import { gather } from './gather.ts';

describe('what a plan is made from', () => {
  it.each([
    ['nothing of the group', [], false],
    ['its ConfigMap', ['configMaps'], true],
    ['its DaemonSet', ['daemonSets'], true],
  ] as const)('says whether objects of the group are there: %s', (_, stores, expected) => {
    const view = new ClusterView({ client: new FakeApi(), clock: new FakeClock(), log: silentLog });
    for (const store of stores) view[store].set({ metadata: { namespace: 'web', name: 'vips' } });
    view.daemonSets.set({ metadata: { namespace: 'web', name: 'others' } });
    const options = {
      view,
      newest: <T>(group: T) => group,
      unfit: {},
      formerGroups: [],
      refusedPriorityClass: undefined,
      reports: [],
      settings: { agentImage: 'operator:1' },
    };
    expect(gather(options, aGroup()).hasObjects).toBe(expected);
  });
});
