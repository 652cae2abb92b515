/** The fragment of a file-based catalog that offers this version as an upgrade of the Go operator. */
import { parse, stringify } from 'yaml';
import { bundleFiles, CHANNELS, CSV_NAME, PACKAGE, REPLACES } from './bundle.ts';
import { crds } from './crds.ts';
import { IMAGE, IMAGE_REPOSITORY, VERSION } from './version.ts';

export interface Images {
  /** The operator's image. */
  readonly operator: string;
  /** The image of the bundle. */
  readonly bundle: string;
}

/** The package, its channels, and the bundle with what OLM reads of it. No channel of the package that this version isn't in is named: it keeps its head. */
export function catalog(images: Images = { operator: IMAGE, bundle: `${IMAGE_REPOSITORY}-bundle:v${VERSION}` }): string {
  const files = bundleFiles(images.operator);
  const csv = parse(files['manifests/keepalived-operator.clusterserviceversion.yaml'] ?? '');
  const blobs = [
    {
      schema: 'olm.package',
      name: PACKAGE,
      defaultChannel: CHANNELS[0],
      description: csv.metadata.annotations.description,
      icon: csv.spec.icon[0],
    },
    ...CHANNELS.map((name) => ({
      schema: 'olm.channel',
      package: PACKAGE,
      name,
      entries: [{ name: CSV_NAME, replaces: REPLACES, skipRange: csv.metadata.annotations['olm.skipRange'] }],
    })),
    {
      schema: 'olm.bundle',
      package: PACKAGE,
      name: CSV_NAME,
      image: images.bundle,
      properties: [
        { type: 'olm.package', value: { packageName: PACKAGE, version: VERSION } },
        ...crds().map(({ spec: { group, versions, names } }) => ({
          type: 'olm.gvk',
          value: { group, version: versions[0]?.name, kind: names.kind },
        })),
        { type: 'olm.csv.metadata', value: csvMetadata(csv) },
      ],
      relatedImages: [{ name: '', image: images.bundle }, ...csv.spec.relatedImages],
    },
  ];
  return `# Made by npm run gen.\n${blobs.map((blob) => stringify(blob, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false })).join('---\n')}`;
}

/**
 * The image of a catalog: its folder, and the label by which OLM finds it. A catalog that serves itself, as OLM before 1.0 wants it without
 * `extractContent`, needs opm as its base.
 */
export const CATALOG_CONTAINERFILE = `# Made by scripts/catalog.ts.
ARG BASE=scratch
FROM \${BASE}
LABEL operators.operatorframework.io.index.configs.v1=/configs
COPY ${PACKAGE} /configs/${PACKAGE}/
ENTRYPOINT ["/bin/opm"]
CMD ["serve", "/configs", "--cache-dir=/tmp/cache"]
`;

// --- internal ---

/** What of a ClusterServiceVersion a catalog shows. */
// biome-ignore lint/suspicious/noExplicitAny: a manifest as it was made.
function csvMetadata({ metadata, spec }: any): object {
  const {
    customresourcedefinitions,
    description,
    displayName,
    installModes,
    keywords,
    links,
    maintainers,
    maturity,
    minKubeVersion,
    provider,
  } = spec;
  return {
    annotations: metadata.annotations,
    labels: metadata.labels,
    crdDescriptions: customresourcedefinitions,
    ...{ description, displayName, installModes, keywords, links, maintainers, maturity, minKubeVersion, provider },
  };
}
