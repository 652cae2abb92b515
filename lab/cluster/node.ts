/** A node of the lab's cluster: the files that its programs read, and their command lines. */
import { join } from 'node:path';
import { authorityIn, issue } from '../api/certificate.ts';
import { addressesOf, type HostName, POD_RANGES, podSubnet } from '../hosts/address.ts';
import type { Kubernetes } from '../kubernetes/kubernetes.ts';
import { writeOnce } from '../machine/file.ts';
import { kubeconfigFor } from './control-host.ts';
import { cgroupOf, type LabState, labDir, pkiOf } from './state.ts';

/** Socket of the node's containerd, as the node sees it. */
export const CONTAINERD_SOCKET = '/run/containerd/containerd.sock';

/** The command line of containerd; writes what it reads. */
export function containerdCommand(state: LabState, node: HostName): string[] {
  const write = writerFor(state, node);
  write('cni/10-pods.conflist', podNetwork(node));
  return ['containerd', `--config=${write('containerd.toml', containerdConfig(join(nodeDir(state, node), 'cni')))}`];
}

/** The command lines of kubelet and kube-proxy; writes what they read. */
export async function kubernetesCommands(
  state: LabState,
  node: HostName,
): Promise<Readonly<Record<'kubelet' | 'kube-proxy', readonly string[]>>> {
  const { dir } = state.kubernetes;
  const write = writerFor(state, node);
  const kubelet = await kubeconfigFor(state, { name: `system:node:${node}`, groups: ['system:nodes'] });
  const proxy = await kubeconfigFor(state, { name: 'system:kube-proxy' });
  return {
    kubelet: [
      join(dir, 'kubelet'),
      ...[`--config=${write('kubelet.json', await kubeletConfig(state, node))}`, `--kubeconfig=${kubelet}`],
      ...[`--hostname-override=${node}`, `--node-ip=${addressesOf(node).v4}`],
      ...(isModern(state.kubernetes) ? [] : ['--container-runtime=remote', `--container-runtime-endpoint=unix://${CONTAINERD_SOCKET}`]),
    ],
    'kube-proxy': [join(dir, 'kube-proxy'), `--config=${write('kube-proxy.json', proxyConfig(proxy))}`, `--hostname-override=${node}`],
  };
}

// --- internal ---

const nodeDir = (state: LabState, node: HostName): string => join(labDir(state.name), 'nodes', node);

function writerFor(state: LabState, node: HostName): (file: string, content: string | object) => string {
  const folder = nodeDir(state, node);
  return (file, content) => {
    const path = join(folder, file);
    writeOnce(path, typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`);
    return path;
  };
}

/** Whether kubelet takes the container runtime's endpoint from its file and judges cgroup versions. */
const isModern = ({ version }: Kubernetes): boolean => Number(version.split('.')[1]) >= 31;

/** Every pod is a route of its own, so that what goes from pod to Service to pod on one node passes the node's rules too. */
const podNetwork = (node: HostName): object => ({
  cniVersion: '0.4.0',
  name: 'pods',
  plugins: [
    {
      type: 'ptp',
      ipMasq: false,
      ipam: { type: 'host-local', ranges: [[{ subnet: podSubnet(node) }]], routes: [{ dst: '0.0.0.0/0' }] },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
});

/** `restrict_oom_score_adj`: without CAP_SYS_RESOURCE the score can't be lowered, and runc would give up. */
const containerdConfig = (cni: string): string => `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.internal.v1.opt"]
[grpc]
address = "${CONTAINERD_SOCKET}"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "${SANDBOX_IMAGE}"
restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = "${cni}"
`;

const SANDBOX_IMAGE = 'localhost/pause:lab';

/** The nodes share the machine's disk and control groups: no node may judge or evict by them. */
async function kubeletConfig(state: LabState, node: HostName): Promise<object> {
  const { v4 } = addressesOf(node);
  const authority = await authorityIn(pkiOf(state));
  const serving = await issue(pkiOf(state), `kubelet-${node}`, { name: node, hosts: [`DNS:${node}`, `IP:${v4}`] });
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: authority.cert } },
    authorization: { mode: 'Webhook' },
    tlsCertFile: serving.cert,
    tlsPrivateKeyFile: serving.key,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: cgroupOf(state, node),
    enforceNodeAllocatable: [],
    failSwapOn: false,
    resolvConf: '',
    nodeStatusUpdateFrequency: '4s',
    nodeLeaseDurationSeconds: 20,
    imageGCHighThresholdPercent: 100,
    evictionHard: Object.fromEntries(EVICTION_SIGNALS.map((signal) => [signal, '0%'])),
    ...(isModern(state.kubernetes) ? { containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`, failCgroupV1: false } : {}),
  };
}

const EVICTION_SIGNALS = ['memory.available', 'nodefs.available', 'nodefs.inodesFree', 'imagefs.available', 'imagefs.inodesFree'];

const proxyConfig = (kubeconfig: string): object => ({
  apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
  kind: 'KubeProxyConfiguration',
  clientConnection: { kubeconfig },
  mode: 'iptables',
  clusterCIDR: POD_RANGES.join(','),
  conntrack: { maxPerCore: 0 },
});
