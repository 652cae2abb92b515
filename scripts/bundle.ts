/**
 * Writes the OLM bundle for publishing: `scripts/node scripts/bundle.ts --image REPOSITORY@sha256:... [--outdir dist]`.
 * An image by tag is refused: what a tag means may change, and mirrors can't follow it.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleFiles } from './manifests/bundle.ts';
import { pinned, write } from './manifests/output.ts';
import { IMAGE_REPOSITORY, VERSION } from './manifests/version.ts';

const { image, outdir } = parseArgs({ options: { image: { type: 'string' }, outdir: { type: 'string', default: 'dist' } } }).values;
const operator = pinned("The bundle needs the operator's image", image, IMAGE_REPOSITORY);
const folder = join(outdir, 'bundle');
rmSync(folder, { recursive: true, force: true });
for (const [name, text] of Object.entries(bundleFiles(operator))) write(join(folder, name), text);
console.log(`${folder}: ${VERSION}, ${operator}`);
