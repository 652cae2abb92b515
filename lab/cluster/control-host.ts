/** The control host: etcd, API server, controller manager and scheduler, and the way to them from the machine. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ApiServerOptions, apiIsReady, apiServerCommand, etcdCommand } from '../api/api-server.ts';
import { authorityIn, type Identity, signerIn } from '../api/certificate.ts';
import { ADMIN, writeKubeconfig } from '../api/kubeconfig.ts';
import { API_PORT, API_URL, addressesOf, CONTROL } from '../hosts/address.ts';
import { onNetworkOf, runningServices, startService } from '../hosts/host.ts';
import { isAlive, kill, startDetached, until } from '../machine/process.ts';
import { podRanges, serviceRanges } from './family.ts';
import { changeState, hostOf, kubeconfigOf, type LabState, labDir, logsOf, pkiOf } from './state.ts';

/** Starts what doesn't run of the control plane; resolves when the API server is ready. */
export async function startControlPlane(state: LabState): Promise<void> {
  const host = hostOf(state, CONTROL);
  const running = await runningServices(host);
  const start = (name: string, command: readonly string[]): void => {
    if (!running.has(name)) startService(host, name, command, logsOf(state, CONTROL));
  };
  mkdirSync(pkiOf(state), { recursive: true, mode: 0o700 });
  const options = apiServerOptions(state);
  start('etcd', etcdCommand(options));
  start('kube-apiserver', await apiServerCommand(options));
  await ensureRelay(state);
  const url = `https://127.0.0.1:${state.apiPort}`;
  await writeKubeconfig(kubeconfigOf(state), url, pkiOf(state), 'admin', ADMIN);
  start('kube-controller-manager', await controllerManagerCommand(state));
  start('kube-scheduler', await schedulerCommand(state));
  await until('the API server is ready', () => apiIsReady(url, pkiOf(state)), START_MS, join(logsOf(state, CONTROL), 'kube-apiserver.log'));
}

/** The kubeconfig of a component on a lab's host; gives its path. */
export async function kubeconfigFor(state: LabState, identity: Identity): Promise<string> {
  const file = identity.name.replaceAll(':', '-');
  const path = join(pkiOf(state), `${file}.kubeconfig`);
  await writeKubeconfig(path, API_URL, pkiOf(state), file, identity);
  return path;
}

// --- internal ---

const START_MS = 60_000;

const apiServerOptions = (state: LabState): ApiServerOptions => ({
  data: '/var/lib/etcd',
  pki: pkiOf(state),
  etcd: 'etcd',
  programs: state.kubernetes.dir,
  address: addressesOf(CONTROL).v4,
  ports: { api: API_PORT, etcd: 2379, peer: 2380 },
  serviceRanges: serviceRanges(state.kubernetes),
  // The first address of the Services is that of the API server itself.
  hosts: serviceRanges(state.kubernetes).map((range) => `IP:${range.replace(/0?\/.*$/, '1')}`),
});

async function controllerManagerCommand(state: LabState): Promise<string[]> {
  const [authority, signer] = [await authorityIn(pkiOf(state)), await signerIn(pkiOf(state))];
  return [
    join(state.kubernetes.dir, 'kube-controller-manager'),
    `--kubeconfig=${await kubeconfigFor(state, { name: 'system:kube-controller-manager' })}`,
    ...['--leader-elect=false', '--use-service-account-credentials=true', '--profiling=false'],
    ...[`--service-account-private-key-file=${signer.key}`, `--root-ca-file=${authority.cert}`],
    ...[
      `--cluster-cidr=${podRanges(state.kubernetes).join(',')}`,
      `--service-cluster-ip-range=${serviceRanges(state.kubernetes).join(',')}`,
    ],
    // A node that lost power is noticed soon, so that Services leave its pods out: nothing here is far away.
    ...['--node-monitor-period=1s', '--node-monitor-grace-period=16s'],
  ];
}

async function schedulerCommand(state: LabState): Promise<string[]> {
  const kubeconfig = await kubeconfigFor(state, { name: 'system:kube-scheduler' });
  return [join(state.kubernetes.dir, 'kube-scheduler'), `--kubeconfig=${kubeconfig}`, '--leader-elect=false', '--profiling=false'];
}

/** Socket files cross network namespaces: one relay leads from the machine's loopback to the file, one from the file to the API server. */
async function ensureRelay(state: LabState): Promise<void> {
  if (state.relays.length === 2 && state.relays.every(isAlive)) return;
  for (const relay of state.relays) await kill(relay);
  const socket = join(labDir(state.name), 'api.sock');
  const log = join(logsOf(state, CONTROL), 'relay.log');
  const target = `TCP:${addressesOf(CONTROL).v4}:${API_PORT}`;
  const within = onNetworkOf(hostOf(state, CONTROL), ['socat', `UNIX-LISTEN:${socket},fork,unlink-early,mode=600`, target]);
  const outside = ['socat', `TCP-LISTEN:${state.apiPort},bind=127.0.0.1,fork,reuseaddr`, `UNIX-CONNECT:${socket},retry=30,interval=0.1`];
  const relays = [startDetached(within, log), startDetached(outside, log)];
  changeState(state.name, (now) => ({ ...now, relays }));
}
