/** etcd and kube-apiserver: their command lines, and when they are ready. The same ones serve API tests and the lab's control host. */
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { authorityIn, type Certificate, issue, signerIn } from './certificate.ts';

export interface ApiServerOptions {
  /** Folder that holds etcd's data. */
  readonly data: string;
  /** Folder that holds certificates and keys. */
  readonly pki: string;
  /** The program of etcd, and the folder with kube-apiserver. */
  readonly etcd: string;
  readonly programs: string;
  /** Address that the API is served on, and told to others. */
  readonly address: string;
  readonly ports: ApiPorts;
  /** Address ranges of Services, one for each family. */
  readonly serviceRanges: readonly string[];
  /** Further names and addresses of the API server's certificate. */
  readonly hosts?: readonly string[];
  readonly extra?: readonly string[];
}

export interface ApiPorts {
  readonly api: number;
  readonly etcd: number;
  readonly peer: number;
}

/** The command line of etcd, on loopback, without waiting for the disk: a lab's data need not survive a power failure. */
export function etcdCommand({ data, etcd, ports }: ApiServerOptions): string[] {
  const client = `http://127.0.0.1:${ports.etcd}`;
  const peer = `http://127.0.0.1:${ports.peer}`;
  return [
    etcd,
    ...['--data-dir', data, '--name', 'lab', '--unsafe-no-fsync', '--logger', 'zap', '--log-level', 'warn'],
    ...['--listen-client-urls', client, '--advertise-client-urls', client],
    ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `lab=${peer}`],
  ];
}

/** The command line of kube-apiserver; makes the certificates that it needs. */
export async function apiServerCommand(options: ApiServerOptions): Promise<string[]> {
  const { address, hosts = [], pki, ports, programs } = options;
  const names = ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'].map((name) => `DNS:${name}`);
  const [authority, signer, serving, kubeletClient] = await certificates(pki, [...names, `IP:${address}`, 'IP:127.0.0.1', ...hosts]);
  return [
    join(programs, 'kube-apiserver'),
    `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
    ...[`--bind-address=${address}`, `--advertise-address=${address}`, `--secure-port=${ports.api}`],
    ...[`--tls-cert-file=${serving.cert}`, `--tls-private-key-file=${serving.key}`, `--client-ca-file=${authority.cert}`],
    ...[`--service-account-signing-key-file=${signer.key}`, `--service-account-key-file=${signer.cert}`],
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-cluster-ip-range=${options.serviceRanges.join(',')}`,
    ...['--authorization-mode=Node,RBAC', '--enable-admission-plugins=NodeRestriction', '--allow-privileged=true'],
    ...[`--kubelet-certificate-authority=${authority.cert}`, '--kubelet-preferred-address-types=InternalIP'],
    ...[`--kubelet-client-certificate=${kubeletClient.cert}`, `--kubelet-client-key=${kubeletClient.key}`],
    ...(options.extra ?? []),
  ];
}

/** Whether the API server behind `url` says that it is ready; never throws. */
export async function apiIsReady(url: string, pki: string): Promise<boolean> {
  const { cert, key } = await issue(pki, 'admin', { name: 'admin', groups: ['system:masters'] });
  const authority = await authorityIn(pki);
  const [ca, clientCert, clientKey] = [authority.cert, cert, key].map((path) => readFileSync(path));
  return new Promise((resolve) => {
    const ask = request(`${url}/readyz`, { ca, cert: clientCert, key: clientKey, agent: false, timeout: 1000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ask.on('error', () => resolve(false));
    ask.on('timeout', () => ask.destroy());
    ask.end();
  });
}

/** Whether the etcd behind `url` has a leader, so that it can be read and written; never throws. */
export async function etcdIsReady(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(1000) }).catch(() => undefined);
  return answer?.ok ?? false;
}

// --- internal ---

async function certificates(pki: string, hosts: readonly string[]): Promise<[Certificate, Certificate, Certificate, Certificate]> {
  const authority = await authorityIn(pki);
  return Promise.all([
    authority,
    signerIn(pki),
    issue(pki, 'apiserver', { name: 'kube-apiserver', hosts }),
    issue(pki, 'apiserver-kubelet', { name: 'kube-apiserver-kubelet-client', groups: ['system:masters'] }),
  ]);
}
