/** How long kubelet takes by itself to bring a changed ConfigMap to a pod. */
import type { HostName } from '../lab/hosts/address.ts';
import type { Lab } from '../lab/lab.ts';
import { NAMESPACE } from '../test/lab/lab-under-test.ts';
import type { Effort, Sample } from './measurement.ts';

/** A ConfigMap of its own in a pod on each node: from the change until the file in all of them is new. */
export async function* deliveredByKubelet(lab: Lab, { repeats, say }: Effort): AsyncGenerator<Sample> {
  const metadata = { namespace: NAMESPACE, name: 'by-kubelet' };
  const put = (round: number): Promise<void> =>
    lab.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { round: String(round) } });
  await put(0);
  await lab.apply(readers(metadata));
  await lab.kubectl(['rollout', 'status', '-n', NAMESPACE, `daemonset/${metadata.name}`, '--timeout=120s']);
  const rounds = Math.min(repeats, MOST_ROUNDS);
  for (let round = 1; round <= rounds; round++) {
    say(`kubelet's own delivery, ${round} of ${rounds}`);
    await put(round);
    const began = performance.now();
    const isOn = async (node: HostName): Promise<boolean> => {
      const file = `/var/lib/kubelet/pods/*/volumes/kubernetes.io~configmap/${metadata.name}/round`;
      const { stdout } = await lab.exec(node, ['sh', '-c', `cat ${file}`], { allowFailure: true });
      return stdout === String(round);
    };
    const isThere = async (): Promise<true | undefined> => (await Promise.all(lab.nodes.map(isOn))).every(Boolean) || undefined;
    await lab.waitFor("kubelet's delivery", isThere, 300_000);
    yield { of: "kubelet's own delivery to every node", unit: 's', value: (performance.now() - began) / 1000 };
  }
}

// --- internal ---

/** One takes more than a minute. */
const MOST_ROUNDS = 5;

const readers = (metadata: { readonly namespace: string; readonly name: string }): object => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata,
  spec: {
    selector: { matchLabels: { app: metadata.name } },
    template: {
      metadata: { labels: { app: metadata.name } },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'reader',
            image: 'docker.io/library/busybox:stable',
            imagePullPolicy: 'IfNotPresent',
            command: ['sleep', '1000000'],
            volumeMounts: [{ name: metadata.name, mountPath: '/data' }],
          },
        ],
        volumes: [{ name: metadata.name, configMap: { name: metadata.name } }],
      },
    },
  },
});
