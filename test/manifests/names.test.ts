/** package.json alone says what is published, under which name and in which version: in a copy of the tree with another one, nothing says the old. */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../lab/machine/run.ts';
import { IMAGE, IMAGE_REPOSITORY, PUBLICATION, VERSION } from '../../scripts/manifests/version.ts';
import { kubectl, overlay, withoutKubectl, withoutKubectlWords } from './kubectl.ts';

const OTHER = { version: '7.8.9-rc.1', image: 'registry.example.org:5000/us/keepalived-operator' };
/** What tells of the past, or of the Go operator, goes on to name it; tests name what they like. */
const KEEPS_ITS_NAMES = /^\.\/(CHANGELOG\.md|docs\/adr\/|docs\/comparison\.md|test\/|[^:]*\.test\.ts)/;
const NOT_COPIED = new Set(['node_modules', '.git', 'dist', '.test-results']);

describe('a fork with another image and version', () => {
  let copy = '';

  beforeAll(async () => {
    copy = mkdtempSync(join(tmpdir(), 'fork-'));
    cpSync('.', copy, { recursive: true, filter: (name) => !NOT_COPIED.has(name) });
    symlinkSync(resolve('node_modules'), join(copy, 'node_modules'));
    for (const file of ['package.json', 'package-lock.json'])
      writeFileSync(
        join(copy, file),
        readFileSync(file, 'utf8')
          .replaceAll(`"version": "${VERSION}"`, `"version": "${OTHER.version}"`)
          .replaceAll(IMAGE_REPOSITORY, OTHER.image),
      );
    await run([process.execPath, 'scripts/generate.ts'], { cwd: copy, timeoutMs: 120_000 });
  }, 150_000);
  afterAll(() => rmSync(copy, { recursive: true }));

  it.each([
    ['image', IMAGE_REPOSITORY],
    ['version', VERSION],
  ])('has the old %s nowhere', async (_, old) => {
    const found = await run(['sh', '-c', 'grep -rnF --exclude-dir=node_modules -e "$1" . || test $? = 1', 'grep', old], { cwd: copy });
    expect(found.stdout.split('\n').filter((line) => line !== '' && !KEEPS_ITS_NAMES.test(line))).toEqual([]);
  });

  it.each([
    'config/manager/deployment.yaml',
    'bundle/manifests/keepalived-operator.clusterserviceversion.yaml',
    'catalog/keepalived-operator.yaml',
    'charts/keepalived-operator/Chart.yaml',
    'src/api/release.ts',
  ])('has the new image in %s', (file) => expect(readFileSync(join(copy, file), 'utf8')).toContain(`${OTHER.image}:v${OTHER.version}`));

  it('plans with the new image, for the agent and for keepalived', async () => {
    const { stdout } = await run([process.execPath, 'src/main/kubectl-keepalived.ts', 'plan', '-f', 'examples/'], { cwd: copy });
    expect(new Set([...stdout.matchAll(/^ +image: (.*)$/gm)].map(([, image]) => image))).toEqual(
      new Set([`${OTHER.image}:v${OTHER.version}`]),
    );
  });
});

describe('the name of the image', () => {
  it('has the version of package.json in the lock file, too', () =>
    expect(JSON.parse(readFileSync('package-lock.json', 'utf8'))).toMatchObject({
      version: PUBLICATION.version,
      packages: { '': { version: PUBLICATION.version } },
    }));

  it.skipIf(withoutKubectl !== undefined)(`is changed by an overlay that names only the image${withoutKubectlWords}`, async () => {
    const images = `images:\n  - name: ${IMAGE_REPOSITORY}\n    newName: ${OTHER.image}\n    newTag: edge\n`;
    const manifests = await overlay('config/default', images, (folder) => kubectl('kustomize', folder));
    expect(manifests).toContain(`image: ${OTHER.image}:edge\n`);
    expect(manifests).not.toContain(IMAGE_REPOSITORY);
    expect(manifests).not.toContain(IMAGE);
  });
});
