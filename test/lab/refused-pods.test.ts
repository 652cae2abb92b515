/** Pods of a group that a namespace refuses: what Kubernetes says of it is told, and once it is mended as `plan` says to, the address is served. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../../lab/lab.ts';
import { SERVICE_ANNOTATIONS } from '../../src/api/names.ts';
import { labUnderTest, plugin, settled, whyNoLab } from './lab-under-test.ts';

const ENFORCE = 'pod-security.kubernetes.io/enforce';
const LIMITS = { limits: { cpu: '100m', memory: '128Mi' }, requests: { cpu: '10m', memory: '32Mi' } };

interface Case {
  readonly namespace: string;
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly more: readonly object[];
  /** In the words of Kubernetes. */
  readonly told: RegExp;
  /** What `kubectl keepalived plan` says to do (src/cli/plan/pod-refusals.test.ts). */
  readonly mend: () => Promise<unknown>;
}

let lab: Lab;
const CASES: readonly Case[] = [
  {
    namespace: 'baseline',
    address: '192.0.2.160',
    labels: { [ENFORCE]: 'baseline' },
    more: [],
    told: /node1 has no pod: .*violates PodSecurity "baseline:latest".*hostNetwork=true/,
    mend: () => lab.kubectl(['label', '--overwrite', 'namespace', 'baseline', `${ENFORCE}=privileged`]),
  },
  {
    namespace: 'quota',
    address: '192.0.2.161',
    labels: {},
    more: [
      {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'compute', namespace: 'quota' },
        spec: { hard: { 'requests.cpu': '2', 'requests.memory': '2Gi', 'limits.cpu': '4', 'limits.memory': '4Gi' } },
      },
    ],
    told: /node1 has no pod: .*failed quota: compute: must specify limits\.cpu/,
    mend: () => {
      const patch = JSON.stringify({ spec: { resources: { keepalived: LIMITS, agent: LIMITS } } });
      return lab.kubectl(['patch', 'keepalivedgroup', '-n', 'quota', 'lan', '--type=merge', '--patch', patch]);
    },
  },
];

const objectsOf = ({ namespace, address, labels, more }: Case): readonly object[] => [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } },
  ...more,
  {
    apiVersion: 'redhatcop.redhat.io/v1alpha1',
    kind: 'KeepalivedGroup',
    metadata: { name: 'lan', namespace },
    spec: { interface: 'eth0' },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'one', namespace, annotations: { [SERVICE_ANNOTATIONS.group]: `${namespace}/lan` } },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }], externalIPs: [address] },
  },
];

const conditionOf = async (namespace: string, type: string): Promise<string> => {
  const path = `jsonpath={range .status.conditions[?(@.type=="${type}")]}{.status} {.message}{end}`;
  return await lab.kubectl(['get', 'keepalivedgroup', '-n', namespace, 'lan', '-o', path]);
};
const becomes = (namespace: string, type: string, expected: RegExp): Promise<true> =>
  lab.waitFor(
    `${type} of ${namespace}/lan is ${expected}`,
    async () => {
      const found = await conditionOf(namespace, type);
      if (!expected.test(found)) throw new Error(found);
      return true as const;
    },
    60_000,
  );

describe.skipIf(whyNoLab !== undefined)(`pods that are refused${whyNoLab === undefined ? '' : ` (skipped: ${whyNoLab})`}`, () => {
  beforeAll(async () => {
    lab = await labUnderTest();
    await settled(lab);
    for (const object of CASES.flatMap(objectsOf)) await lab.apply(object);
  });
  afterAll(async () => {
    await lab.kubectl(['delete', 'namespace', ...CASES.map(({ namespace }) => namespace), '--ignore-not-found', '--timeout=90s']);
    await settled(lab);
  });

  // Together, since most of it is waiting for the DaemonSet controller to try again.
  it.concurrent.each(CASES)(
    'by $namespace: the group says why, in words of Kubernetes, and once that is mended the address is served',
    async ({ namespace, address, told, mend }) => {
      await becomes(namespace, 'UpToDate', new RegExp(`^False .*${told.source}`));
      expect(await plugin(lab, ['status', '-n', namespace])).toMatch(told);
      await mend();
      await becomes(namespace, 'UpToDate', /^True 3 of 3 nodes/);
      await becomes(namespace, 'Ready', /^True /);
      await lab.waitFor(`a host holds ${address}`, async () => (await lab.holders(address)).length === 1 || undefined, 30_000);
    },
  );
});
