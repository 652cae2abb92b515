/** Prints the section of CHANGELOG.md for this version; with `--tag vX.Y.Z` the version must be that one. Exit status 1 when something is amiss. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { sectionOf } from './manifests/changelog.ts';
import { VERSION } from './manifests/version.ts';

const { tag } = parseArgs({ options: { tag: { type: 'string' } } }).values;
const section = sectionOf(readFileSync('CHANGELOG.md', 'utf8'), VERSION);
if (tag !== undefined && tag !== `v${VERSION}`)
  fail(`the tag is ${tag}, but package.json says ${VERSION}; tag v${VERSION}, or change the version and run npm run gen`);
if (section === undefined) fail(`CHANGELOG.md has no section "## ${VERSION}"; write one`);
console.log(section);

// --- internal ---

function fail(sentence: string): never {
  console.error(sentence);
  process.exit(1);
}
