/** The dashboard as people see it: the bundled plugin, an API server in memory, and a browser. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import type { Node, Service } from '../../src/api/core.ts';
import { API_VERSION, PLURAL, POOL_PLURAL, VIRTUAL_IP_PLURAL } from '../../src/api/names.ts';
import { virtualIPName } from '../../src/api/virtual-ip/name.ts';
import type { VirtualIP, VirtualIPStatus } from '../../src/api/virtual-ip/virtual-ip.ts';
import { MERGE_PATCH } from '../../src/kube/client.ts';
import { type Opened, openBrowser, openPage } from '../browser/browser.ts';
import { type DashboardProcess, startDashboard } from '../browser/dashboard-process.ts';
import type { DashboardCluster } from '../builders/dashboard-cluster.ts';
import { FakeApiServer } from '../fakes/api-server.ts';

const OURS = `/apis/${API_VERSION}`;

/** A cluster that can be read, and a dashboard of it. */
export class Stage {
  server = new FakeApiServer();
  #folder = '';
  #browser: Browser | undefined;
  #plugins: DashboardProcess[] = [];

  async start(): Promise<void> {
    this.#folder = mkdtempSync(join(tmpdir(), 'dashboard-'));
    execFileSync(process.execPath, ['scripts/build.ts', '--outdir', this.#folder, '--only', 'kubectl-keepalived'], { stdio: 'ignore' });
    this.#browser = await openBrowser();
  }

  async stop(): Promise<void> {
    await this.#browser?.close();
    this.#end();
    rmSync(this.#folder, { recursive: true });
  }

  /** A cluster anew, in the place of the one before. */
  async holds({ nodes, group, services, virtualIPs, pool }: DashboardCluster): Promise<void> {
    this.#end();
    this.server = new FakeApiServer();
    this.#configure(await this.server.start());
    for (const node of nodes) await this.#create('/api/v1/nodes', node);
    for (const service of services) await this.creates(service);
    await this.#create(`${OURS}/namespaces/${group.metadata.namespace}/${PLURAL}`, group);
    for (const virtualIP of virtualIPs) await this.#create(`${OURS}/${VIRTUAL_IP_PLURAL}`, virtualIP);
    await this.#create(`${OURS}/${POOL_PLURAL}`, pool);
  }

  creates(service: Service): Promise<void> {
    return this.#create(`/api/v1/namespaces/${service.metadata.namespace}/services`, service);
  }

  async hears(address: string, status: (before: VirtualIP) => VirtualIPStatus): Promise<void> {
    const path = `${OURS}/${VIRTUAL_IP_PLURAL}/${virtualIPName(address)}`;
    const before = await this.server.api.request<VirtualIP>({ method: 'GET', path });
    // A merge patch would keep what is no longer there.
    await this.server.api.request({ method: 'PUT', path, body: { ...before, status: status(before) } });
  }

  /** The group's status follows that of its addresses. */
  async groupHears({ group }: DashboardCluster): Promise<void> {
    const path = `${OURS}/namespaces/${group.metadata.namespace}/${PLURAL}/${group.metadata.name}`;
    const { items } = await this.server.api.request<{ items: readonly VirtualIP[] }>({
      method: 'GET',
      path: `${OURS}/${VIRTUAL_IP_PLURAL}`,
    });
    const owners = new Map(items.map(({ spec, status }) => [spec.address, status?.node]));
    const virtualRouters = group.status?.virtualRouters?.map((router) => ({ ...router, node: owners.get(router.addresses[0] ?? '') }));
    await this.server.api.request({ method: 'PATCH', path, body: { status: { virtualRouters } }, contentType: MERGE_PATCH });
  }

  async hearsOfNode(name: string, status: Node['status']): Promise<void> {
    await this.server.api.request({ method: 'PATCH', path: `/api/v1/nodes/${name}`, body: { status }, contentType: MERGE_PATCH });
  }

  async dashboard(): Promise<DashboardProcess> {
    const plugin = await startDashboard([process.execPath, join(this.#folder, 'kubectl-keepalived.mjs')], join(this.#folder, 'kubeconfig'));
    this.#plugins.push(plugin);
    return plugin;
  }

  page(address: string, colorScheme?: 'light' | 'dark'): Promise<Opened> {
    if (this.#browser === undefined) throw new Error('the stage has not started');
    return openPage(this.#browser, address, colorScheme);
  }

  #end(): void {
    for (const plugin of this.#plugins.splice(0)) plugin.kill();
    this.server.stop();
  }

  #configure(server: string): void {
    const cluster = { name: 'production', cluster: { server, 'insecure-skip-tls-verify': true } };
    const context = { name: 'production', context: { cluster: 'production', user: 'reader', namespace: 'web' } };
    const users = [{ name: 'reader', user: {} }];
    const config = { apiVersion: 'v1', kind: 'Config', clusters: [cluster], contexts: [context], users, 'current-context': 'production' };
    writeFileSync(join(this.#folder, 'kubeconfig'), JSON.stringify(config));
  }

  async #create(path: string, body: object): Promise<void> {
    await this.server.api.request({ method: 'POST', path, body });
  }
}
