/**
 * Writes the OLM bundle and its catalog fragment for publishing: `scripts/node scripts/bundle.ts --image REPOSITORY@sha256:... [--outdir dist]`.
 * An image by tag is refused: what a tag means may change, and mirrors can't follow it.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleFiles } from './manifests/bundle.ts';
import { catalog } from './manifests/catalog.ts';
import { IMAGE_REPOSITORY, VERSION } from './manifests/version.ts';

const {
  image = '',
  bundle,
  outdir,
} = parseArgs({
  options: { image: { type: 'string' }, bundle: { type: 'string' }, outdir: { type: 'string', default: 'dist' } },
}).values;

if (!/@sha256:[0-9a-f]{64}$/.test(image)) {
  console.error(
    `The bundle needs the operator's image by digest, as in ${IMAGE_REPOSITORY}@sha256:...; ${image === '' ? 'none was given' : `got ${image}`}.`,
  );
  process.exit(2);
}
const folder = join(outdir, 'bundle');
rmSync(folder, { recursive: true, force: true });
for (const [name, text] of Object.entries(bundleFiles(image))) write(join(folder, name), text);
write(join(outdir, 'catalog.yaml'), catalog({ operator: image, bundle: bundle ?? `${IMAGE_REPOSITORY}-bundle:v${VERSION}` }));
console.log(`${folder} and ${join(outdir, 'catalog.yaml')}: ${VERSION}, ${image}`);

// --- internal ---

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
