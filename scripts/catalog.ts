/**
 * Writes the catalog of the bundle in dist/bundle, once that is published: `scripts/node scripts/catalog.ts --bundle REPOSITORY-bundle@sha256:...`.
 * The operator's image is the one that the bundle names.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { PACKAGE } from './manifests/bundle.ts';
import { CATALOG_CONTAINERFILE, catalog } from './manifests/catalog.ts';
import { pinned, write } from './manifests/output.ts';
import { IMAGE_REPOSITORY, VERSION } from './manifests/version.ts';

const { bundle, outdir } = parseArgs({ options: { bundle: { type: 'string' }, outdir: { type: 'string', default: 'dist' } } }).values;
const image = pinned("The catalog needs the bundle's image", bundle, `${IMAGE_REPOSITORY}-bundle`);
const csv = join(outdir, 'bundle/manifests/keepalived-operator.clusterserviceversion.yaml');
if (!existsSync(csv)) {
  console.error(`The catalog describes the bundle in ${join(outdir, 'bundle')}, which is not there: make bundle IMAGE=...`);
  process.exit(2);
}
const operator: string = parse(readFileSync(csv, 'utf8')).metadata.annotations.containerImage;
const folder = join(outdir, 'catalog');
rmSync(folder, { recursive: true, force: true });
write(join(folder, PACKAGE, 'catalog.yaml'), catalog({ operator, bundle: image }));
write(join(folder, 'catalog.Containerfile'), CATALOG_CONTAINERFILE);
console.log(`${folder}: ${VERSION}, ${image}`);
