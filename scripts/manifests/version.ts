/** What is published, where and by whom; package.json alone says it. */
import { readFileSync } from 'node:fs';

export interface Publication {
  readonly version: string;
  /** Where the source is, as in `https://github.com/OWNER/keepalived-operator`. */
  readonly repository: string;
  /** As in `NAME <ADDRESS>`. */
  readonly author: string;
  /** Where the image is, without its tag, which is the version's. */
  readonly config: { readonly image: string };
}

export const PUBLICATION: Publication = JSON.parse(readFileSync('package.json', 'utf8'));
export const VERSION: string = PUBLICATION.version;
export const IMAGE_REPOSITORY: string = PUBLICATION.config.image;
export const IMAGE = `${IMAGE_REPOSITORY}:v${VERSION}`;

/** The Go operator's channel. Its subscribers asked for releases: what came before one is in `candidate` alone. */
export const RELEASES = 'alpha';
/** What is in this channel is for those who chose it; releases are in it, too, so that nobody is left behind. */
export const CANDIDATES = 'candidate';

/** Channels of OLM that a version is in, the one first that a catalog with no other version offers. */
export function channelsOf(version: string): readonly string[] {
  return version.includes('-') ? [CANDIDATES] : [RELEASES, CANDIDATES];
}

/** Files that people keep, but for the names and the version in them. */
export const STAMPED: readonly string[] = [
  'charts/keepalived-operator/values.yaml',
  'charts/keepalived-operator/files/alerts.yaml',
  'config/manager/deployment.yaml',
  'config/operatorhub/operator.yaml',
  'config/manifests/base.clusterserviceversion.yaml',
  'image/Containerfile',
  'src/api/release.ts',
  'test/manifests/alerts-cases.yaml',
  '.github/workflows/release.yaml',
];

/** A file's text with the version, image, source and address that belong in it, whatever it says now. */
export function stamped(text: string, { version, repository, author, config: { image } }: Publication = PUBLICATION): string {
  return text
    .replace(/(?<![\w/.:-])(?:[\w.:-]+\/)+keepalived-operator:v[\w.+-]+/g, `${image}:v${version}`)
    .replace(/^( *repository): (?!https:)\S+\/keepalived-operator$/gim, `$1: ${image}`)
    .replace(/https:\/\/(?:[\w.-]+\/)+keepalived-operator(?![\w.-])/g, repository)
    .replace(/^( *email): .*$/gm, `$1: ${/<(.*)>/.exec(author)?.[1]}`)
    .replace(/^ARG VERSION=.*$/m, `ARG VERSION=${version}`)
    .replace(/^version: .*$/m, `version: ${version}`)
    .replace(/^appVersion: .*$/m, `appVersion: v${version}`)
    .replace(/^( +channel): .*$/m, `$1: ${channelsOf(version)[0]}`)
    .replace(/^ARG VERSION=.*$/m, `ARG VERSION=${version}`);
}
