import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../../lab/machine/port.ts';
import type { Resource } from '../../src/kube/object.ts';
import { type Any, aNamespace, type Cluster, carried, create, createGroup, createService, HOME, startCluster } from './cluster.ts';
import { type ManagerUnderTest, quiet, startManager } from './manager-under-test.ts';

const ACCOUNTS: Resource = { apiVersion: 'v1', kind: 'ServiceAccount', plural: 'serviceaccounts', namespaced: true };
const RBAC = 'rbac.authorization.k8s.io/v1';
const CLUSTER_ROLES: Resource = { apiVersion: RBAC, kind: 'ClusterRole', plural: 'clusterroles', namespaced: false };
const BINDINGS: Resource = { apiVersion: RBAC, kind: 'ClusterRoleBinding', plural: 'clusterrolebindings', namespaced: false };

describe('the metrics of a manager', () => {
  let cluster: Cluster;
  let manager: ManagerUnderTest;
  let secure = 0;
  let plain = 0;
  beforeAll(async () => {
    cluster = await startCluster();
    [secure = 0, plain = 0] = await freePorts(2);
    const web = await aNamespace(cluster, 'measured');
    await createGroup(cluster, web, 'vips');
    await createService(cluster, web, 'good', ['192.0.2.1', '192.0.2.2']);
    await createService(cluster, web, 'bad', ['nonsense'.replace('nonsense', '192.0.2.1')]);
    manager = await startManager(cluster.operator, {
      metrics: { host: '127.0.0.1', port: plain },
      secureMetrics: { bind: { host: '127.0.0.1', port: secure }, certificates: undefined, names: ['localhost'] },
    });
    await carried(cluster, web, ['192.0.2.1', '192.0.2.2']);
    await quiet(manager);
    await create(cluster, CLUSTER_ROLES, { metadata: { name: 'reader' }, rules: [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }] });
    const subjects = [{ kind: 'ServiceAccount', namespace: HOME, name: 'scraper' }];
    await create(cluster, BINDINGS, {
      ...{ metadata: { name: 'reader' }, subjects },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'reader' },
    });
  });
  afterAll(async () => {
    await manager?.stop();
    await cluster?.stop();
  });

  interface Got {
    readonly status: number;
    readonly body: string;
  }
  const fetchMetrics = (url: string, token?: string): Promise<Got> =>
    new Promise((resolve, reject) => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const get = url.startsWith('https') ? httpsGet : httpGet;
      get(url, { headers, ...(url.startsWith('https') && { rejectUnauthorized: false }) }, (response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      }).on('error', reject);
    });
  const tokenOf = async (name: string): Promise<string> => {
    await create(cluster, ACCOUNTS, { metadata: { namespace: HOME, name } }).catch(() => undefined);
    const path = `/api/v1/namespaces/${HOME}/serviceaccounts/${name}/token`;
    const { status } = await cluster.client.request<{ status: { token: string } }>({ method: 'POST', path, body: { spec: {} } });
    return status.token;
  };

  it('are given by HTTPS to a service account that may read them', async () => {
    const { status, body } = await fetchMetrics(`https://127.0.0.1:${secure}/metrics`, await tokenOf('scraper'));
    expect(status).toBe(200);
    expect(body).toContain('controller_runtime_active_workers');
  });

  it('are refused to one that may not, to one that nobody knows, and to one without a token', async () => {
    const url = `https://127.0.0.1:${secure}/metrics`;
    expect((await fetchMetrics(url, await tokenOf('stranger'))).status).toBe(403);
    expect((await fetchMetrics(url, 'nonsense')).status).toBe(401);
    expect((await fetchMetrics(url)).status).toBe(401);
  });

  it('ask the API server once for many requests', async () => {
    const token = await tokenOf('scraper');
    const reviews = (): number => manager.proxy.passed.filter(({ url }) => url.includes('reviews')).length;
    await fetchMetrics(`https://127.0.0.1:${secure}/metrics`, token);
    const before = reviews();
    for (let times = 0; times < 5; times += 1) await fetchMetrics(`https://127.0.0.1:${secure}/metrics`, token);
    expect(reviews()).toBe(before);
  });

  it('count what is planned, observed, refused, asked and reconciled, under the names that dashboards know', async () => {
    const { body } = await fetchMetrics(`http://127.0.0.1:${plain}/metrics`);
    const lines = body.split('\n');
    expect(lines).toContain('keepalived_operator_planned_vips{group="measured/vips"} 2');
    expect(lines).toContain('keepalived_operator_observed_vips{group="measured/vips"} 0');
    expect(lines).toContain('keepalived_operator_refusals{group="measured/vips",reason="AddressConflict"} 1');
    expect(lines).toContain('keepalived_operator_failovers_total{group="measured/vips"} 0');
    for (const name of [
      ...['controller_runtime_reconcile_total', 'controller_runtime_reconcile_time_seconds_bucket', 'rest_client_requests_total'],
      ...['workqueue_depth', 'workqueue_adds_total', 'workqueue_retries_total', 'workqueue_queue_duration_seconds_bucket'],
      ...['leader_election_master_status', 'keepalived_operator_delivery_seconds_count'],
    ])
      expect(lines.some((line) => line.startsWith(name))).toBe(true);
  });

  it('are refused with 500 when the API server cannot be asked', { timeout: 60_000 }, async () => {
    const token = (await tokenOf('another')) as Any & string;
    manager.proxy.decide = ({ url }) => (url.includes('tokenreviews') ? 'reset' : 'pass');
    expect((await fetchMetrics(`https://127.0.0.1:${secure}/metrics`, token)).status).toBe(500);
  });
});
