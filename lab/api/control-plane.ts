/** A real API server for tests: etcd and kube-apiserver on this machine's loopback, several side by side, gone when the test ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findKubernetes } from '../kubernetes/find.ts';
import { folderWith, searchedFolders } from '../kubernetes/kubernetes.ts';
import { freePorts } from '../machine/port.ts';
import { until } from '../machine/process.ts';
import { createProgress } from '../machine/progress.ts';
import { lastLines } from '../machine/run.ts';
import { type ApiServerOptions, apiIsReady, apiServerCommand, etcdCommand, etcdIsReady } from './api-server.ts';
import type { Identity } from './certificate.ts';
import { ADMIN, writeKubeconfig } from './kubeconfig.ts';

/** A running API server, without controllers, kubelets or the ServiceAccount admission (pods may be created as mere objects). */
export interface Api {
  readonly url: string;
  /** Path of a kubeconfig that may do everything. */
  readonly kubeconfig: string;
  /** URL of its etcd. */
  readonly etcd: string;
  /** Version of Kubernetes, as in `1.37.2`. */
  readonly version: string;
  /** The folder with kubectl. */
  readonly programs: string;
  /** Writes a kubeconfig for another user, to see what authorization lets it do; gives its path. */
  kubeconfigFor(identity: Identity): Promise<string>;
  stopApi(): Promise<void>;
  startApi(): Promise<void>;
  /** Stops and starts kube-apiserver: watches break, data stays, the port too. */
  restartApi(): Promise<void>;
  /** Without its store the API answers errors or not at all. */
  stopEtcd(): Promise<void>;
  startEtcd(): Promise<void>;
  /** Ends both and removes their folder. */
  stop(): Promise<void>;
}

/** Starts an API server that keeps its things in the folder `dir`, and gives it when it is ready. It ends with this process at the latest. */
export async function startApi({ dir }: { readonly dir: string }): Promise<Api> {
  mkdirSync(join(dir, 'pki'), { recursive: true });
  const kubernetes = await findKubernetes(createProgress({ out: process.stderr, logs: join(dir, 'log'), quiet: true }));
  const options = await optionsFor(dir, kubernetes.dir);
  const url = `https://127.0.0.1:${options.ports.api}`;
  const store = `http://127.0.0.1:${options.ports.etcd}`;
  const kubeconfig = join(dir, 'admin.kubeconfig');
  await writeKubeconfig(kubeconfig, url, options.pki, 'admin', ADMIN);

  const etcd = new Program('etcd', etcdCommand(options), join(dir, 'etcd.log'));
  const api = new Program('kube-apiserver', await apiServerCommand(options), join(dir, 'kube-apiserver.log'));
  const startServer = async (): Promise<void> => {
    api.start();
    await until('kube-apiserver is ready', () => api.assertRuns() && apiIsReady(url, options.pki), START_MS);
  };
  const stop = async (): Promise<void> => {
    await api.stop();
    await etcd.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  etcd.start();
  try {
    await startServer();
  } catch (error) {
    await Promise.all([api.stop(), etcd.stop()]);
    throw error;
  }
  return {
    ...{ url, kubeconfig, etcd: store, version: kubernetes.version, programs: kubernetes.dir },
    async kubeconfigFor(identity) {
      const file = identity.name.replace(/[^A-Za-z0-9.-]+/g, '-');
      await writeKubeconfig(join(dir, `${file}.kubeconfig`), url, options.pki, file, identity);
      return join(dir, `${file}.kubeconfig`);
    },
    stopApi: () => api.stop(),
    startApi: startServer,
    async restartApi() {
      await api.stop();
      await startServer();
    },
    stopEtcd: () => etcd.stop(),
    async startEtcd() {
      etcd.start();
      await until('etcd is ready', () => etcd.assertRuns() && etcdIsReady(store), START_MS);
      await until('kube-apiserver is ready again', () => apiIsReady(url, options.pki), START_MS);
    },
    stop,
  };
}

// --- internal ---

const START_MS = 60_000;
const GRACE_MS = 10_000;

async function optionsFor(dir: string, programs: string): Promise<ApiServerOptions> {
  const folder = folderWith('etcd', searchedFolders());
  if (folder === undefined) throw new Error('etcd is not on PATH; `./bin/lab prepare --packages` installs it');
  const [api = 0, etcd = 0, peer = 0] = await freePorts(3);
  return {
    ...{ data: join(dir, 'etcd'), pki: join(dir, 'pki'), etcd: join(folder, 'etcd'), programs },
    ...{ address: '127.0.0.1', ports: { api, etcd, peer }, serviceRanges: ['198.19.0.0/16'] },
    // No controller makes service accounts here, and nobody may be sent to a loopback address.
    // As on OpenShift, who sets an owner reference that blocks deletion must be allowed to.
    extra: [
      ...['--disable-admission-plugins=ServiceAccount', '--enable-admission-plugins=OwnerReferencesPermissionEnforcement'],
      '--endpoint-reconciler-type=none',
    ],
  };
}

/** A program that can be started and stopped again and again; the kernel ends it when this process ends. */
class Program {
  readonly #name: string;
  readonly #command: readonly string[];
  readonly #log: string;
  #child: ChildProcess | undefined;

  constructor(name: string, command: readonly string[], log: string) {
    this.#name = name;
    this.#command = command;
    this.#log = log;
  }

  start(): void {
    if (this.#child?.exitCode === null && this.#child.signalCode === null) return;
    const out = openSync(this.#log, 'a');
    this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...this.#command], { stdio: ['ignore', out, out] });
    this.#child.on('error', () => {}); // assertRuns tells.
  }

  /** True, or an error with the end of the log. */
  assertRuns(): true {
    const child = this.#child;
    if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null) return true;
    const said = existsSync(this.#log) ? lastLines(readFileSync(this.#log, 'utf8'), 10) : '';
    throw new Error(`${this.#name} ended (status ${child?.exitCode ?? child?.signalCode ?? 'unknown'}); the end of ${this.#log}:\n${said}`);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const escalation = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
    await ended;
    clearTimeout(escalation);
  }
}
