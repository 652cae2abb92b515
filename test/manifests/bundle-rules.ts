/**
 * What `operator-sdk bundle validate` with the suite operatorframework, and scorecard's static tests, hold against a registry+v1 bundle.
 * Each rule gives sentences; a sound bundle gets none.
 */
import { gzipSync } from 'node:zlib';
import { parseAllDocuments } from 'yaml';

export interface Bundle {
  /** Text by path, as `manifests/x.yaml`. */
  readonly files: Readonly<Record<string, string>>;
}

// biome-ignore lint/suspicious/noExplicitAny: objects of any kind, looked into by path.
type Manifest = any;

interface Loaded {
  readonly files: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly csv: Manifest;
  readonly crds: readonly Manifest[];
  readonly others: readonly Manifest[];
}

/** Everything that is wrong with a bundle, as `rule: sentence`. */
export function complaints(bundle: Bundle): string[] {
  const before = loading(bundle);
  if (before.length > 0) return before;
  const loaded = load(bundle);
  return Object.entries(RULES).flatMap(([name, rule]) => rule(loaded).map((sentence) => `${name}: ${sentence}`));
}

// --- internal ---

type Rule = (bundle: Loaded) => string[];

const PREFIX = 'operators.operatorframework.io.bundle.';
const REQUIRED = ['mediatype.v1', 'manifests.v1', 'metadata.v1', 'package.v1', 'channels.v1'].map((key) => `${PREFIX}${key}`);
const KINDS = new Set(
  `ClusterServiceVersion CustomResourceDefinition ClusterRole ClusterRoleBinding Service ServiceAccount Role RoleBinding PrometheusRule
  ServiceMonitor PodMonitor Secret ConfigMap PodDisruptionBudget PriorityClass VerticalPodAutoscaler ConsoleYAMLSample ConsoleQuickStart
  ConsoleCLIDownload ConsoleLink ConsolePlugin NetworkPolicy`.split(/\s+/),
);
const CAPABILITIES = ['Basic Install', 'Seamless Upgrades', 'Full Lifecycle', 'Deep Insights', 'Auto Pilot'];
const CATEGORIES = new Set([
  ...['AI/Machine Learning', 'Application Runtime', 'Big Data', 'Cloud Provider', 'Database', 'Developer Tools', 'Integration & Delivery'],
  ...['Logging & Tracing', 'Modernization & Migration', 'Monitoring', 'Networking', 'Observability', 'OpenShift Optional', 'Security'],
  ...['Storage', 'Streaming & Messaging'],
]);
const MOST_BYTES = 1_048_576;
const SEMVER = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;
const DNS_LABEL_VALUE = /^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$/;
const IMAGE = /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)+(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/;
const EMAIL = /^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$/;
const CASED = ['olm.skipRange', 'olm.operatorGroup', 'olm.operatorNamespace', 'olm.targetNamespaces', 'olm.providedAPIs', 'olm.properties'];

/** Without these nothing else can be judged. */
function loading({ files }: Bundle): string[] {
  const names = Object.keys(files).filter((name) => name.startsWith('manifests/'));
  const odd = names.filter((name) => name.split('/').length > 2 || name.startsWith('manifests/.'));
  const csvs = names.flatMap((name) => documents(files[name])).filter(({ kind }) => kind === 'ClusterServiceVersion');
  return [
    ...(files['metadata/annotations.yaml'] === undefined ? ['format: there is no metadata/annotations.yaml'] : []),
    ...odd.map((name) => `loading: ${name} is hidden or in a folder below manifests/`),
    ...(csvs.length === 1 ? [] : [`loading: ${csvs.length} ClusterServiceVersions, expected one`]),
  ];
}

function load({ files }: Bundle): Loaded {
  const objects = Object.entries(files).flatMap(([name, text]) => (name.startsWith('manifests/') ? documents(text) : []));
  const of = (kind: string): Manifest[] => objects.filter((object) => object.kind === kind);
  return {
    files,
    annotations: documents(files['metadata/annotations.yaml'])[0]?.annotations ?? {},
    csv: of('ClusterServiceVersion')[0],
    crds: of('CustomResourceDefinition'),
    others: objects.filter(({ kind }) => kind !== 'ClusterServiceVersion' && kind !== 'CustomResourceDefinition'),
  };
}

const documents = (text = ''): Manifest[] => parseAllDocuments(text).flatMap((document) => document.toJS() ?? []);
const unless = (holds: unknown, sentence: string): string[] => (holds ? [] : [sentence]);

const RULES: Readonly<Record<string, Rule>> = {
  format: ({ annotations, files }) => [
    ...REQUIRED.flatMap((key) => unless(annotations[key], `annotation ${key} is missing or empty`)),
    ...unless(annotations[`${PREFIX}mediatype.v1`] === 'registry+v1', 'the mediatype of a bundle with a CSV is registry+v1'),
    ...Object.entries(annotations).flatMap(([key, value]) =>
      unless(files['bundle.Dockerfile']?.includes(`LABEL ${key}=${value}\n`), `the image's label ${key} differs from the annotation`),
    ),
  ],
  objects: ({ others }) =>
    others.flatMap(({ kind, metadata }) => [
      ...unless(KINDS.has(kind), `${kind} is not allowed in a bundle`),
      ...unless(metadata?.name, `an object of kind ${kind} has no name`),
      ...unless(metadata?.namespace === undefined, `${kind}/${metadata?.name} names a namespace`),
    ]),
  bundle: ({ csv, crds, others, files }) => {
    const owned: Manifest[] = csv.spec.customresourcedefinitions?.owned ?? [];
    const served = crds.flatMap((crd) =>
      crd.spec.versions.map((version: Manifest) => ({ name: crd.metadata.name, version: version.name, kind: crd.spec.names.kind })),
    );
    const keyOf = ({ name, version, kind }: Manifest): string => `${name} ${version} ${kind}`;
    const accounts = new Set(permissions(csv).map(({ serviceAccountName }) => serviceAccountName));
    const bytes = Object.values(files).reduce((sum, text) => sum + gzipSync(text).toString('base64').length, 0);
    return [
      ...owned.map(keyOf).flatMap((key) => unless(served.map(keyOf).includes(key), `${key} is owned, but there is no such CRD`)),
      ...served.map(keyOf).flatMap((key) => unless(owned.map(keyOf).includes(key), `${key} is there, but not owned`)),
      ...unless(new Set(served.map(keyOf)).size === served.length, 'a version of a CRD is there twice'),
      ...others
        .filter(({ kind, metadata }) => kind === 'ServiceAccount' && accounts.has(metadata.name))
        .map(({ metadata }) => `ServiceAccount ${metadata.name} is made by OLM; it must not be in the bundle`),
      ...unless(bytes <= MOST_BYTES * 0.85, `${bytes} bytes compressed; expected less than 85 % of ${MOST_BYTES}`),
    ];
  },
  csv: ({ csv, crds }) => {
    const { metadata, spec } = csv;
    const modes: Manifest[] = spec.installModes ?? [];
    const groups = crds.map((crd) => `${crd.spec.group}/${crd.spec.versions[0].name} ${crd.spec.names.kind}`);
    const examples = parsedExamples(metadata.annotations?.['alm-examples']);
    return [
      ...unless(DNS_LABEL_VALUE.test(metadata.name), `the name ${metadata.name} is no label value of at most 63 characters`),
      ...unless(spec.replaces === undefined || DNS_LABEL_VALUE.test(spec.replaces), `replaces ${spec.replaces} is no name`),
      ...unless(
        spec.displayName && spec.install?.strategy === 'deployment' && spec.install.spec?.deployments?.length > 0,
        'displayName, strategy or deployments are missing',
      ),
      ...unless(
        modes.some(({ supported }) => supported),
        'no install mode is supported',
      ),
      ...unless(new Set(modes.map(({ type }) => type)).size === modes.length, 'an install mode is there twice'),
      ...unless(SEMVER.test(spec.minKubeVersion ?? ''), `minKubeVersion ${spec.minKubeVersion} is no full version`),
      ...unless(examples !== undefined, 'alm-examples is not a JSON array'),
      ...(examples ?? []).flatMap(({ apiVersion, kind }) =>
        unless(groups.includes(`${apiVersion} ${kind}`), `the example of ${apiVersion} ${kind} is of no owned API`),
      ),
      ...groups.flatMap((group) =>
        unless(
          examples?.some(({ apiVersion, kind }) => `${apiVersion} ${kind}` === group),
          `${group} has no example`,
        ),
      ),
      ...Object.keys(metadata.annotations ?? {}).flatMap((key) =>
        CASED.filter((known) => known.toLowerCase() === key.toLowerCase() && known !== key).map(
          (known) => `annotation ${key} is written ${known}`,
        ),
      ),
      ...images(csv).flatMap((image) => unless(IMAGE.test(image), `${image} is no reference of an image`)),
    ];
  },
  crd: ({ crds }) =>
    crds.flatMap(({ apiVersion, metadata, spec }) => [
      ...unless(apiVersion === 'apiextensions.k8s.io/v1', `${metadata.name} is of ${apiVersion}`),
      ...unless(metadata.name === `${spec.names.plural}.${spec.group}`, `${metadata.name} is not plural.group`),
      ...unless(spec.versions.filter(({ storage }: Manifest) => storage).length === 1, `${metadata.name} has not one stored version`),
    ]),
  operatorhub: ({ csv: { metadata, spec } }) => [
    ...unless(spec.provider?.name, 'provider.name is missing'),
    ...unless(SEMVER.test(spec.version ?? ''), 'version is no semantic version'),
    ...unless((spec.maintainers ?? []).length > 0, 'there is no maintainer'),
    ...(spec.maintainers ?? []).flatMap(({ name, email }: Manifest) =>
      unless(name && EMAIL.test(email), `maintainer ${name} has no valid address`),
    ),
    ...(spec.links ?? []).flatMap(({ name, url }: Manifest) => unless(name && URL.canParse(url), `link ${name} has no valid URL`)),
    ...unless(
      spec.icon?.length === 1 && /^image\/(gif|jpeg|png|svg\+xml)$/.test(spec.icon[0].mediatype) && spec.icon[0].base64data,
      'the icon is missing or of no known type',
    ),
    ...unless(CAPABILITIES.includes(metadata.annotations?.capabilities), `capabilities are ${metadata.annotations?.capabilities}`),
    ...(metadata.annotations?.categories ?? '')
      .split(/,\s*/)
      .flatMap((one: string) => unless(CATEGORIES.has(one), `${one} is no category`)),
    ...unless(!Number.isNaN(Date.parse(metadata.annotations?.createdAt)), 'createdAt is no time'),
    ...unless((metadata.annotations?.description ?? '').length <= 135, 'the short description is longer than 135 characters'),
  ],
  practice: ({ csv }) => [
    ...unless(
      new RegExp(`^[a-z0-9-]+\\.v${csv.spec.version.replaceAll('.', '\\.')}$`).test(csv.metadata.name),
      'the name is not OPERATOR.vVERSION',
    ),
    ...csv.spec.install.spec.deployments.flatMap(({ spec }: Manifest) =>
      spec.template.spec.containers.flatMap(({ name, resources }: Manifest) =>
        unless(resources?.requests?.cpu && resources.requests.memory, `container ${name} requests no cpu or memory`),
      ),
    ),
    ...csv.spec.customresourcedefinitions.owned.flatMap(({ name, description }: Manifest) =>
      unless(description, `${name} has no description`),
    ),
    ...permissions(csv).flatMap(({ rules }) =>
      rules
        .filter(
          (rule) =>
            rule.resources?.includes('customresourcedefinitions') &&
            rule.verbs.some((verb) => verb !== 'get' && verb !== 'list' && verb !== 'watch'),
        )
        .map(() => 'the operator may change CRDs'),
    ),
  ],
  scorecard: ({ csv, crds }) =>
    (parsedExamples(csv.metadata.annotations?.['alm-examples']) ?? []).flatMap((example) => {
      const owned = csv.spec.customresourcedefinitions.owned.find(({ kind }: Manifest) => kind === example.kind);
      const schema = crds.find((crd) => crd.spec.names.kind === example.kind)?.spec.versions[0].schema.openAPIV3Schema.properties;
      const described = new Set((owned?.specDescriptors ?? []).map(({ path }: Manifest) => path));
      return [
        ...unless(example.spec !== undefined, `the example ${example.metadata?.name} has no spec`),
        ...unless((owned?.resources ?? []).length > 0, `${example.kind} lists no resources`),
        ...Object.keys(example.spec ?? {}).flatMap((key) => [
          ...unless(schema?.spec.properties[key], `spec.${key} of the example is not in the schema`),
          ...unless(described.has(key), `spec.${key} of the example has no descriptor`),
        ]),
        ...Object.keys(schema?.status?.properties ?? {}).flatMap((key) =>
          unless(
            (owned?.statusDescriptors ?? []).some(({ path }: Manifest) => path === key),
            `status.${key} has no descriptor`,
          ),
        ),
      ];
    }),
};

interface Permission {
  readonly serviceAccountName: string;
  readonly rules: readonly { readonly resources?: readonly string[]; readonly verbs: readonly string[] }[];
}

const permissions = ({ spec }: Manifest): Permission[] => [
  ...(spec.install.spec?.clusterPermissions ?? []),
  ...(spec.install.spec?.permissions ?? []),
];

const images = ({ spec }: Manifest): string[] => (spec.relatedImages ?? []).map(({ image }: Manifest) => image ?? '');

function parsedExamples(text: string | undefined): Manifest[] | undefined {
  try {
    const examples = JSON.parse(text ?? '');
    return Array.isArray(examples) ? examples : undefined;
  } catch {
    return undefined;
  }
}
