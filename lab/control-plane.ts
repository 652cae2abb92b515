/** The control plane of a lab: who may speak to the API server, and the command line of each of its programs. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addressesOf, CONTROL, POD_CIDR, SERVICE_CIDR } from './address.ts';
import type { Kubernetes } from './kubernetes/kubernetes.ts';

/** Where a control plane listens and what it keeps. */
export interface ControlPlane {
  readonly kubernetes: Kubernetes;
  /** Folder for keys, tokens and the API server's certificate. */
  readonly dir: string;
  /** Folder of etcd's data, as etcd sees it. */
  readonly etcdDir: string;
  /** Address and ports that etcd and the API server listen on. */
  readonly listen: { readonly address: string; readonly etcdPort: number; readonly etcdPeerPort: number; readonly apiPort: number };
}

/** User names and groups that the API server knows by token (Kubernetes: "Using Node Authorization", "Default roles"). */
export function users(nodes: readonly string[]): Readonly<Record<string, readonly [user: string, group?: string]>> {
  return {
    admin: ['admin', 'system:masters'],
    'kube-controller-manager': ['system:kube-controller-manager'],
    'kube-scheduler': ['system:kube-scheduler'],
    'kube-proxy': ['system:kube-proxy'],
    ...Object.fromEntries(nodes.map((node) => [node, [`system:node:${node}`, 'system:nodes'] as const])),
  };
}

/** Writes the tokens and the key of service accounts, once; names that are new get a token. Tells whether anything was new. */
export function writeCredentials(dir: string, nodes: readonly string[]): boolean {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const known = tokensIn(dir);
  const wanted = Object.entries(users(nodes));
  const isNew = wanted.some(([name]) => known[name] === undefined);
  const lines = wanted.map(([name, [user, group = '']]) => `${known[name] ?? randomBytes(24).toString('hex')},${user},${name},"${group}"`);
  if (isNew) writeFileSync(join(dir, TOKENS), `${lines.join('\n')}\n`, { mode: 0o600 });
  if (!existsSync(join(dir, KEY))) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    writeFileSync(join(dir, KEY), privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 });
    writeFileSync(join(dir, PUBLIC_KEY), publicKey.export({ type: 'spki', format: 'pem' }));
  }
  return isNew;
}

/**
 * A kubeconfig for one of the users, as JSON (which is YAML). The API server makes its own certificate at its first start;
 * `certificate` names the file as the reader will see it.
 */
export function kubeconfig(dir: string, user: string, server: string): string {
  const token = tokensIn(dir)[user];
  if (token === undefined) throw new Error(`${dir} holds no token for ${user}`);
  return `${JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'lab', cluster: { server, 'certificate-authority': certificateIn(dir), 'tls-server-name': 'localhost' } }],
      users: [{ name: user, user: { token } }],
      contexts: [{ name: 'lab', context: { cluster: 'lab', user } }],
      'current-context': 'lab',
    },
    null,
    2,
  )}\n`;
}

/** The API server's own certificate, which it makes at its first start. */
export const certificateIn = (dir: string): string => join(dir, 'certificate', 'apiserver.crt');

/** Address of the API server inside a lab. */
export const API_URL = `https://${addressesOf(CONTROL).v4}:6443`;

export function etcdCommand({ etcdDir, listen }: ControlPlane): string[] {
  const [clients, peers] = [`http://127.0.0.1:${listen.etcdPort}`, `http://127.0.0.1:${listen.etcdPeerPort}`];
  return [
    'etcd',
    '--name=lab',
    `--data-dir=${etcdDir}`,
    `--listen-client-urls=${clients}`,
    `--advertise-client-urls=${clients}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=lab=${peers}`,
    '--unsafe-no-fsync', // What a lab holds needn't outlive the machine's power.
    '--logger=zap',
    '--log-level=warn',
  ];
}

export function apiServerCommand({ kubernetes, dir, listen }: ControlPlane): string[] {
  return [
    join(kubernetes.dir, 'kube-apiserver'),
    `--etcd-servers=http://127.0.0.1:${listen.etcdPort}`,
    '--bind-address=0.0.0.0', // Puts the name `localhost` into the certificate.
    `--advertise-address=${listen.address}`,
    `--secure-port=${listen.apiPort}`,
    `--cert-dir=${join(dir, 'certificate')}`,
    `--token-auth-file=${join(dir, TOKENS)}`,
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    '--allow-privileged=true',
    `--service-cluster-ip-range=${SERVICE_CIDR}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-signing-key-file=${join(dir, KEY)}`,
    `--service-account-key-file=${join(dir, PUBLIC_KEY)}`,
    '--kubelet-preferred-address-types=InternalIP',
    '--endpoint-reconciler-type=lease',
    '--profiling=false',
  ];
}

export function controllerManagerCommand({ kubernetes, dir }: ControlPlane, kubeconfigFile: string): string[] {
  return [
    join(kubernetes.dir, 'kube-controller-manager'),
    `--kubeconfig=${kubeconfigFile}`,
    '--leader-elect=false',
    '--use-service-account-credentials=true',
    `--service-account-private-key-file=${join(dir, KEY)}`,
    `--root-ca-file=${certificateIn(dir)}`,
    `--cluster-cidr=${POD_CIDR}`,
    `--service-cluster-ip-range=${SERVICE_CIDR}`,
    `--cert-dir=${join(dir, 'controller-manager')}`,
    '--profiling=false',
  ];
}

export function schedulerCommand({ kubernetes, dir }: ControlPlane, kubeconfigFile: string): string[] {
  return [join(kubernetes.dir, 'kube-scheduler'), `--kubeconfig=${kubeconfigFile}`, '--leader-elect=false', `--cert-dir=${join(dir, 'scheduler')}`, '--profiling=false'];
}

// --- internal ---

const TOKENS = 'tokens.csv';
const KEY = 'service-accounts.key';
const PUBLIC_KEY = 'service-accounts.pub';

/** Token by name: the third column, which the API server takes as the user's uid. */
function tokensIn(dir: string): Record<string, string> {
  const file = join(dir, TOKENS);
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  return Object.fromEntries(lines.map((line) => line.split(',')).map(([token = '', , name = '']) => [name, token]));
}
