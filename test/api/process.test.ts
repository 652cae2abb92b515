import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { freePorts } from '../../lab/machine/port.ts';
import { waitFor } from '../../lab/machine/wait.ts';
import { LEADER_LEASE } from '../../src/api/names.ts';
import { LEASES } from '../../src/kube/lease.ts';
import {
  type Any,
  aNamespace,
  type Cluster,
  CONFIG_MAPS,
  carried,
  createGroup,
  createService,
  find,
  get,
  groupOf,
  HOME,
  startCluster,
} from './cluster.ts';

describe('the program of the manager', () => {
  let cluster: Cluster;
  const web = 'program';
  beforeAll(async () => {
    cluster = await startCluster();
    await aNamespace(cluster, web);
    await createGroup(cluster, web, 'vips');
    await createService(cluster, web, 'web', ['192.0.2.1']);
  });
  afterAll(() => cluster?.stop());

  interface Run {
    readonly stdout: () => string;
    readonly stderr: () => string;
    readonly ended: Promise<number | null>;
    kill(signal: NodeJS.Signals): void;
  }
  const run = (...args: readonly string[]): Run => runWith({}, ...args);
  const runWith = (environment: NodeJS.ProcessEnv, ...args: readonly string[]): Run => {
    const command = ['--pdeathsig', 'KILL', '--', process.execPath, 'src/main/manager.ts', ...args];
    const env = { ...process.env, POD_NAMESPACE: HOME, ...environment };
    const child = spawn('setpriv', command, { stdio: ['ignore', 'pipe', 'pipe'], env });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    return { stdout: () => stdout, stderr: () => stderr, ended, kill: (signal) => child.kill(signal) };
  };

  it('prints with --dry-run what it would write, and writes nothing', async () => {
    const { resourceVersion } = (await groupOf(cluster, web)).metadata;
    const dry = run('--dry-run', '--kubeconfig', cluster.api.kubeconfig);
    expect(await dry.ended).toBe(0);
    const documents = parseAllDocuments(dry.stdout()).map((document) => document.toJS() as Any | null);
    expect(documents.map((document) => document?.kind)).toEqual(expect.arrayContaining(['ConfigMap', 'DaemonSet']));
    expect(dry.stdout()).toContain(`# PATCH /api/v1/namespaces/${web}/configmaps/vips\n`);
    expect(await find(cluster, CONFIG_MAPS, { namespace: web, name: 'vips' })).toBeUndefined();
    expect((await groupOf(cluster, web)).metadata.resourceVersion).toBe(resourceVersion);
    expect(await find(cluster, LEASES, { namespace: HOME, name: LEADER_LEASE })).toBeUndefined();
  });

  it('serves its health, logs JSON with constant messages, and ends in order with the lease given up', async () => {
    const [health = 0, metrics = 0] = await freePorts(2);
    const binds = [`--health-probe-bind-address=127.0.0.1:${health}`, `--metrics-bind-address=127.0.0.1:${metrics}`];
    const manager = run('--leader-elect', ...binds, '--kubeconfig', cluster.api.kubeconfig);
    await carried(cluster, web, ['192.0.2.1']);
    for (const path of ['healthz', 'readyz']) {
      const response = await fetch(`http://127.0.0.1:${health}/${path}`);
      expect([response.status, await response.text()]).toEqual([200, 'ok']);
    }
    const scraped = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
    expect(scraped).toContain(`leader_election_master_status{name="${LEADER_LEASE}"} 1`);
    const told = performance.now();
    manager.kill('SIGTERM');
    expect(await manager.ended).toBe(0);
    expect(performance.now() - told).toBeLessThan(5000);
    const lease = await get<Any & { spec: { holderIdentity: string } }>(cluster, LEASES, { namespace: HOME, name: LEADER_LEASE });
    expect(lease.spec.holderIdentity).toBe('');
    const lines = manager
      .stdout()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: string; msg: string });
    expect(lines.map(({ msg }) => msg)).toEqual(
      expect.arrayContaining(['in step with the API server', 'leading', 'created', 'asked to end', 'ended']),
    );
    expect(lines.filter(({ level }) => ['error', 'fatal'].includes(level))).toEqual([]);
  });

  it('prints nothing when it runs again with --dry-run', async () => {
    const dry = run('--dry-run', '--kubeconfig', cluster.api.kubeconfig);
    expect(await dry.ended).toBe(0);
    // What it observed may differ, as there are no nodes here; what it wants doesn't.
    expect(dry.stdout()).not.toMatch(/configmaps|daemonsets/);
  });

  it('ends at once with what is wrong: an unknown flag, or no cluster', async () => {
    const unknown = run('--no-such-flag');
    expect(await unknown.ended).toBe(2);
    expect(unknown.stderr()).toContain('--no-such-flag');
    const nowhere = run('--kubeconfig', '/nonexistent');
    expect(await nowhere.ended).toBe(1);
    expect(nowhere.stdout()).toContain('the manager could not start');
  });

  it.each([
    ['unhandledRejection', 'Promise.reject(fault)'],
    ['uncaughtException', 'setImmediate(() => { throw fault; })'],
  ])('logs a fault that nobody catches (%s) and ends, so that what follows is a fresh start', async (event, happens) => {
    const atSignal = `process.on('SIGUSR2', () => { const fault = new Error('nobody waits for this'); ${happens}; });`;
    const flags = ['--metrics-bind-address=0', '--health-probe-bind-address=0', '--kubeconfig', cluster.api.kubeconfig];
    const manager = runWith({ NODE_OPTIONS: `--import="data:text/javascript,${encodeURIComponent(atSignal)}"` }, ...flags);
    await waitFor('it reconciles', async () => manager.stdout().includes('"reconciling"') || undefined, 20_000);
    manager.kill('SIGUSR2');
    expect(await manager.ended).toBe(1);
    const last = JSON.parse(manager.stdout().trim().split('\n').at(-1) ?? '') as object;
    expect(last).toMatchObject({ level: 'fatal', event, err: { message: 'nobody waits for this', stack: expect.stringContaining('at ') } });
  });

  it('refuses to start where it cannot serve its health', async () => {
    const [port = 0] = await freePorts(1);
    const flags = ['--metrics-bind-address=0', `--health-probe-bind-address=127.0.0.1:${port}`, '--kubeconfig', cluster.api.kubeconfig];
    const first = run(...flags);
    await waitFor('the first serves', async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).ok || undefined, 20_000);
    const second = run(...flags);
    expect(await second.ended).toBe(1);
    expect(second.stdout()).toContain('EADDRINUSE');
    first.kill('SIGINT');
    expect(await first.ended).toBe(0);
  });
});
