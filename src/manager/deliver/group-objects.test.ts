import { describe, expect, it } from 'vitest';
import { aGroup, anInput, aService } from '../../../test/builders/object.ts';
import { FakeApi } from '../../../test/fakes/api.ts';
import { FakeClock } from '../../../test/fakes/clock.ts';
import { ApiError } from '../../kube/api-error.ts';
import type { Applied, ApplyRequest } from '../../kube/apply/apply.ts';
import { plan } from '../../plan/plan.ts';
import { silentLog } from '../../telemetry/log.ts';
import { ClusterView } from '../cluster/cluster-view.ts';
import { GroupObjects, type GroupObjectsOptions } from './group-objects.ts';
import { renderedGroup } from './rendered-group.ts';

describe('the objects of a group', () => {
  const settings = { agentImage: 'operator:1' };
  const rendered = renderedGroup(plan(anInput({ services: [aService('a', ['192.0.2.1'])] })), {
    ...{ custom: { kind: 'none' }, services: [], pods: [], settings, supportsPodMonitor: true },
  });
  /** What is applied where each of these kinds is refused, and the error. */
  const outcome = async (status: number, ...kinds: readonly string[]) => {
    const tried: string[] = [];
    const applier = {
      apply: async ({ resource, desired }: ApplyRequest): Promise<Applied> => {
        tried.push(resource.kind);
        if (kinds.includes(resource.kind)) throw new ApiError({ kind: 'response', status, message: `no ${resource.kind}` });
        return { kind: 'created', object: desired };
      },
      forget: () => {},
    } as unknown as GroupObjectsOptions['applier'];
    const objects = new GroupObjects({
      view: new ClusterView({ client: new FakeApi(), clock: new FakeClock(), log: silentLog }),
      monitoring: { exists: true, storeOf: () => undefined } as unknown as GroupObjectsOptions['monitoring'],
      applier,
      record: () => {},
      prometheus: { namespace: 'monitoring', name: 'prometheus' },
      log: silentLog,
    });
    const error = await objects.writeOthers(aGroup(), rendered).then(
      () => undefined,
      (thrown: Error) => thrown.message,
    );
    return { tried: tried.sort(), error };
  };
  const all = ['DaemonSet', 'PodMonitor', 'Role', 'RoleBinding'];

  it.each([
    [['DaemonSet'], 'no DaemonSet'],
    [['PodMonitor'], 'no PodMonitor'],
    [['Role'], 'no Role'],
    [['RoleBinding'], 'no RoleBinding'],
    [['PodMonitor', 'DaemonSet', 'RoleBinding'], 'no DaemonSet; no PodMonitor; no RoleBinding'],
  ])('are written each for itself where these are refused: %j', async (kinds, error) => {
    expect(await outcome(403, ...kinds)).toEqual({ tried: all, error });
  });
  it('of a kind that is no more are left out without a word', async () => {
    expect(await outcome(404, 'PodMonitor')).toEqual({ tried: all, error: undefined });
  });
});
