/**
 * Copies the operator's image for a processor, this machine's unless one is named, to dist/, as a docker-archive and with its bill of
 * materials and what it came to beside it (root, Debian). Its programs are started before, so those of another processor run inside lab/foreign.sh.
 */
import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { printedIn } from '../lab/images/buildah.ts';
import { buildOperatorImage } from '../lab/images/image.ts';
import { GO_ARCH } from '../lab/kubernetes/kubernetes.ts';
import { progressTo } from '../lab/machine/progress.ts';
import { ALL_GOOD, CONFIG_TESTS, PLAN, planHere, withGiven } from './image-trial.ts';
import type { Architecture } from './manifests/architectures.ts';
import { billOfMaterials, npmPackages } from './manifests/bill-of-materials.ts';
import { debianPackages } from './manifests/debian-packages.ts';
import { VERSION } from './manifests/version.ts';

const PROGRAMS = [
  'node --version',
  'keepalived --version 2>&1 | grep -m 1 "^Keepalived v"',
  '. /etc/os-release && echo "$VERSION_CODENAME"',
  'uname -m',
  '/manager --help',
  '/agent 2>&1 | grep "^agent setup"',
  'kubectl-keepalived --help',
  'arping -V',
  'ndisc6 -V',
  'socat -V',
  'test -x /asker && sh -n /asker',
];

const architecture = process.argv[2] ?? GO_ARCH;
const progress = progressTo(process.stderr);
const { archive } = await buildOperatorImage(architecture, progress);
const tried = await tryPrograms();

const base = `dist/keepalived-operator-${VERSION}-${architecture}`;
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
mkdirSync('dist', { recursive: true });
copyFileSync(archive, `${base}.tar`);
const bill = billOfMaterials({
  version: VERSION,
  node: tried.node,
  npm: npmPackages(lock),
  debian: await debianPackages(archive),
});
writeFileSync(`${base}.cdx.json`, `${JSON.stringify(bill, null, 2)}\n`);
writeFileSync(`${base}.json`, `${JSON.stringify(tried, null, 2)}\n`);
console.log(`${base}.tar, ${base}.cdx.json: ${bill.components.length} components`);

// --- internal ---

/**
 * Starts each program of the image; one that can't be started, by a library of another processor for instance, fails, and so does one that
 * comes to something else than here.
 */
function tryPrograms(): Promise<Architecture> {
  return progress.step('Programs of the image', (step) =>
    withGiven(async (given) => {
      const commands = [PLAN, CONFIG_TESTS, ...PROGRAMS];
      const [plan, configTests, node = '', keepalived = '', debian = '', machine] = await printedIn(
        archive,
        { architecture, given, commands },
        step,
      );
      const here = planHere(given);
      if (plan !== here) throw new Error(`the plan that the image makes has the hash ${plan}; here it has ${here}`);
      if (configTests !== ALL_GOOD)
        throw new Error(`of the scenarios' files the image's keepalived says: ${configTests}; expected: ${ALL_GOOD}`);
      step.say(`${machine}: Node ${node}, ${keepalived}; the same plan as here, ${configTests} files`);
      return {
        name: architecture,
        debian,
        node: node.replace(/^v/, ''),
        keepalived: /v([\d.]+)/.exec(keepalived)?.[1] ?? '',
        megabytes: Math.round(statSync(archive).size / 1e6),
        ran: architecture === GO_ARCH ? 'natively' : 'emulated',
        files: Number.parseInt(ALL_GOOD, 10),
      };
    }),
  );
}
