/** A node of the lab's cluster: the files that its programs read, and their command lines. */
import { join } from 'node:path';
import { authorityIn, issue } from '../api/certificate.ts';
import { addressesOf, type HostName, podSubnets, REGISTRY_ADDRESS } from '../hosts/address.ts';
import type { Kubernetes } from '../kubernetes/kubernetes.ts';
import { writeOnce } from '../machine/file.ts';
import { kubeconfigFor } from './control-host.ts';
import { hasBothFamilies } from './family.ts';
import { proxyConfig } from './proxy.ts';
import { cgroupOf, type LabState, labDir, pkiOf } from './state.ts';

/** Socket of the node's containerd, as the node sees it. */
export const CONTAINERD_SOCKET = '/run/containerd/containerd.sock';

/** The command line of containerd; writes what it reads. */
export async function containerdCommand(state: LabState, node: HostName): Promise<string[]> {
  const { path, write } = filesOf(state, node);
  write('registries/_default/hosts.toml', onlyRegistry((await authorityIn(pkiOf(state))).cert));
  write('cni/10-pods.conflist', podNetwork(node));
  write('containerd.toml', containerdConfig(path('cni'), path('registries')));
  return ['containerd', `--config=${path('containerd.toml')}`];
}

/** A program of a node. */
export interface Program {
  readonly name: 'kubelet' | 'kube-proxy';
  readonly command: readonly string[];
  /** What it reads was written anew: one that runs has read something else. */
  readonly isChanged: boolean;
}

/** kubelet and kube-proxy; writes what they read. */
export async function kubernetesPrograms(state: LabState, node: HostName): Promise<readonly Program[]> {
  const { dir } = state.kubernetes;
  const { path, write } = filesOf(state, node);
  const kubelet = await kubeconfigFor(state, { name: `system:node:${node}`, groups: ['system:nodes'] });
  const proxy = await kubeconfigFor(state, { name: 'system:kube-proxy' });
  return [
    {
      name: 'kubelet',
      isChanged: write('kubelet.json', await kubeletConfig(state, node)),
      command: [
        join(dir, 'kubelet'),
        ...[`--config=${path('kubelet.json')}`, `--kubeconfig=${kubelet}`],
        ...[`--hostname-override=${node}`, `--node-ip=${nodeAddresses(state, node).join(',')}`],
        ...(isFrom(27, state.kubernetes) ? [] : ['--container-runtime=remote', `--container-runtime-endpoint=unix://${CONTAINERD_SOCKET}`]),
      ],
    },
    {
      name: 'kube-proxy',
      isChanged: write('kube-proxy.json', proxyConfig(proxy, state.kubernetes, state.proxy)),
      command: [join(dir, 'kube-proxy'), `--config=${path('kube-proxy.json')}`, `--hostname-override=${node}`],
    },
  ];
}

// --- internal ---

interface Files {
  path(file: string): string;
  /** Tells whether it says something else than before. */
  write(file: string, content: string | object): boolean;
}

function filesOf(state: LabState, node: HostName): Files {
  const path = (file: string): string => join(labDir(state.name), 'nodes', node, file);
  return {
    path,
    write: (file, content) => writeOnce(path(file), typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`),
  };
}

/** Whether Kubernetes is of that minor version or a newer one. */
const isFrom = (minor: number, { version }: Kubernetes): boolean => Number(version.split('.')[1]) >= minor;

function nodeAddresses({ kubernetes }: LabState, node: HostName): string[] {
  const { v4, v6 } = addressesOf(node);
  return hasBothFamilies(kubernetes) ? [v4, v6] : [v4];
}

/** Every pod is a route of its own, so that what goes from pod to Service to pod on one node passes the node's rules too. */
const podNetwork = (node: HostName): object => ({
  cniVersion: '0.4.0',
  name: 'pods',
  plugins: [
    {
      type: 'ptp',
      ipMasq: false,
      ipam: {
        type: 'host-local',
        ranges: [[{ subnet: podSubnets(node).v4 }], [{ subnet: podSubnets(node).v6 }]],
        routes: [{ dst: '0.0.0.0/0' }, { dst: '::/0' }],
      },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
});

/** `restrict_oom_score_adj`: without CAP_SYS_RESOURCE the score can't be lowered, and runc would give up. */
const containerdConfig = (cni: string, registries: string): string => `version = 2
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
[plugins."io.containerd.grpc.v1.cri".registry]
config_path = "${registries}"
`;

/** The lab's registry, where it has one, mirrors every other: no node can reach any. */
const onlyRegistry = (authority: string): string => `[host."https://${REGISTRY_ADDRESS}"]
capabilities = ["pull", "resolve"]
ca = "${authority}"
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
    ...(isFrom(27, state.kubernetes) ? { containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}` } : {}),
    ...(isFrom(31, state.kubernetes) ? { failCgroupV1: false } : {}),
    ...(isFrom(35, state.kubernetes) ? IMPORTED_IMAGES : {}),
  };
}

/**
 * An image that was imported serves every pod, also once the same one was pulled by a secret under another name. The names end in a wildcard,
 * since kubelet 1.35 compares one without it with the whole name of the image, tag and all.
 */
const IMPORTED_IMAGES = {
  imagePullCredentialsVerificationPolicy: 'NeverVerifyAllowlistedImages',
  preloadedImagesVerificationAllowlist: ['localhost/*', 'docker.io/library/*'],
};

const EVICTION_SIGNALS = ['memory.available', 'nodefs.available', 'nodefs.inodesFree', 'imagefs.available', 'imagefs.inodesFree'];
