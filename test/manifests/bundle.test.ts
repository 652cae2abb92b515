import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { bundleFiles } from '../../scripts/manifests/bundle.ts';
import { catalog } from '../../scripts/manifests/catalog.ts';
import { complaints } from './bundle-rules.ts';
import { objectsIn, one } from './helm.ts';

const CSV = 'manifests/keepalived-operator.clusterserviceversion.yaml';
const CRD = 'manifests/redhatcop.redhat.io_keepalivedgroups.yaml';
const DIGEST = `sha256:${'5'.repeat(64)}`;
const PINNED = `quay.io/redhat-cop/keepalived-operator@${DIGEST}`;

const files = Object.fromEntries(
  globSync('**/*', { cwd: 'bundle', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => `${parentPath}/${name}`)
    .map((path) => [path.replace(/^.*?bundle\//, ''), readFileSync(path, 'utf8')]),
);

/** The bundle with one text in one file replaced. */
function broken(file: string, from: string | RegExp, to: string): Record<string, string> {
  const text = files[file] ?? '';
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${from} is not in ${file}`);
  return { ...files, [file]: changed };
}

describe('the OLM bundle', () => {
  it('breaks no rule of operator-sdk bundle validate and of scorecard', () => expect(complaints({ files })).toEqual([]));

  it.each([
    ['another mediatype', broken('metadata/annotations.yaml', 'registry+v1', 'plain'), 'format: the mediatype'],
    ['no channel', broken('metadata/annotations.yaml', /channels\.v1: alpha/, 'channels.v1: ""'), 'channels.v1 is missing'],
    ['a hidden file', { ...files, 'manifests/.hidden.yaml': '' }, 'loading: manifests/.hidden.yaml'],
    ['no ClusterServiceVersion', { ...files, [CSV]: '' }, 'loading: 0 ClusterServiceVersions'],
    [
      'a Deployment among the manifests',
      { ...files, 'manifests/x.yaml': 'kind: Deployment\nmetadata: {name: x}' },
      'Deployment is not allowed',
    ],
    [
      'a namespace in a manifest',
      { ...files, 'manifests/x.yaml': 'kind: Service\nmetadata: {name: x, namespace: y}' },
      'names a namespace',
    ],
    [
      'the ServiceAccount of the CSV',
      { ...files, 'manifests/x.yaml': 'kind: ServiceAccount\nmetadata: {name: controller-manager}' },
      'is made by OLM',
    ],
    ['an owned CRD that is not there', { ...files, [CRD]: '' }, 'is owned, but there is no such CRD'],
    ['a short minKubeVersion', broken(CSV, 'minKubeVersion: 1.25.0', 'minKubeVersion: "1.25"'), 'minKubeVersion 1.25 is no full version'],
    ['an example of another API', broken(CSV, '"kind": "KeepalivedGroup"', '"kind": "Other"'), 'is of no owned API'],
    ['a misspelled OLM annotation', broken(CSV, 'olm.skipRange', 'olm.skiprange'), 'is written olm.skipRange'],
    ['an unknown category', broken(CSV, 'categories: Networking', 'categories: Networks'), 'Networks is no category'],
    ['a maintainer without an address', broken(CSV, /email: .*/, 'email: nobody'), 'has no valid address'],
    ['no request of memory', broken(CSV, /memory: 128Mi/, 'other: 1'), 'requests no cpu or memory'],
    [
      'an example with a field without a descriptor',
      broken(CSV, '"interface": "eth0"', '"image": "x", "colour": 1'),
      'spec.colour of the example is not in the schema',
    ],
    [
      'a CRD of another name',
      broken(CRD, 'name: keepalivedgroups.redhatcop.redhat.io', 'name: groups.redhatcop.redhat.io'),
      'is not plural.group',
    ],
  ])('would be refused with %s', (_, changed, sentence) => expect(complaints({ files: changed }).join('\n')).toContain(sentence));

  it('goes on with the channel of the Go operator', () => {
    const { metadata, spec } = parse(files[CSV] ?? '');
    expect(spec.replaces).toBe('keepalived-operator.v1.5.4');
    expect(metadata.annotations['olm.skipRange']).toMatch(/^>=0\.1\.0 <2/);
    expect(spec.install.spec.deployments[0].name).toBe('keepalived-operator-controller-manager');
    expect(spec.install.spec.deployments[0].spec.selector.matchLabels).toEqual({ operator: 'keepalived-operator' });
  });

  it('that is published names every image by digest, that of the operand too', () => {
    const text = bundleFiles(PINNED)[CSV] ?? '';
    const { metadata, spec } = parse(text);
    const [container] = spec.install.spec.deployments[0].spec.template.spec.containers;
    const environment = Object.fromEntries(container.env.map(({ name, value }: { name: string; value: string }) => [name, value]));
    const named = [
      container.image,
      environment.KEEPALIVED_OPERATOR_IMAGE_NAME,
      environment.RELATED_IMAGE_KEEPALIVED,
      metadata.annotations.containerImage,
    ];
    expect(new Set(named)).toEqual(new Set([PINNED]));
    expect(spec.relatedImages.map(({ image }: { image: string }) => image)).toEqual([PINNED, PINNED]);
    expect(text).not.toMatch(/keepalived-operator:v/);
    expect(complaints({ files: { ...files, ...bundleFiles(PINNED) } })).toEqual([]);
  });

  it('asks for the permissions of config/rbac, no more and no less', () => {
    const { spec } = parse(files[CSV] ?? '');
    const all = objectsIn(readFileSync('config/rbac/role.yaml', 'utf8'));
    expect(spec.install.spec.clusterPermissions[0].rules).toEqual(one(all, 'ClusterRole', 'keepalived-operator-manager-role').rules);
    expect(spec.install.spec.permissions[0].rules).toEqual(one(all, 'Role').rules);
  });
});

describe('the catalog', () => {
  const blobs = parseAllDocuments(catalog({ operator: PINNED, bundle: `quay.io/x/bundle@${DIGEST}` })).map((document) => document.toJS());
  const of = (schema: string) => blobs.filter((blob) => blob.schema === schema);

  it('has one package with a default channel, and one channel with one head', () => {
    expect(of('olm.package')).toMatchObject([{ name: 'keepalived-operator', defaultChannel: 'alpha' }]);
    expect(of('olm.channel')).toMatchObject([{ name: 'alpha', package: 'keepalived-operator' }]);
    const { entries } = of('olm.channel')[0];
    const replaced = new Set(entries.map(({ replaces }: { replaces: string }) => replaces));
    expect(entries.filter(({ name }: { name: string }) => !replaced.has(name))).toHaveLength(1);
  });

  it('has a bundle for each entry of the channel, with its package, its API and every image', () => {
    expect(of('olm.bundle').map(({ name }) => name)).toEqual(of('olm.channel')[0].entries.map(({ name }: { name: string }) => name));
    const [bundle] = of('olm.bundle');
    expect(bundle.properties.map(({ type }: { type: string }) => type)).toEqual(['olm.package', 'olm.gvk', 'olm.csv.metadata']);
    expect(bundle.relatedImages.map(({ image }: { image: string }) => image)).toEqual([`quay.io/x/bundle@${DIGEST}`, PINNED, PINNED]);
  });
});
