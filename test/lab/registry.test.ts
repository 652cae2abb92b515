/**
 * The ways to install from a registry that asks for a password, each to the page through the VIP and removed with nothing left. Image, chart,
 * bundle and catalog are pushed to it by the commands that a release runs; the nodes have no other source.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { helmInCache, prepareHelm, whyNoHelm } from '../../lab/helm/helm.ts';
import { API_URL, CLIENT } from '../../lab/hosts/address.ts';
import type { Lab } from '../../lab/lab.ts';
import { progressTo } from '../../lab/machine/progress.ts';
import { run } from '../../lab/machine/run.ts';
import { type Registry, requestsOf } from '../../lab/registry/registry.ts';
import { up } from '../../lab/up.ts';
import { IMAGE_REPOSITORY, VERSION } from '../../scripts/manifests/version.ts';
import { operatorOf } from './bundle-install.ts';
import { GROUP, LAB_NAME, labUnderTest, NAMESPACE, page, settled, VIP, whyNoLab, withoutOperator } from './lab-under-test.ts';

const why = whyNoLab ?? whyNoHelm;
const CHECKOUT = join(import.meta.dirname, '../..');
const OPERATOR_NAMESPACE = 'keepalived-operator';
const PULL_SECRET = 'pull';
/** As the image is named in the registry: the publisher's name is kept, so that the registry can stand in for that of the publisher. */
const PATH = IMAGE_REPOSITORY.replace(/^[^/]+\//, '');

let lab: Lab;
let registry: Registry;
let folder: string;

describe.skipIf(why !== undefined)(`a registry with a password${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  beforeAll(async () => {
    await prepareHelm(progressTo(process.stderr, true));
    lab = await labUnderTest();
    registry = await lab.registry();
    folder = mkdtempSync(join(tmpdir(), 'registry-test-'));
    await make('image-archive', 'chart');
    await withoutOperator(lab);
    await nothingIsLeft();
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await lab.kubectl(['delete', 'secret', '-n', NAMESPACE, PULL_SECRET, '--ignore-not-found']);
    await up({ name: LAB_NAME }, progressTo(process.stderr, true));
    await settled(lab);
  });

  it('is given the image, the chart, the bundle and the catalog by the commands of a release', async () => {
    await publish('image', `docker://${registry.address}/${PATH}:v${VERSION}`);
    await publish('chart', `oci://${registry.address}/charts`);
    await make('bundle', `IMAGE=${byDigest(IMAGE_REPOSITORY)}`);
    await publish('bundle', `docker://${registry.address}/${PATH}-bundle:v${VERSION}`);
    await make('catalog', `BUNDLE=${byDigest(`${IMAGE_REPOSITORY}-bundle`, 'bundle')}`);
    await publish('catalog', `docker://${registry.address}/${PATH}-catalog:v${VERSION}`);
    const { repositories } = JSON.parse(await answerOf('/v2/_catalog'));
    expect(repositories).toEqual([`charts/keepalived-operator`, PATH, `${PATH}-bundle`, `${PATH}-catalog`]);
  });

  it('has one image for every processor whose archive was made', async () => {
    const { manifests } = JSON.parse(await answerOf(`/v2/${PATH}/manifests/v${VERSION}`));
    const archives = readdirSync(join(CHECKOUT, 'dist')).flatMap((name) => /^keepalived-operator-.*-(\w+)\.tar$/.exec(name)?.[1] ?? []);
    const processors = manifests.map(({ platform }: { platform: { architecture: string } }) => platform.architecture);
    expect(processors.sort()).toEqual(archives.sort());
    console.log(`The image in the registry is for ${processors.join(', ')}.`);
  });

  it('refuses clients without the password', async () => {
    const { stdout } = await lab.exec(CLIENT, [
      ...CURL,
      '--cacert',
      registry.environment.SSL_CERT_FILE ?? '',
      `https://${registry.address}/v2/_catalog`,
    ]);
    expect(stdout).toContain('UNAUTHORIZED');
  });

  it.each([
    ['bundle', 'operators.operatorframework.io.bundle.package.v1', ['manifests', 'metadata'], ''],
    ['catalog', 'operators.operatorframework.io.index.configs.v1', ['keepalived-operator'], 'configs'],
  ])('gives the %s back as it was made', async (what, label, parts, at) => {
    const target = join(folder, what);
    const { stdout } = await inside('sh', '-c', READ_IMAGE, 'sh', `docker://${registry.address}/${PATH}-${what}:v${VERSION}`, target);
    expect(stdout).toContain(label);
    for (const part of parts) expect(filesIn(join(target, at, part)), part).toEqual(filesIn(join(CHECKOUT, 'dist', what, part)));
  });

  it('is installed from by Helm, the chart from oci:// and the image by its tag', async () => {
    const chart = [`oci://${registry.address}/charts/keepalived-operator`, '--version', VERSION];
    const values = [`image.repository=${registry.address}/${PATH}`, `imagePullSecrets[0].name=${PULL_SECRET}`];
    await namespaceWithSecret(registry.address);
    await helm('install', 'vips', ...chart, '--set', values.join(), '--wait', '--timeout=120s');
    await servesFrom([`${registry.address}/${PATH}:v${VERSION}`]);
    await withoutGroup();
    await helm('uninstall', 'vips', '--wait', '--timeout=60s');
    await removed();
  });

  it('is installed from by kustomize, with an overlay that names only the image, by its digest', async () => {
    const overlay = join(folder, 'overlay');
    mkdirSync(overlay);
    const [newName, digest] = byDigest(`${registry.address}/${PATH}`).split('@');
    await run(['cp', '--recursive', join(CHECKOUT, 'config'), join(folder, 'config')]);
    const kustomization = { resources: ['../config/default'], images: [{ name: IMAGE_REPOSITORY, newName, digest }] };
    writeFileSync(join(overlay, 'kustomization.yaml'), JSON.stringify(kustomization));
    await namespaceWithSecret(registry.address);
    await lab.kubectl(['apply', '--server-side', '--kustomize', overlay]);
    const account = JSON.stringify({ imagePullSecrets: [{ name: PULL_SECRET }] });
    await lab.kubectl(['patch', 'serviceaccount', '-n', OPERATOR_NAMESPACE, 'controller-manager', `--patch=${account}`]);
    await lab.kubectl(['delete', 'pods', '-n', OPERATOR_NAMESPACE, '--all', '--now']);
    await servesFrom([byDigest(`${registry.address}/${PATH}`)]);
    await withoutGroup();
    await lab.kubectl(['delete', '--wait', '--timeout=90s', '--kustomize', overlay]);
    await removed();
  });

  it('is all that a disconnected cluster needs: what runs is what the bundle names as related images, from the mirror', async () => {
    const manifests = join(folder, 'bundle/manifests');
    const version = parse(readFileSync(join(manifests, 'keepalived-operator.clusterserviceversion.yaml'), 'utf8'));
    const related: string[] = version.spec.relatedImages.map(({ image }: { image: string }) => image);
    expect(
      related.every((image) => /@sha256:[0-9a-f]{64}$/.test(image)),
      related.join(),
    ).toBe(true);
    const others = readdirSync(manifests).filter((name) => !name.includes('clusterserviceversion'));
    const objects = others.flatMap((name) => parseAllDocuments(readFileSync(join(manifests, name), 'utf8')).map((each) => each.toJS()));
    const operator = operatorOf(version, objects, { namespace: OPERATOR_NAMESPACE, pullSecret: PULL_SECRET });
    await namespaceWithSecret(IMAGE_REPOSITORY.split('/')[0] ?? '');
    const before = requestsOf(LAB_NAME).length;
    await lab.apply({ apiVersion: 'v1', kind: 'List', items: operator });
    await servesFrom(related);
    const asked = requestsOf(LAB_NAME).slice(before);
    expect(
      asked.filter((line) => line.startsWith('192.0.2.1')).map((line) => /\/v2\/(.*?)\/(?:manifests|blobs)\//.exec(line)?.[1]),
    ).toContain(PATH);
    await withoutGroup();
    await lab.kubectl(['delete', '--wait', '--timeout=90s', '--filename=-'], {
      input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: operator }),
    });
    await removed();
  });
});

// --- internal ---

const CURL = ['curl', '--silent', '--max-time', '5'];

/** Copies what is in an image to a folder, and prints the image's labels. */
const READ_IMAGE = `set -eu
container=$(buildah from --quiet --pull-always "$1")
trap 'buildah rm "$container" >/dev/null' EXIT
cp -r "$(buildah mount "$container")" "$2"
buildah inspect --format '{{.OCIv1.Config.Labels}}' "$container"`;

/** What was pushed, under a name, by the digest that `make publish-image` or the like wrote down. */
const byDigest = (name: string, what = 'image'): string =>
  `${name}@${readFileSync(join(CHECKOUT, 'dist', `${what}.digest`), 'utf8').trim()}`;

/** Names and texts of a folder's files. */
const filesIn = (place: string): Record<string, string> =>
  Object.fromEntries(readdirSync(place).map((name) => [name, readFileSync(join(place, name), 'utf8')]));

const make = (...words: readonly string[]) => run(['make', '--no-print-directory', ...words], { cwd: CHECKOUT, timeoutMs: 240_000 });

/** Runs a program on the client host, which reaches the registry, as one who is logged in there. */
const inside = (...command: readonly string[]) => lab.exec(CLIENT, command, { env: registry.environment, timeoutMs: 200_000 });

const publish = (what: string, to: string) => inside('make', '-C', CHECKOUT, '--no-print-directory', `publish-${what}`, `TO=${to}`);

async function answerOf(path: string): Promise<string> {
  const { auths } = JSON.parse(registry.loginFor(registry.address));
  const header = `Authorization: Basic ${auths[registry.address].auth}`;
  const headers = [
    header,
    'Accept: application/vnd.oci.image.index.v1+json',
    'Accept: application/vnd.docker.distribution.manifest.list.v2+json',
  ];
  const certificate = ['--cacert', registry.environment.SSL_CERT_FILE ?? ''];
  const { stdout } = await inside(
    ...CURL,
    ...certificate,
    ...headers.flatMap((each) => ['--header', each]),
    `https://${registry.address}${path}`,
  );
  return stdout;
}

const helm = (...words: readonly string[]) =>
  inside(
    helmInCache() ?? 'helm',
    ...words,
    `--namespace=${OPERATOR_NAMESPACE}`,
    `--kubeconfig=${lab.kubeconfig}`,
    `--kube-apiserver=${API_URL}`,
  );

/** The namespaces of the operator and of the group, each with the secret that opens the registry of a name. */
async function namespaceWithSecret(address: string): Promise<void> {
  await lab.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: OPERATOR_NAMESPACE } });
  for (const namespace of [OPERATOR_NAMESPACE, NAMESPACE])
    await lab.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: PULL_SECRET, namespace },
      type: 'kubernetes.io/dockerconfigjson',
      stringData: { '.dockerconfigjson': registry.loginFor(address) },
    });
}

/** Makes the group, and waits for its page through the VIP; every container of operator and group runs one of these images. */
async function servesFrom(images: readonly string[]): Promise<void> {
  const [crd, deployment] = ['crd/keepalivedgroups.redhatcop.redhat.io', 'deployment'];
  await lab.waitFor('the CRD is there', async () => (await lab.kubectl(['get', crd, '--ignore-not-found'])) !== '' || undefined, 30_000);
  await lab.kubectl(['wait', '--for=condition=Established', '--timeout=30s', crd]);
  await lab.kubectl(['wait', '-n', OPERATOR_NAMESPACE, '--for=condition=Available', '--timeout=120s', deployment, '--all']);
  const spec = { interface: 'eth0', imagePullSecrets: [{ name: PULL_SECRET }] };
  await lab.apply({
    apiVersion: 'redhatcop.redhat.io/v1alpha1',
    kind: 'KeepalivedGroup',
    metadata: { name: GROUP, namespace: NAMESPACE },
    spec,
  });
  await lab.waitFor('the client gets the page', () => page(lab, VIP).catch(() => undefined), 120_000);
  await settled(lab);
  const used = await Promise.all(
    [
      ['-n', OPERATOR_NAMESPACE],
      ['-n', NAMESPACE, '-l', `keepalivedGroup=${GROUP}`],
    ].map(imagesOf),
  );
  expect([...new Set(used.flat())].sort()).toEqual([...new Set(images)].sort());
}

async function imagesOf(selection: readonly string[]): Promise<string[]> {
  const { items } = JSON.parse(await lab.kubectl(['get', 'pods', ...selection, '-o', 'json']));
  return items.flatMap(({ spec }: { spec: Record<'containers' | 'initContainers', { image: string }[] | undefined> }) =>
    [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ image }) => image),
  );
}

/** Until what it owned is gone, too: the garbage collector may never hear of a group whose kind goes with it. */
async function withoutGroup(): Promise<void> {
  await lab.kubectl(['delete', 'keepalivedgroup', '-n', NAMESPACE, GROUP, '--wait', '--timeout=60s']);
  await lab.waitFor(
    'nothing is left of the group',
    async () => {
      const objects = await lab.kubectl(['get', 'daemonsets,configmaps,roles,rolebindings,pods', '-n', NAMESPACE, '-o', 'name']);
      const left = objects.split('\n').filter((name) => name.includes(`/${GROUP}`));
      return left.length === 0 || Promise.reject(new Error(left.join(', ')));
    },
    60_000,
  );
}

/** Removes what was made by hand for the installation, and waits until nothing of it is left. */
async function removed(): Promise<void> {
  await lab.kubectl(['delete', 'namespace', OPERATOR_NAMESPACE, '--ignore-not-found', '--wait', '--timeout=90s']);
  const left = await definitions();
  if (left.length > 0) await lab.kubectl(['delete', 'crd', '--wait', ...left]);
  await nothingIsLeft();
}

const definitions = async (): Promise<string[]> =>
  (await lab.kubectl(['get', 'crd', '-o', 'jsonpath={.items[*].metadata.name}']))
    .split(' ')
    .filter((name) => name.endsWith('.redhatcop.redhat.io'));

const CLUSTER_WIDE = 'crd,clusterroles,clusterrolebindings,namespaces,validatingadmissionpolicies,validatingadmissionpolicybindings';
const NAMESPACED = 'pods,configmaps,daemonsets,deployments,leases,roles,rolebindings,secrets,serviceaccounts,services';

/** What operator and group are made of has their names; the group is called vips. */
const nothingIsLeft = (): Promise<true> =>
  lab.waitFor(
    'nothing is left of operator and group',
    async () => {
      const objects = await lab.kubectl(['get', `${CLUSTER_WIDE},${NAMESPACED}`, '-A', '-o', 'name']);
      const holders = await lab.holders(VIP);
      const left = [
        ...objects.split('\n').filter((name) => /keepalive|\/vips(?:-|$)/.test(name)),
        ...holders.map((host) => `${VIP} on ${host}`),
      ];
      if (left.length > 0) throw new Error(left.join(', '));
      return true as const;
    },
    90_000,
  );
