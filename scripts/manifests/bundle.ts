/** The OLM bundle of this version (registry+v1), made from config/, the roles and the examples. */
import { readFileSync } from 'node:fs';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { API_VERSION } from '../../src/api/names.ts';
import { CLUSTER_RULES, METRICS_READER, NAMESPACE_RULES, type Rule } from '../../src/manager/rbac.ts';
import { type Crd, crds } from './crds.ts';
import { descriptors } from './descriptors.ts';
import { matrix, oldestMinor } from './kubernetes-matrix.ts';
import { channelsOf, IMAGE, RELEASES, VERSION } from './version.ts';

export const PACKAGE = 'keepalived-operator';
/** Channels that this version is in. */
export const CHANNELS = channelsOf(VERSION);
/** The last version of the Go operator, whose graph goes on. */
export const REPLACES = 'keepalived-operator.v1.5.4';
export const CSV_NAME = `${PACKAGE}.v${VERSION}`;

/**
 * Every file of the bundle by its path below `bundle/`.
 * @param image - the operator's image; published bundles name it by digest
 */
export function bundleFiles(image: string = IMAGE): Record<string, string> {
  return {
    'manifests/keepalived-operator.clusterserviceversion.yaml': yaml(clusterServiceVersion(image)),
    ...Object.fromEntries(crds().map((crd) => [`manifests/${crd.spec.group}_${crd.spec.names.plural}.yaml`, yaml(crd)])),
    'manifests/keepalived-operator-controller-manager-metrics_v1_service.yaml': yaml(
      withoutNamespace(parse(readFileSync('config/manager/metrics_service.yaml', 'utf8'))),
    ),
    'manifests/keepalived-operator-controller-manager-metrics-monitor_monitoring.coreos.com_v1_servicemonitor.yaml': yaml(serviceMonitor()),
    'manifests/keepalived-operator-prometheus-k8s_rbac.authorization.k8s.io_v1_role.yaml': yaml(prometheusAccess('Role')),
    'manifests/keepalived-operator-prometheus-k8s_rbac.authorization.k8s.io_v1_rolebinding.yaml': yaml(prometheusAccess('RoleBinding')),
    'manifests/keepalived-operator-metrics-reader_rbac.authorization.k8s.io_v1_clusterrole.yaml': yaml(METRICS_READER),
    'metadata/annotations.yaml': yaml({ annotations: ANNOTATIONS }),
    'tests/scorecard/config.yaml': yaml(SCORECARD),
    'bundle.Dockerfile': containerfile(),
  };
}

/** The annotations by which OLM knows a bundle; the image's labels are the same. */
export const ANNOTATIONS: Readonly<Record<string, string>> = {
  'operators.operatorframework.io.bundle.mediatype.v1': 'registry+v1',
  'operators.operatorframework.io.bundle.manifests.v1': 'manifests/',
  'operators.operatorframework.io.bundle.metadata.v1': 'metadata/',
  'operators.operatorframework.io.bundle.package.v1': PACKAGE,
  'operators.operatorframework.io.bundle.channels.v1': CHANNELS.join(','),
  'operators.operatorframework.io.bundle.channel.default.v1': RELEASES,
  'operators.operatorframework.io.test.mediatype.v1': 'scorecard+v1',
  'operators.operatorframework.io.test.config.v1': 'tests/scorecard/',
  // OpenShift 4.N has Kubernetes 1.(N + 13).
  'com.redhat.openshift.versions': `v4.${Number(oldestMinor(matrix()).split('.')[1]) - 13}`,
};

// --- internal ---

const BASE = 'config/manifests/base.clusterserviceversion.yaml';
const ICON = 'docs/images/icon.svg';
const SERVICE_ACCOUNT = 'controller-manager';

// biome-ignore lint/suspicious/noExplicitAny: manifests of any shape, taken apart and put together again.
type Manifest = any;

const yaml = (object: unknown): string =>
  `# Made by npm run gen.\n${stringify(object, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false })}`;

/** OLM puts an object of a bundle where the operator is. */
function withoutNamespace({ metadata, ...object }: Manifest): Manifest {
  const { namespace: _, ...named } = metadata;
  return { ...object, metadata: named };
}

/** Its token isn't in the bundle: OLM would make the Secret before the ServiceAccount that it is for, and Kubernetes deletes such a Secret. */
const serviceMonitor = (): Manifest => withoutNamespace(parse(readFileSync('config/prometheus/service_monitor.yaml', 'utf8')));

function prometheusAccess(kind: string): Manifest {
  const documents = parseAllDocuments(readFileSync('config/prometheus/prometheus_role.yaml', 'utf8'));
  return withoutNamespace(documents.map((document) => document.toJS() as Manifest).find((object) => object.kind === kind));
}

function clusterServiceVersion(image: string): Manifest {
  const base: Manifest = parse(readFileSync(BASE, 'utf8'));
  return {
    ...base,
    metadata: {
      name: CSV_NAME,
      ...base.metadata,
      annotations: {
        'alm-examples': JSON.stringify(examples(), null, 2),
        containerImage: image,
        'olm.skipRange': `>=0.1.0 <${VERSION}`,
        ...base.metadata.annotations,
      },
    },
    spec: {
      ...base.spec,
      version: VERSION,
      replaces: REPLACES,
      icon: [{ base64data: readFileSync(ICON).toString('base64'), mediatype: 'image/svg+xml' }],
      customresourcedefinitions: { owned: crds().map((crd) => owned(crd, base.spec.customresourcedefinitions.owned)) },
      relatedImages: [
        { name: 'keepalived-operator', image },
        { name: 'keepalived', image },
      ],
      install: {
        strategy: 'deployment',
        spec: {
          clusterPermissions: [{ serviceAccountName: SERVICE_ACCOUNT, rules: CLUSTER_RULES.map(withoutReason) }],
          permissions: [{ serviceAccountName: SERVICE_ACCOUNT, rules: NAMESPACE_RULES.map(withoutReason) }],
          deployments: [deployment(image)],
        },
      },
    },
  };
}

/** What OpenShift's console shows of a kind: in the words of people where the base has them, else in those of its schema. */
function owned({ metadata, spec }: Crd, described: readonly Manifest[]): Manifest {
  const [version] = spec.versions;
  const { description, properties } = version?.schema.openAPIV3Schema ?? {};
  return {
    name: metadata.name,
    version: version?.name,
    kind: spec.names.kind,
    displayName: spec.names.kind,
    description,
    ...described.find(({ name }) => name === metadata.name),
    specDescriptors: descriptors(properties?.spec ?? {}),
    statusDescriptors: descriptors(properties?.status ?? {}),
  };
}

const withoutReason = ({ why: _, ...rule }: Rule): object => rule;

/**
 * The Deployment of config/manager with every image written out: OLM's tools for mirrors look for the operands in such variables, where the
 * manager would find the image of its own pod.
 */
function deployment(image: string): object {
  const { metadata, spec }: Manifest = parse(readFileSync('config/manager/deployment.yaml', 'utf8'));
  const [container] = spec.template.spec.containers;
  container.image = image;
  container.env.unshift(...['KEEPALIVED_OPERATOR_IMAGE_NAME', 'RELATED_IMAGE_KEEPALIVED'].map((name) => ({ name, value: image })));
  return { name: metadata.name, label: metadata.labels, spec };
}

/** One object of each kind of ours. */
const examples = (): object[] =>
  ['examples/web.yaml', 'config/samples/pool.yaml', 'config/samples/virtual-ip.yaml']
    .flatMap((file) => parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS() as Manifest))
    .filter(({ apiVersion }) => apiVersion === API_VERSION);

const SCORECARD_IMAGE = 'quay.io/operator-framework/scorecard-test:v1.42.0';
const SCORECARD_TESTS = [
  ['basic', 'basic-check-spec'],
  ['olm', 'olm-bundle-validation'],
  ['olm', 'olm-crds-have-validation'],
  ['olm', 'olm-crds-have-resources'],
  ['olm', 'olm-spec-descriptors'],
  ['olm', 'olm-status-descriptors'],
] as const;
const SCORECARD = {
  apiVersion: 'scorecard.operatorframework.io/v1alpha3',
  kind: 'Configuration',
  metadata: { name: 'config' },
  stages: [
    {
      parallel: true,
      tests: SCORECARD_TESTS.map(([suite, test]) => ({
        entrypoint: ['scorecard-test', test],
        image: SCORECARD_IMAGE,
        labels: { suite, test: `${test}-test` },
      })),
    },
  ],
};

function containerfile(): string {
  const labels = Object.entries(ANNOTATIONS).map(([key, value]) => `LABEL ${key}=${value}`);
  const copies = ['manifests', 'metadata', 'tests/scorecard'].map((folder) => `COPY ${folder} /${folder}/`);
  return `# Made by npm run gen.\nFROM scratch\n${[...labels, ...copies].join('\n')}\n`;
}
