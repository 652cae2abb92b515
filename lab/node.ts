/** A node of the lab's cluster: the files that its programs read, and their command lines. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addressesOf, type HostName, POD_CIDR, podSubnet } from './address.ts';
import { API_URL, kubeconfig } from './control-plane.ts';
import type { Kubernetes } from './kubernetes/kubernetes.ts';

export interface NodeSetup {
  readonly name: HostName;
  readonly kubernetes: Kubernetes;
  /** Folder for the files of this node. */
  readonly dir: string;
  /** Folder with the control plane's credentials. */
  readonly credentials: string;
  /** Parent of the cgroups of this node's pods, below every controller's root. */
  readonly cgroup: string;
  /** The image of the pods' sandboxes. */
  readonly sandboxImage: string;
}

/** Socket of the node's containerd, as the node sees it. */
export const CONTAINERD_SOCKET = '/run/containerd/containerd.sock';

/** Command lines by service, in the order of their start; writes what they read. */
export function nodeServices(setup: NodeSetup): Readonly<Record<'containerd' | 'kubelet' | 'kube-proxy', readonly string[]>> {
  const { name, kubernetes, dir } = setup;
  mkdirSync(join(dir, 'cni'), { recursive: true });
  const write = (file: string, content: string | object): string => {
    const path = join(dir, file);
    writeFileSync(path, typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
    return path;
  };
  write('cni/10-pods.conflist', podNetwork(name));
  const kubeletUser = write('kubelet.kubeconfig', kubeconfig(setup.credentials, name, API_URL));
  const proxyUser = write('kube-proxy.kubeconfig', kubeconfig(setup.credentials, 'kube-proxy', API_URL));
  const { v4 } = addressesOf(name);
  return {
    containerd: ['containerd', `--config=${write('containerd.toml', containerdConfig(setup))}`],
    kubelet: [
      join(kubernetes.dir, 'kubelet'),
      `--config=${write('kubelet.yaml', kubeletConfig(setup))}`,
      `--kubeconfig=${kubeletUser}`,
      `--hostname-override=${name}`,
      `--node-ip=${v4}`,
      ...(isModern(kubernetes) ? [] : ['--container-runtime=remote', `--container-runtime-endpoint=unix://${CONTAINERD_SOCKET}`]),
    ],
    'kube-proxy': [join(kubernetes.dir, 'kube-proxy'), `--config=${write('kube-proxy.yaml', proxyConfig(proxyUser))}`, `--hostname-override=${name}`],
  };
}

// --- internal ---

/** Whether kubelet takes the container runtime's endpoint from its file and judges cgroup versions. */
const isModern = ({ version }: Kubernetes): boolean => Number(version.split('.')[1]) >= 31;

/** Every pod is a route of its own, so that what goes from pod to Service to pod on one node passes the node's rules too. */
const podNetwork = (node: HostName): object => ({
  cniVersion: '0.4.0',
  name: 'pods',
  plugins: [
    { type: 'ptp', ipMasq: true, ipam: { type: 'host-local', ranges: [[{ subnet: podSubnet(node) }]], routes: [{ dst: '0.0.0.0/0' }] } },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
});

/** `restrict_oom_score_adj`: without CAP_SYS_RESOURCE the score can't be lowered, and runc would give up. */
const containerdConfig = ({ dir, sandboxImage }: NodeSetup): string => `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper"]
[grpc]
address = "${CONTAINERD_SOCKET}"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "${sandboxImage}"
restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = "${join(dir, 'cni')}"
`;

/** The nodes share the machine's disk and control groups: no node may judge or evict by them. */
const kubeletConfig = ({ kubernetes, cgroup }: NodeSetup): object => ({
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
  authorization: { mode: 'AlwaysAllow' },
  cgroupDriver: 'cgroupfs',
  cgroupRoot: cgroup,
  cgroupsPerQOS: false,
  enforceNodeAllocatable: [],
  failSwapOn: false,
  resolvConf: '',
  registerNode: true,
  imageGCHighThresholdPercent: 100,
  evictionHard: { 'memory.available': '0%', 'nodefs.available': '0%', 'nodefs.inodesFree': '0%', 'imagefs.available': '0%', 'imagefs.inodesFree': '0%' },
  ...(isModern(kubernetes) ? { containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`, failCgroupV1: false } : {}),
});

const proxyConfig = (user: string): object => ({
  apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
  kind: 'KubeProxyConfiguration',
  clientConnection: { kubeconfig: user },
  mode: 'iptables',
  clusterCIDR: POD_CIDR,
  conntrack: { maxPerCore: 0 },
});
