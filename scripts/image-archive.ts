/** Copies this machine's image of the operator to dist/, as a docker-archive and with its bill of materials beside it (root, Debian). */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { buildImages } from '../lab/image.ts';
import { OPERATOR_IMAGE } from '../lab/image-tag.ts';
import { GO_ARCH } from '../lab/kubernetes/kubernetes.ts';
import { progressTo } from '../lab/progress.ts';
import { billOfMaterials, npmPackages } from './manifests/bill-of-materials.ts';
import { debianPackages } from './manifests/debian-packages.ts';
import { VERSION } from './manifests/version.ts';

const images = await buildImages(progressTo(process.stderr));
const archive = images.find(({ name }) => name === OPERATOR_IMAGE)?.archive;
if (archive === undefined) throw new Error(`${OPERATOR_IMAGE} is not among the images that were built`);

const base = `dist/keepalived-operator-${VERSION}-${GO_ARCH}`;
mkdirSync('dist', { recursive: true });
copyFileSync(archive, `${base}.tar`);
const bill = billOfMaterials({
  version: VERSION,
  node: JSON.parse(readFileSync(`node_modules/node-linux-${process.arch}/package.json`, 'utf8')).version,
  npm: npmPackages(JSON.parse(readFileSync('package-lock.json', 'utf8'))),
  debian: await debianPackages(archive),
});
writeFileSync(`${base}.cdx.json`, `${JSON.stringify(bill, null, 2)}\n`);
console.log(`${base}.tar, ${base}.cdx.json: ${bill.components.length} components`);
