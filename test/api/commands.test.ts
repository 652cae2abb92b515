/** The commands of the documentation, typed as they stand there, on a real API server. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type Api, startApi } from '../../lab/api/control-plane.ts';
import { helmInCache } from '../../lab/helm/helm.ts';
import { run } from '../../lab/machine/run.ts';
import { ON_AN_API_SERVER } from '../manifests/documented-commands.ts';
import { withoutHelm, withoutHelmWords } from '../manifests/helm.ts';
import { applyForeignApis } from './foreign-apis.ts';

/** What stands for a reader's own names. */
const GIVEN: Readonly<Record<string, string>> = {
  CHART: 'charts/keepalived-operator',
  REGISTRY: 'registry.example.org',
  TAG: 'v2.0.0',
  NAMESPACE: 'vips',
  NAME: 'web',
  NODE: 'node1',
};

let api: Api;
let folder = '';

describe.skipIf(withoutHelm !== undefined)(`on a real API server${withoutHelmWords}`, () => {
  beforeAll(async () => {
    api = await startApi({ dir: mkdtempSync(join(tmpdir(), 'api-')) });
    folder = mkdtempSync(join(tmpdir(), 'reader-'));
    for (const name of ['config', 'charts', 'bin', 'examples']) symlinkSync(resolve(name), join(folder, name));
    mkdirSync(join(folder, 'path'));
    // oc is kubectl, and more.
    writeFileSync(join(folder, 'path/oc'), '#!/bin/sh\nexec kubectl "$@"\n', { mode: 0o755 });
    await applyForeignApis((text) => typed(`kubectl apply --server-side --filename=- <<'END'\n${text}\nEND`));
    await typed('kubectl wait --for=condition=Established --timeout=30s crd --all');
    for (const name of ['web', 'vips', 'keepalived-operator']) await typed(`kubectl create namespace ${name}`);
    await typed(PREPARED.join('\n'));
  });
  afterAll(async () => {
    await api.stop();
    rmSync(folder, { recursive: true });
  });

  // One after the other: what one leaves behind, the next may need.
  it.each(ON_AN_API_SERVER)('%s', async (command) => {
    if (command.startsWith('helm install')) await typed(NAMESPACE_GONE);
    await typed(
      withoutWaiting(command.replace(/(keepalivedgroup .*)NAME\b/, '$1vips').replace(/\b[A-Z]+\b/g, (word) => GIVEN[word] ?? word)),
    );
  });
});

// --- internal ---

/** What the Go operator's manifests, a cluster and users have left there. */
const PREPARED = [
  'kubectl create service clusterip web --tcp=80',
  `kubectl create --filename=- <<END
{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node1"}}
END`,
  `kubectl patch service web --patch '{"spec": {"externalIPs": ["192.0.2.200"]}}'`,
  'kubectl create clusterrole keepalived-operator-proxy-role --verb=create --resource=tokenreviews.authentication.k8s.io',
  'kubectl create clusterrolebinding keepalived-operator-proxy-rolebinding --clusterrole=keepalived-operator-proxy-role --serviceaccount=a:b',
  'kubectl create configmap keepalived-operator-manager-config --namespace=keepalived-operator',
  `kubectl create --filename=- <<END
{"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "03846a46.redhat.io", "namespace": "keepalived-operator"}}
END`,
];

/** What comes of deleting the operator's namespace, which no API server does by itself. */
const NAMESPACE_GONE =
  'kubectl delete deployments,serviceaccounts,services,roles,rolebindings,leases --all --namespace=keepalived-operator --ignore-not-found';

/** Runs a command as a reader types it, in a folder that looks like the repository. */
async function typed(command: string): Promise<void> {
  const path = [join(folder, 'path'), join(folder, 'bin'), api.programs, dirname(helmInCache() ?? ''), process.env.PATH].join(':');
  await run(['sh', '-euc', command], { cwd: folder, env: { PATH: path, KUBECONFIG: api.kubeconfig, HOME: folder }, timeoutMs: 60_000 });
}

/** A namespace is never gone here, for want of a controller. */
const withoutWaiting = (command: string): string => (command.includes('delete -k') ? `${command} --wait=false` : command);
