import { beforeEach, describe, expect, it } from 'vitest';
import { aGroup, aNode, aService } from '../../../test/builders/object.ts';
import { FakeApi } from '../../../test/fakes/api.ts';
import { FakeClock } from '../../../test/fakes/clock.ts';
import { ApiError } from '../../kube/api-error.ts';
import { silentLog } from '../../telemetry/log.ts';
import { ClusterView } from '../cluster/cluster-view.ts';
import { type Decision, Decisions } from '../decisions.ts';
import { DeliverController } from './deliver.ts';
import { NodeNews } from './node-news.ts';

const KEY = 'web/vips';

describe('a group that is delivered', () => {
  let view: ClusterView;
  let decisions: Decisions;
  let steps: string[];
  /** The step that fails, and how. */
  let fault: { readonly step: string; readonly error: Error } | undefined;
  let controller: DeliverController;
  let clock: FakeClock;
  /** Milliseconds that a plan takes. */
  let planning: number;
  const step = async (name: string): Promise<void> => {
    steps.push(name);
    await Promise.resolve();
    if (fault?.step === name) throw fault.error;
  };
  beforeEach(() => {
    clock = new FakeClock();
    planning = 0;
    view = new ClusterView({ client: new FakeApi(), clock, log: silentLog });
    view.groups.set(aGroup());
    view.nodes.set(aNode('node1'));
    view.services.set(aService('a', ['192.0.2.1']));
    decisions = new Decisions();
    steps = [];
    fault = undefined;
    decisions.onChange(() => void steps.push('decision'));
    const nothing = (): void => {};
    const idle = async (): Promise<void> => {};
    controller = new DeliverController({
      view,
      status: { newest: (group) => group, saveFirst: () => step('ids'), forget: nothing },
      objects: {
        writeConfig: () => step('ConfigMap').then(() => []),
        writeOthers: () => step('other objects').then(() => []),
        forget: nothing,
      },
      nudger: { want: () => void steps.push('pods'), forget: nothing, run: idle, drained: idle },
      news: new NodeNews({ view, reportsOf: () => [], clock }),
      priority: { of: () => undefined, onRefusal: nothing },
      former: {
        list: () => [],
        keys: () => [],
        save: async () => ({ kind: 'done' }),
        succeeded: (group) => group,
        onEnd: nothing,
        onFound: nothing,
        isOpen: false,
      },
      decisions,
      onReports: nothing,
      isOurs: () => false,
      unfit: () => ({}),
      settings: () => {
        clock.spend(planning);
        return { agentImage: 'operator:1' };
      },
      rendering: () => ({ custom: { kind: 'none' }, supportsPodMonitor: false }),
      writesPerSecond: 100,
      clock,
      log: silentLog,
    });
  });
  const decided = (): Decision | undefined => decisions.get(KEY);

  it('has its ids saved, then its configuration written, then its pods told, and only then anyone else', async () => {
    expect(await controller.reconcile(KEY)).toMatchObject({ kind: 'done' });
    expect(steps).toEqual(['ids', 'ConfigMap', 'pods', 'other objects', 'decision']);
    expect(decided()?.carried).toEqual(new Map([['web/a', ['192.0.2.1']]]));
  });

  it.each<[string, readonly string[], boolean]>([
    ['ids', ['ids', 'decision'], false],
    ['ConfigMap', ['ids', 'ConfigMap', 'decision'], false],
    ['other objects', ['ids', 'ConfigMap', 'pods', 'other objects', 'decision'], true],
  ])('goes no further than what is refused: %s; and everyone hears of it', async (refused, expected, isCarried) => {
    fault = { step: refused, error: new ApiError({ kind: 'response', status: 403, message: 'no' }) };
    expect(await controller.reconcile(KEY)).toMatchObject({ kind: 'failed' });
    expect(steps).toEqual(expected);
    expect(decided()).toMatchObject({ error: 'no' });
    expect(decided()?.carried.has('web/a')).toBe(isCarried);
  });

  it('says of Services what the last configuration has while a newer one is refused', async () => {
    await controller.reconcile(KEY);
    view.services.set(aService('b', ['192.0.2.2']));
    fault = { step: 'ConfigMap', error: new ApiError({ kind: 'response', status: 403, message: 'no' }) };
    await controller.reconcile(KEY);
    expect([...(decided()?.carried.keys() ?? [])]).toEqual(['web/a']);
    expect(decided()?.plan.routers).toHaveLength(2);
  });

  it('is planned again in silence when it changed meanwhile', async () => {
    fault = { step: 'ids', error: new ApiError({ kind: 'response', status: 409, message: 'changed' }) };
    expect(await controller.reconcile(KEY)).toMatchObject({ kind: 'failed' });
    expect(decided()).toBeUndefined();
  });

  it('rests after a change, the longer the more pods there are to tell', async () => {
    for (let index = 0; index < 40; index += 1) {
      const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'vips', uid: 'u', controller: true }];
      view.pods.set({ metadata: { namespace: 'web', name: `p${index}`, ownerReferences }, spec: { nodeName: `n${index}` } });
    }
    expect(await controller.reconcile(KEY)).toEqual({ kind: 'done', restMs: 200 });
    expect(await controller.reconcile(KEY)).toEqual({ kind: 'done', restMs: 0 });
  });

  it('rests for as long as its plan took, changed or not', async () => {
    planning = 300;
    expect(await controller.reconcile(KEY)).toEqual({ kind: 'done', restMs: 300 });
    expect(await controller.reconcile(KEY)).toEqual({ kind: 'done', restMs: 300 });
  });
});
