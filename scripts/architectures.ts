/**
 * Makes the archive of the image in dist/ for each processor that it is made for, or for those named (`make architectures ARCH='amd64 s390x'`),
 * each tried by scripts/image-archive.ts; keeps what they came to in image/architectures.json and prints the table (root, Debian).
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { PROCESSORS } from '../lab/images/processor.ts';
import { ARCHITECTURES_FILE, type Architecture, architectures, architectureTable, tried } from './manifests/architectures.ts';
import { VERSION } from './manifests/version.ts';

const asked = process.argv.slice(2).flatMap((words) => words.split(/\s+/));
for (const name of asked.length === 0 ? Object.keys(PROCESSORS) : asked) {
  const { status } = spawnSync('sh', ['lab/foreign.sh', name, process.execPath, 'scripts/image-archive.ts', name], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`the image for ${name} was not made; ${ARCHITECTURES_FILE} says of it what it said before`);
  keep(JSON.parse(readFileSync(`dist/keepalived-operator-${VERSION}-${name}.json`, 'utf8')));
}
console.log(architectureTable(architectures()));

// --- internal ---

function keep(one: Architecture): void {
  const order = Object.keys(PROCESSORS);
  const others = tried().filter(({ name }) => name !== one.name && order.includes(name));
  const all = [...others, one].toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  writeFileSync(ARCHITECTURES_FILE, `${JSON.stringify(all, null, 2)}\n`);
}
