/** The pods of a group are what a node needs, and run without that where a quota forbids it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../../lab/lab.ts';
import { REFUSED_PRIORITY_ANNOTATION, SERVICE_ANNOTATIONS } from '../../src/api/names.ts';
import { labUnderTest, NAMESPACE, podOn, settled, whyNoLab } from './lab-under-test.ts';

const FORBIDDEN = 'forbidden';
const CLASS = 'system-node-critical';
let lab: Lab;

/** Applies an object of the namespace. */
const apply = (apiVersion: string, kind: string, metadata: object, spec: object): Promise<unknown> =>
  lab.apply({ apiVersion, kind, metadata: { namespace: FORBIDDEN, ...metadata }, spec });

const oomScoreIn = async (namespace: string, pod: string): Promise<number> =>
  Number(await lab.kubectl(['exec', '-n', namespace, pod, '-c', 'keepalived', '--', 'cat', '/proc/self/oom_score_adj']));

interface Daemons {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly template: { readonly spec: { readonly priorityClassName?: string } } };
  readonly status: { readonly numberReady: number; readonly updatedNumberScheduled?: number };
}

describe.skipIf(whyNoLab !== undefined)(`the priority of a group's pods${whyNoLab === undefined ? '' : ` (skipped: ${whyNoLab})`}`, () => {
  beforeAll(async () => {
    lab = await labUnderTest();
    await settled(lab);
  });
  afterAll(async () => {
    await lab.kubectl(['delete', 'namespace', FORBIDDEN, '--ignore-not-found', '--timeout=90s']);
    await settled(lab);
  });

  it('makes keepalived one of the last programs that the kernel ends on a node short of memory', async () => {
    for (const node of lab.nodes) {
      const { metadata } = await podOn(lab, node);
      // -997 on other machines; the containerd of a lab gives no score below its own.
      expect(await oomScoreIn(NAMESPACE, metadata.name)).toBeLessThanOrEqual(0);
    }
  });

  it('is given up where a quota forbids it, and the pods run', async () => {
    await lab.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: FORBIDDEN } });
    const scopeSelector = { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: [CLASS] }] };
    await apply('v1', 'ResourceQuota', { name: 'critical' }, { hard: { pods: '0' }, scopeSelector });
    await lab.waitFor(
      'the quota is in force',
      async () =>
        (await lab.kubectl(['get', 'resourcequota', '-n', FORBIDDEN, 'critical', '-o', 'jsonpath={.status.hard.pods}'])) || undefined,
      60_000,
    );
    await apply('redhatcop.redhat.io/v1alpha1', 'KeepalivedGroup', { name: 'lan' }, { interface: 'eth0' });
    const annotations = { [SERVICE_ANNOTATIONS.group]: `${FORBIDDEN}/lan` };
    const spec = { selector: { app: 'one' }, ports: [{ port: 80 }], externalIPs: ['192.0.2.161'] };
    await apply('v1', 'Service', { name: 'one', annotations }, spec);
    const daemons = await lab.waitFor(
      'every node has a pod',
      async () => {
        const found = JSON.parse(await lab.kubectl(['get', 'daemonset', '-n', FORBIDDEN, 'lan', '-o', 'json'])) as Daemons;
        return found.status.numberReady === lab.nodes.length ? found : undefined;
      },
      120_000,
    );
    expect(daemons.metadata.annotations).toMatchObject({ [REFUSED_PRIORITY_ANNOTATION]: CLASS });
    expect(daemons.spec.template.spec.priorityClassName).toBeUndefined();
    const pod = await lab.kubectl(['get', 'pods', '-n', FORBIDDEN, '-o', 'jsonpath={.items[0].metadata.name}']);
    expect(await oomScoreIn(FORBIDDEN, pod)).toBeGreaterThan(900);
    await lab.waitFor('a host holds the address', async () => ((await lab.holders('192.0.2.161')).length === 1 ? true : undefined), 60_000);
  });
});
