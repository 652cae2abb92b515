/** What is published, made by the commands of a release, in folders instead of a registry. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { folderWith, searchedFolders } from '../../lab/kubernetes/kubernetes.ts';
import { run } from '../../lab/machine/run.ts';
import { ANNOTATIONS } from '../../scripts/manifests/bundle.ts';

const OPERATOR = `registry.example.org/ka@sha256:${'5'.repeat(64)}`;
const REPOSITORY = 'registry.example.org/ka-bundle';

const whyNot =
  process.getuid?.() !== 0
    ? 'buildah needs root here'
    : folderWith('buildah', searchedFolders()) === undefined
      ? 'buildah is not on PATH'
      : undefined;
const skipped = whyNot === undefined ? '' : ` (skipped: ${whyNot})`;

const node = (...parameters: readonly string[]) => run([process.execPath, ...parameters], { timeoutMs: 60_000 });

describe('what is published for OLM', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'publish-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['the bundle', ['scripts/bundle.ts', '--image=registry.example.org/ka:v1'], "needs the operator's image by digest"],
    ['the bundle', ['scripts/bundle.ts'], 'none was given'],
    ['the catalog', ['scripts/catalog.ts', '--bundle=registry.example.org/ka-bundle:v1'], "needs the bundle's image by digest"],
    ['the catalog', ['scripts/catalog.ts', `--bundle=${REPOSITORY}@sha256:${'6'.repeat(64)}`], 'make bundle IMAGE='],
  ])(
    '%s is not written by %j',
    async (_, parameters, words) => await expect(node(...parameters, '--outdir', join(folder, 'none'))).rejects.toThrow(words),
  );

  it.skipIf(whyNot !== undefined)(
    `is a bundle, and a catalog that names its image by the digest that it was pushed with${skipped}`,
    async () => {
      await node('scripts/bundle.ts', `--image=${OPERATOR}`, '--outdir', folder);
      const bundle = await push('bundle', 'bundle.Dockerfile');
      expect(bundle.labels).toMatchObject(ANNOTATIONS);
      expect(bundle.files).toContain('manifests/keepalived-operator.clusterserviceversion.yaml');

      await node('scripts/catalog.ts', `--bundle=${REPOSITORY}@${bundle.digest}`, '--outdir', folder);
      const catalog = await push('catalog', 'catalog.Containerfile');
      expect(catalog.labels).toMatchObject({ 'operators.operatorframework.io.index.configs.v1': '/configs' });
      expect(catalog.files).toContain('configs/keepalived-operator/catalog.yaml');
      const text = readFileSync(join(folder, 'catalog/keepalived-operator/catalog.yaml'), 'utf8');
      const blobs = parseAllDocuments(text).map((document) => document.toJS());
      const { image, relatedImages } = blobs.find(({ schema }) => schema === 'olm.bundle');
      expect(image).toBe(`${REPOSITORY}@${bundle.digest}`);
      expect(new Set(relatedImages.map((one: { image: string }) => one.image))).toEqual(new Set([image, OPERATOR]));
    },
  );

  /** Builds and pushes as `make publish-...` does, to a folder in the layout of OCI, and reads it back. */
  async function push(name: string, containerfile: string) {
    const to = join(folder, `oci-${name}`);
    const tag = `localhost/test-${name}-${process.pid}`;
    const source = join(folder, name);
    await run(['buildah', 'build', '--quiet', '--isolation', 'chroot', '--tag', tag, '--file', join(source, containerfile), source], {
      timeoutMs: 60_000,
    });
    try {
      await run(['buildah', 'push', '--quiet', '--digestfile', join(folder, `${name}.digest`), tag, `oci:${to}:v1`], { timeoutMs: 60_000 });
    } finally {
      await run(['buildah', 'rmi', tag]);
    }
    return { digest: readFileSync(join(folder, `${name}.digest`), 'utf8').trim(), ...(await readBack(to)) };
  }
});

// --- internal ---

/** Labels and files of the one image in a folder in the layout of OCI. */
async function readBack(folder: string): Promise<{ readonly labels: Record<string, string>; readonly files: readonly string[] }> {
  const blob = (digest: string): string => join(folder, 'blobs', ...digest.split(':'));
  const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
  const manifest = read(blob(read(join(folder, 'index.json')).manifests[0].digest));
  expect(readdirSync(join(folder, 'blobs/sha256')).length).toBeGreaterThan(2);
  const lists = manifest.layers.map(({ digest }: { digest: string }) => run(['tar', '--list', '--gzip', '--file', blob(digest)]));
  const files = (await Promise.all(lists)).flatMap(({ stdout }) => stdout.split('\n'));
  return { labels: read(blob(manifest.config.digest)).config.Labels, files };
}
