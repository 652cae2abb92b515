/** A group whose pods are those of the Go operator, which run, is taken over; the client asks all the time. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../../lab/lab.ts';
import {
  groupCalled,
  labUnderTest,
  lossText,
  lossWhile,
  NAMESPACE,
  page,
  reportsOf,
  serviceOf,
  settled,
  soleHolder,
  whyNoLab,
} from './lab-under-test.ts';

const GROUP = 'legacy';
const ADDRESS = '192.0.2.206';
const ROUTER_ID = 7;
const LABELS = { keepalivedGroup: GROUP };
const MANAGER = ['--namespace=keepalived-operator', 'deployment/keepalived-operator-controller-manager'];
/** Milliseconds; as long as backups wait for the adverts of a master that fell silent. Those who end in order say so. */
const LONGEST_GAP = 3600;
let lab: Lab;

describe.skipIf(whyNoLab !== undefined)(`a takeover from the Go operator${whyNoLab === undefined ? '' : ` (skipped: ${whyNoLab})`}`, () => {
  let replicas: string;
  let uid: string;
  beforeAll(async () => {
    lab = await labUnderTest();
    await settled(lab);
    replicas = await lab.kubectl(['get', ...MANAGER, '-o', 'jsonpath={.spec.replicas}']);
    await lab.kubectl(['scale', ...MANAGER, '--replicas=0']);
    await lab.waitFor(
      'no manager is left',
      async () => (await lab.kubectl(['get', 'pods', '--namespace=keepalived-operator', '-o', 'name'])) === '' || undefined,
      60_000,
    );
    uid = await leaveObjects(await lab.kubectl(['get', ...MANAGER, '-o', 'jsonpath={.spec.template.spec.containers[0].image}']));
  });
  afterAll(async () => {
    await lab.kubectl(['scale', ...MANAGER, `--replicas=${replicas}`]);
    await lab.kubectl(['delete', 'service,keepalivedgroup', '-n', NAMESPACE, GROUP, '--ignore-not-found']);
    await settled(lab);
  });

  it('keeps ids and objects, replaces one pod at a time, and costs the client no more than short gaps', async () => {
    await lab.kubectl(['rollout', 'status', '-n', NAMESPACE, `daemonset/${GROUP}`, '--timeout=60s']);
    await lab.waitFor('the old pods have been ready for a while', pastMinReadySeconds, 30_000);
    expect(await page(lab, ADDRESS)).toContain('keepalived');
    const first = await soleHolder(lab, ADDRESS);
    const out = new MostOut();
    const loss = await lossWhile(lab, ADDRESS, async () => {
      await lab.kubectl(['scale', ...MANAGER, `--replicas=${replicas}`]);
      await lab.waitFor('every pod is ours', () => out.look(), 180_000);
      await settled(lab, 90_000, GROUP);
    });
    const last = await soleHolder(lab, ADDRESS);
    console.log(`taken over, from ${first} to ${last}: ${lossText(loss)}; ${out.most} of ${lab.nodes.length} pods out at the most`);

    const group = await groupCalled(lab, GROUP);
    expect(group.status.routerIDs).toEqual({ [`${NAMESPACE}/${GROUP}`]: ROUTER_ID });
    const instances = (await reportsOf(lab, group)).flatMap((report) => report?.instances ?? []);
    expect(instances.map(({ virtualRouterId }) => virtualRouterId)).toEqual(lab.nodes.map(() => ROUTER_ID));
    const { metadata, spec } = await daemonSet();
    expect(metadata.uid).toBe(uid);
    expect(spec.selector).toEqual({ matchLabels: LABELS });
    expect(out.most).toBe(1);
    expect(loss.longestMs).toBeLessThan(LONGEST_GAP);
  });
});

// --- internal ---

interface DaemonSet {
  readonly metadata: { readonly uid: string; readonly generation: number };
  readonly spec: {
    readonly selector: object;
    readonly template: { readonly spec: { readonly containers: readonly { readonly name: string }[] } };
  };
  readonly status: {
    readonly observedGeneration: number;
    readonly desiredNumberScheduled: number;
    readonly updatedNumberScheduled?: number;
    readonly numberAvailable?: number;
  };
}

const daemonSet = async (): Promise<DaemonSet> => JSON.parse(await lab.kubectl(['get', 'daemonset', '-n', NAMESPACE, GROUP, '-o', 'json']));

/** How many pods did not serve at the same time while the roll-out ran, as seen at every look. */
class MostOut {
  most = 0;

  /** True once the roll-out of our template is over. */
  async look(): Promise<true | undefined> {
    const { metadata, spec, status } = await daemonSet();
    const isOurs = spec.template.spec.containers.some(({ name }) => name === 'agent');
    if (!isOurs || status.observedGeneration !== metadata.generation) return undefined;
    const { desiredNumberScheduled: all, updatedNumberScheduled: updated = 0 } = status;
    this.most = Math.max(this.most, all - (await servingPods()));
    return (updated === all && status.numberAvailable === all) || undefined;
  }
}

async function pods(): Promise<readonly Pod[]> {
  return JSON.parse(await lab.kubectl(['get', 'pods', '-n', NAMESPACE, '-l', `keepalivedGroup=${GROUP}`, '-o', 'json'])).items;
}

const servingPods = async (): Promise<number> =>
  (await pods()).filter((pod) => pod.metadata.deletionTimestamp === undefined && readySince(pod) !== undefined).length;

/** Our `minReadySeconds` of 5 counts for pods that are there, too: what is younger counts as out, and is replaced without waiting. */
const pastMinReadySeconds = async (): Promise<true | undefined> =>
  (await pods()).every((pod) => Date.now() - (readySince(pod) ?? Date.now()) > 7000) || undefined;

interface Pod {
  readonly metadata: { readonly deletionTimestamp?: string };
  readonly status: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly lastTransitionTime: string }[];
  };
}

/** Milliseconds since 1970; undefined while the pod is not ready. */
function readySince({ status: { conditions = [] } }: Pod): number | undefined {
  const ready = conditions.find(({ type, status }) => type === 'Ready' && status === 'True');
  return ready && Date.parse(ready.lastTransitionTime);
}

/** What the Go operator leaves of a group: written by PUT under the name of its binary. Gives the uid of the DaemonSet. */
async function leaveObjects(image: string): Promise<string> {
  await lab.apply({
    ...{ apiVersion: 'redhatcop.redhat.io/v1alpha1', kind: 'KeepalivedGroup' },
    metadata: { name: GROUP, namespace: NAMESPACE },
    spec: { interface: 'eth0' },
  });
  await lab.apply(serviceOf(GROUP, GROUP, [ADDRESS]));
  const status = { routerIDs: { [`${NAMESPACE}/${GROUP}`]: ROUTER_ID } };
  const patch = ['--subresource=status', '--type=merge', '--field-manager=manager', '--patch', JSON.stringify({ status })];
  await lab.kubectl(['patch', 'keepalivedgroup', '-n', NAMESPACE, GROUP, ...patch]);
  const { metadata } = await groupCalled(lab, GROUP);
  for (const object of [configMap(metadata.uid), oldDaemonSet(metadata.uid, image)])
    await lab.kubectl(['create', '--field-manager=manager', '--filename=-'], { input: JSON.stringify(object) });
  return (await daemonSet()).metadata.uid;
}

const metadataOf = (uid: string): object => ({
  ...{ namespace: NAMESPACE, name: GROUP },
  ownerReferences: [
    { apiVersion: 'redhatcop.redhat.io/v1alpha1', kind: 'KeepalivedGroup', name: GROUP, uid, controller: true, blockOwnerDeletion: true },
  ],
});

/** All nodes are equal: state and priority are keepalived's own defaults, BACKUP and 100. */
const configMap = (uid: string): object => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...metadataOf(uid), labels: LABELS } },
  data: {
    'keepalived.conf': `global_defs {
  router_id ${GROUP}
}
vrrp_instance ${NAMESPACE}/${GROUP} {
  interface eth0
  virtual_router_id ${ROUTER_ID}
  virtual_ipaddress {
    ${ADDRESS}
  }
}
`,
  },
});

/** Its keepalived, and what gives that the file of the ConfigMap, again whenever it has changed; the exporter beside them changes nothing. */
const oldDaemonSet = (uid: string, image: string): object => ({
  ...{ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: metadataOf(uid) },
  spec: {
    selector: { matchLabels: LABELS },
    template: {
      metadata: { labels: LABELS },
      spec: {
        ...{ hostNetwork: true, shareProcessNamespace: true, automountServiceAccountToken: false, enableServiceLinks: false },
        tolerations: [{ operator: 'Exists' }],
        initContainers: [{ ...{ name: 'config-setup', image, command: ['sh', '-c', COPY] }, ...asRoot, volumeMounts: mounts }],
        containers: [
          { ...{ name: 'config-reloader', image, command: ['sh', '-c', FOLLOW] }, ...asRoot, volumeMounts: mounts },
          {
            ...{ name: 'keepalived', image, command: ['/usr/sbin/keepalived'] },
            args: [
              ...['--log-console', '--log-detail', '--dont-fork', '--config-id=$(POD_NAME)'],
              ...['--use-file=/etc/keepalived.d/keepalived.conf', '--pid=/etc/keepalived.pid/keepalived.pid'],
            ],
            env: [{ name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
            securityContext: { privileged: true, runAsUser: 0 },
            volumeMounts: mounts,
          },
        ],
        volumes: [
          { name: 'config', configMap: { name: GROUP } },
          { name: 'config-dst', emptyDir: {} },
          { name: 'pid', emptyDir: { medium: 'Memory' } },
        ],
      },
    },
  },
});

const asRoot = { securityContext: { runAsUser: 0 } };
const mounts = [
  { name: 'config', mountPath: '/tmp/config', readOnly: true },
  { name: 'config-dst', mountPath: '/etc/keepalived.d' },
  { name: 'pid', mountPath: '/etc/keepalived.pid' },
];

const COPY = 'cp /tmp/config/keepalived.conf /etc/keepalived.d/keepalived.conf';
/** Looks every five seconds, tests nothing, and has keepalived read whatever there is. */
const FOLLOW = `while sleep 5; do
  cmp -s /tmp/config/keepalived.conf /etc/keepalived.d/keepalived.conf && continue
  ${COPY} && kill -HUP "$(cat /etc/keepalived.pid/keepalived.pid)"
done`;
