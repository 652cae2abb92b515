import { beforeEach, describe, expect, it } from 'vitest';
import { REFUSED_PRIORITY_ANNOTATION } from '../../api/names.ts';
import type { KubeObject } from '../../kube/object.ts';
import { Store } from '../../kube/store.ts';
import { silentLog } from '../../telemetry/log.ts';
import { PriorityRefusals } from './priority-refusals.ts';

const KEY = 'web/vips';
const SCOPE = 'pods "vips-x" is forbidden: insufficient quota to match these scopes: [{PriorityClass In [system-node-critical]}]';

describe('the priority class of pods that are refused', () => {
  let daemonSets: Store<KubeObject>;
  let priority: PriorityRefusals;
  let touched: string[];
  const put = (priorityClassName?: string, refused?: string): void =>
    daemonSets.set({
      metadata: { namespace: 'web', name: 'vips', ...(refused && { annotations: { [REFUSED_PRIORITY_ANNOTATION]: refused } }) },
      spec: { template: { spec: { ...(priorityClassName && { priorityClassName }) } } },
    } as KubeObject);
  beforeEach(() => {
    daemonSets = new Store();
    priority = new PriorityRefusals({ view: { daemonSets }, log: silentLog });
    touched = [];
    priority.onRefusal((key) => touched.push(key));
    put('high');
  });

  it.each<[string, readonly string[], boolean]>([
    ['a quota that is for other classes', [SCOPE], true],
    ['a quota that may be for this class', ['exceeded quota: critical, requested: pods=1, used: pods=0, limited: pods=0'], true],
    ['a class that is not there', ['no PriorityClass with name high was found'], true],
    ['a policy that names it', ['admission webhook "x" denied the request: spec.priorityClassName is not allowed'], true],
    ['what has nothing to do with it', ['violates PodSecurity "baseline:latest": host namespaces'], false],
    ['what had to do with it before', [SCOPE, 'violates PodSecurity "baseline:latest": host namespaces'], false],
    ['nothing', [], false],
  ])('by %s', (_, messages, isOfClass) => {
    priority.heard(KEY, messages);
    expect([priority.of(KEY), touched]).toEqual(isOfClass ? ['high', [KEY]] : [undefined, []]);
  });

  it('is given up once, and saved on the DaemonSet', () => {
    priority.heard(KEY, [SCOPE]);
    priority.heard(KEY, [SCOPE]);
    put(undefined, 'high');
    priority.heard(KEY, [SCOPE]);
    expect([priority.of(KEY), touched]).toEqual(['high', [KEY]]);
    expect(new PriorityRefusals({ view: { daemonSets }, log: silentLog }).of(KEY)).toBe('high');
  });

  it('is tried again once somebody takes that off', () => {
    priority.heard(KEY, [SCOPE]);
    put(undefined, 'high');
    put();
    expect(priority.of(KEY)).toBeUndefined();
  });

  it('is not to blame where the pods have none', () => {
    put();
    priority.heard(KEY, [SCOPE]);
    expect(priority.of(KEY)).toBeUndefined();
  });
});
