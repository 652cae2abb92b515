/** What `kubectl keepalived import` prints, on a real API server. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../lab/machine/wait.ts';
import { ALLOCATION_ANNOTATIONS, SERVICE_ANNOTATIONS } from '../../src/api/names.ts';
import type { VirtualIP } from '../../src/api/virtual-ip/virtual-ip.ts';
import { ADDRESS_POOLS, VIRTUAL_IPS } from '../../src/manager/cluster/resource.ts';
import { PEERS } from '../import/peers.ts';
import { aNamespace, type Cluster, create, createGroup, find, patchStatus, SERVICES, startCluster } from './cluster.ts';
import { startManager } from './manager-under-test.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
  for (const name of ['vips', 'shop', 'infra', 'phones']) await aNamespace(cluster, name);
});
afterAll(() => cluster?.stop());

const kubectl = async (...parameters: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }> => {
  const { programs, kubeconfig } = cluster.api;
  return promisify(execFile)(join(programs, 'kubectl'), ['--kubeconfig', kubeconfig, ...parameters]);
};

describe('what the import prints of', () => {
  it.each(PEERS)('%s is accepted whole', async (peer) => {
    const file = join(import.meta.dirname, '../import', peer, 'output.yaml');
    const documents = readFileSync(file, 'utf8').split('\n---\n').length;
    const { stdout, stderr } = await kubectl('apply', '--server-side', '--validate=strict', '--filename', file);
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n')).toHaveLength(documents);
    await kubectl('delete', '--filename', file);
  });
});

describe('a Service without a class that another gave its address', () => {
  it('has it of the pool once its status was emptied, and is carried before', async () => {
    const web = await aNamespace(cluster, 'imported');
    await createGroup(cluster, web, 'vips');
    const annotations = { [SERVICE_ANNOTATIONS.group]: `${web}/vips`, [ALLOCATION_ANNOTATIONS.addresses]: '203.0.113.40' };
    await create(cluster, SERVICES, {
      metadata: { namespace: web, name: 'a', annotations },
      spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
    });
    await patchStatus(cluster, SERVICES, { namespace: web, name: 'a' }, { loadBalancer: { ingress: [{ ip: '203.0.113.40' }] } });
    await create(cluster, ADDRESS_POOLS, {
      metadata: { name: 'imported' },
      spec: { group: `${web}/vips`, addresses: ['203.0.113.40-203.0.113.47'] },
    });
    const manager = await startManager(cluster.operator);
    try {
      const comesFrom = (source: string): Promise<true> =>
        waitFor(
          `the ledger says ${source}`,
          async () =>
            (await find<VirtualIP>(cluster, VIRTUAL_IPS, { name: '203.0.113.40' }))?.spec.claims?.[0]?.source === source || undefined,
          20_000,
        );
      await comesFrom('Status');
      const emptied = '{"status": {"loadBalancer": null}}';
      await kubectl('patch', 'service', '-n', web, 'a', '--subresource=status', '--type=merge', '--patch', emptied);
      await comesFrom('Pool');
    } finally {
      await manager.stop();
    }
  });
});
