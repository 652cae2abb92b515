import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Api, startApi } from '../../lab/api/control-plane.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'api-'));
const kubectl = async (api: Api, ...parameters: string[]): Promise<string> =>
  (await promisify(execFile)(join(api.programs, 'kubectl'), ['--kubeconfig', api.kubeconfig, ...parameters])).stdout;

describe('an API server of a test', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi({ dir: folder() });
  });
  afterAll(() => api.stop());

  it('lets the admin do everything', async () => {
    expect(await kubectl(api, 'create', 'namespace', 'web')).toContain('namespace/web created');
  });

  it('lets another user do what it was allowed to, and nothing else', async () => {
    const kubeconfig = await api.kubeconfigFor({ name: 'jane', groups: ['readers'] });
    await kubectl(api, 'create', 'clusterrole', 'readers', '--verb=list', '--resource=services');
    await kubectl(api, 'create', 'clusterrolebinding', 'readers', '--clusterrole=readers', '--group=readers');
    await vi.waitFor(async () => expect(await kubectl({ ...api, kubeconfig }, 'get', 'services', '-A')).toContain('kubernetes'), 5000);
    await expect(kubectl({ ...api, kubeconfig }, 'create', 'namespace', 'other')).rejects.toThrow(/forbidden/);
  });

  it('keeps its objects when it is restarted, on the same port', async () => {
    await kubectl(api, 'create', 'configmap', 'kept');
    await api.restartApi();
    expect(await kubectl(api, 'get', 'configmap', '-o', 'name')).toContain('configmap/kept');
  });

  it('serves again when its store came back', async () => {
    await api.stopEtcd();
    await api.startEtcd();
    expect(await kubectl(api, 'get', 'namespace', 'default', '-o', 'name')).toContain('namespace/default');
  });

  it('runs beside another one, which leaves nothing behind', async () => {
    const dir = folder();
    const other = await startApi({ dir });
    expect(other.url).not.toBe(api.url);
    await other.stop();
    expect(existsSync(dir)).toBe(false);
    await expect(fetch(other.etcd)).rejects.toThrow();
  });
});
