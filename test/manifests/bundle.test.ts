import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { bundleFiles } from '../../scripts/manifests/bundle.ts';
import { catalog } from '../../scripts/manifests/catalog.ts';
import { crds } from '../../scripts/manifests/crds.ts';
import { channelsOf, VERSION } from '../../scripts/manifests/version.ts';
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
    ['no channel', broken('metadata/annotations.yaml', /channels\.v1: .*/, 'channels.v1: ""'), 'channels.v1 is missing'],
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
    ['a short minKubeVersion', broken(CSV, /minKubeVersion: .*/, 'minKubeVersion: "1.30"'), 'minKubeVersion 1.30 is no full version'],
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

  it('is for those alone who chose the channel of candidates while its version is one', () => {
    const { annotations } = parse(files['metadata/annotations.yaml'] ?? '');
    expect(annotations['operators.operatorframework.io.bundle.channels.v1']).toBe(channelsOf(VERSION).join(','));
    expect(annotations['operators.operatorframework.io.bundle.channel.default.v1']).toBe('alpha');
  });

  it('has the ServiceMonitor of the Go operator, with what lets Prometheus of OpenShift find the manager', () => {
    const all = Object.values(files).flatMap((text) => objectsIn(text));
    const { spec } = one(all, 'ServiceMonitor', 'keepalived-operator-controller-manager-metrics-monitor');
    expect(one(all, 'Service').metadata.labels).toMatchObject(spec.selector.matchLabels);
    expect(spec.endpoints[0].port).toBe(one(all, 'Service').spec.ports[0].name);
    expect(one(all, 'RoleBinding').roleRef.name).toBe(one(all, 'Role').metadata.name);
  });

  it('has its metrics read by a token that one documented command makes, by no file of Prometheus', () => {
    const [endpoint] = one(
      Object.values(files).flatMap((text) => objectsIn(text)),
      'ServiceMonitor',
    ).spec.endpoints;
    expect(endpoint).not.toHaveProperty('bearerTokenFile');
    const reader = objectsIn(readFileSync('config/prometheus/metrics_reader.yaml', 'utf8'));
    expect(endpoint.authorization.credentials.name).toBe(one(reader, 'Secret').metadata.name);
    expect(readFileSync('docs/how-to/openshift.md', 'utf8')).toContain('oc apply -f config/prometheus/metrics_reader.yaml');
  });

  it('goes on where the Go operator ended', () => {
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

  it("has one package, whose default is this version's first channel, and no word of channels that it is not in", () => {
    const names = channelsOf(VERSION);
    expect(of('olm.package')).toMatchObject([{ name: 'keepalived-operator', defaultChannel: names[0] }]);
    expect(of('olm.channel').map(({ name }) => name)).toEqual(names);
  });

  it('has one head in each channel', () => {
    for (const { entries } of of('olm.channel')) {
      const replaced = new Set(entries.map(({ replaces }: { replaces: string }) => replaces));
      expect(entries.filter(({ name }: { name: string }) => !replaced.has(name))).toHaveLength(1);
    }
  });

  it('is subscribed to by config/operatorhub, in a channel that has this version', () => {
    const subscription = one(objectsIn(readFileSync('config/operatorhub/operator.yaml', 'utf8')), 'Subscription');
    expect(channelsOf(VERSION)).toContain(subscription.spec.channel);
  });

  it('has a bundle for each entry of the channel, with its package, its API and every image', () => {
    expect(of('olm.bundle').map(({ name }) => name)).toEqual(of('olm.channel')[0].entries.map(({ name }: { name: string }) => name));
    const [bundle] = of('olm.bundle');
    expect(bundle.properties.map(({ type }: { type: string }) => type)).toEqual([
      'olm.package',
      ...crds().map(() => 'olm.gvk'),
      'olm.csv.metadata',
    ]);
    expect(bundle.relatedImages.map(({ image }: { image: string }) => image)).toEqual([`quay.io/x/bundle@${DIGEST}`, PINNED, PINNED]);
  });
});
