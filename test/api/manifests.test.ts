/** Everything that people are told to apply is accepted by a real API server: chart, config/, bundle, examples, and the YAML of the documentation. */
import { globSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Api, startApi } from '../../lab/api/control-plane.ts';
import { helmInCache } from '../../lab/helm/helm.ts';
import { run } from '../../lab/machine/run.ts';
import { bundleFiles } from '../../scripts/manifests/bundle.ts';
import { type Block, blocks } from '../../scripts/pages/markdown.ts';
import { type Manifest, objectsIn, rendered, withoutHelm, withoutHelmWords } from '../manifests/helm.ts';
import { applyForeignApis, FOREIGN } from './foreign-apis.ts';

const FOREIGN_APIS = [...new Set(FOREIGN.map(([group, version]) => `${group}/${version}`))];

let api: Api;

describe('a real API server', () => {
  beforeAll(async () => {
    api = await startApi({ dir: mkdtempSync(join(tmpdir(), 'api-')) });
    await kubectl(['apply', '--server-side', '--kustomize=config/crd']);
    await applyForeignApis((text) => kubectl(['apply', '--server-side', '--force-conflicts', '--filename=-'], text));
    await kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all']);
  });
  afterAll(() => api.stop());

  it('accepts what kubectl apply -k config/default applies', async () =>
    await accepts('config/default', await kubectl(['kustomize', 'config/default'])));

  it.each(['config/openshift', 'config/operatorhub', 'config/prometheus'])(
    'accepts what oc apply -k %s applies',
    async (folder) => await accepts(folder, await kubectl(['kustomize', folder])),
  );

  it('accepts every object of the bundle, and what OLM makes of its ClusterServiceVersion', async () => {
    const files = bundleFiles();
    const manifests = Object.entries(files).filter(([name]) => name.startsWith('manifests/'));
    await accepts('bundle', manifests.map(([, text]) => text).join('\n---\n'));
    const csv = parse(files['manifests/keepalived-operator.clusterserviceversion.yaml'] ?? '');
    await acceptsObjects('what OLM makes', installedByOlm(csv));
  });

  it.each(globSync('{examples,config/samples}/**/*.yaml').sort())(
    'accepts %s',
    async (file) => await accepts(file, readFileSync(file, 'utf8')),
  );

  it.skipIf(withoutHelm !== undefined).each([
    ['with default values', {}, []],
    ['on a cluster that has every API', {}, FOREIGN_APIS],
    [
      'with everything on',
      {
        ...{
          networkPolicy: { enabled: true },
          keepalivedTemplateFromConfigMap: 'template',
          enableCertManager: true,
          extraArgs: ['--zap-log-level=debug'],
        },
        monitoring: { rules: { enabled: true }, dashboard: { enabled: true } },
      },
      FOREIGN_APIS,
    ],
  ])(
    `accepts the chart %s${withoutHelmWords}`,
    async (_, values, apis) => await accepts('the chart', await rendered({ values, apis, includeCrds: true })),
  );

  it.skipIf(withoutHelm !== undefined)(`runs the README's commands for an installation${withoutHelmWords}`, async () => {
    const given = { REGISTRY: 'registry.example.org', TAG: 'v2.0.0', NAME: 'web' };
    const commands = Object.entries(given).reduce((text, [name, value]) => text.replaceAll(name, value), installation());
    await kubectl(['create', 'service', 'clusterip', 'web', '--tcp=80']);
    const path = [api.programs, dirname(helmInCache() ?? ''), process.env.PATH].join(':');
    await run(['sh', '-euc', commands], { env: { PATH: path, KUBECONFIG: api.kubeconfig }, timeoutMs: 60_000 });
    expect(JSON.parse(await kubectl(['get', 'service', 'web', '-o', 'json']))).toMatchObject({
      metadata: { annotations: { 'keepalived-operator.redhat-cop.io/keepalivedgroup': 'vips/vips' } },
      spec: { type: 'LoadBalancer' },
    });
    expect(await kubectl(['get', 'keepalivedgroup', '--namespace=vips', 'vips', '-o', 'name'])).toContain('/vips');
    expect(await kubectl(['get', 'addresspools', '-o', 'jsonpath={.items[*].spec.group}'])).toBe('vips/vips');
    // Pages of the documentation have a Service of that name, too.
    await kubectl(['delete', 'service', 'web']);
  });

  it.each(pagesWithManifests().map(({ page, manifests }) => [page, manifests] as const))('accepts the YAML of %s', async (_, manifests) => {
    for (const { place, text } of manifests) await accepts(place, text);
  });
});

// --- internal ---

/** The block of the README that begins with Helm's command. */
const installation = (): string =>
  blocks('README.md', readFileSync('README.md', 'utf8')).find(({ text }) => text.startsWith('helm install'))?.text ?? '';

/** Pages of the documentation that show whole manifests: blocks marked `yaml` and nothing else. */
function pagesWithManifests(): { readonly page: string; readonly manifests: readonly Block[] }[] {
  return [...globSync('*.md'), ...globSync('{docs,charts}/**/*.md')]
    .sort()
    .map((page) => ({ page, manifests: blocks(page, readFileSync(page, 'utf8')).filter(({ info }) => info === 'yaml') }))
    .filter(({ manifests }) => manifests.length > 0);
}

async function kubectl(parameters: readonly string[], input?: string): Promise<string> {
  const command = [join(api.programs, 'kubectl'), '--kubeconfig', api.kubeconfig, ...parameters];
  return (await run(command, { timeoutMs: 60_000, ...(input !== undefined && { input }) })).stdout;
}

const apply = (objects: readonly object[], ...more: readonly string[]): Promise<string> =>
  kubectl(
    ['apply', '--server-side', '--force-conflicts', '--filename=-', ...more],
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
  );

/** Fails with the place and the server's words when an object of the text is refused, or has a field that its kind doesn't know. */
async function accepts(place: string, text: string): Promise<void> {
  const objects = objectsIn(text);
  expect(objects, `${place} holds no object`).not.toEqual([]);
  await acceptsObjects(place, objects);
}

async function acceptsObjects(place: string, objects: readonly Manifest[]): Promise<void> {
  const namespaces = new Set(objects.flatMap(({ metadata }) => metadata?.namespace ?? []));
  if (namespaces.size > 0) await apply([...namespaces].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })));
  try {
    await apply(objects, '--dry-run=server', '--validate=strict');
  } catch (error) {
    throw new Error(`${place}: ${error instanceof Error ? error.message : error}`);
  }
}

/** The objects that OLM makes of a ClusterServiceVersion, as far as Kubernetes knows their kinds. */
function installedByOlm({ spec: { install } }: Manifest): Manifest[] {
  const { deployments, clusterPermissions, permissions } = install.spec;
  const rbac = 'rbac.authorization.k8s.io/v1';
  const named = (kind: string) => (permission: Manifest, index: number) =>
    ({ apiVersion: rbac, kind, metadata: { name: `olm-${index}` }, rules: permission.rules }) as Manifest;
  return [
    ...deployments.map(({ name, spec }: Manifest) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec })),
    ...clusterPermissions.map(named('ClusterRole')),
    ...permissions.map(named('Role')),
  ];
}
