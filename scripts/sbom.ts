/**
 * Writes dist/sbom.cdx.json (CycloneDX): Node, the npm packages that are bundled into the image, and the Debian packages that a file in the form
 * of /var/lib/dpkg/status names (`scripts/node scripts/sbom.ts [FILE]`). `make image-archive` writes that of a whole image.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { billOfMaterials, npmPackages } from './manifests/bill-of-materials.ts';
import { installed } from './manifests/debian-packages.ts';
import { VERSION } from './manifests/version.ts';

const [dpkg] = process.argv.slice(2);
const npm = npmPackages(JSON.parse(readFileSync('package-lock.json', 'utf8')));
const debian = dpkg === undefined ? [] : installed(readFileSync(dpkg, 'utf8'));
const bill = billOfMaterials({ version: VERSION, node: process.versions.node, npm, debian });
mkdirSync('dist', { recursive: true });
writeFileSync('dist/sbom.cdx.json', `${JSON.stringify(bill, null, 2)}\n`);
console.log(`dist/sbom.cdx.json: Node ${process.versions.node}, ${npm.length} npm packages, ${debian.length} Debian packages`);
