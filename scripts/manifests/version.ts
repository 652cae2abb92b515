/** The version of everything that is published; package.json alone says it. */
import { readFileSync } from 'node:fs';

export const VERSION: string = JSON.parse(readFileSync('package.json', 'utf8')).version;

/** Where the image is published; the tag is the version's. */
export const IMAGE_REPOSITORY = 'quay.io/redhat-cop/keepalived-operator';
export const IMAGE = `${IMAGE_REPOSITORY}:v${VERSION}`;

/** A file's text with the version that belongs in it, whatever it says now: image tags and the lines of a Chart.yaml. */
export function stamped(text: string, version: string = VERSION): string {
  return text
    .replace(/quay\.io\/redhat-cop\/keepalived-operator:v[\w.+-]+/g, `${IMAGE_REPOSITORY}:v${version}`)
    .replace(/^version: .*$/m, `version: ${version}`)
    .replace(/^appVersion: .*$/m, `appVersion: v${version}`);
}
