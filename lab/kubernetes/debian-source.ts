import { globSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fingerprint, inWorkFolder } from '../cache.ts';
import type { Step } from '../machine/progress.ts';
import { run } from '../machine/run.ts';
import { fetchFromDebian12 } from './debian-archive.ts';
import { compileCounter } from './go-modules.ts';
import { COMPONENTS, folderWith, type Origin, searchedFolders } from './kubernetes.ts';

const VERSION = '1.20.2';
const MODULE = 'k8s.io/kubernetes';
const LINK_FLAGS = ['-s', '-w', ...stamp({ gitVersion: `v${VERSION}`, gitMajor: '1', gitMinor: '20', gitTreeState: 'clean' })];

/**
 * Builds Debian 12's source package of Kubernetes, dependencies included, with Debian 12's Go. It needs nothing but a Debian mirror
 * and installs nothing. Debian's own patches only touch what kubectl prints, and are left out.
 */
export const debianSource: Origin = {
  source: "built from Debian 12's source package",
  version: VERSION,
  key: `kubernetes/${VERSION}-debian-${fingerprint([readFileSync(import.meta.filename), process.arch])}`,
  obstacle: async () => (folderWith('apt-get', searchedFolders()) === undefined ? 'No apt-get on PATH.' : undefined),
  make: (folder, step) => inWorkFolder((work) => build(work, folder, step)),
};

/** The packages among source files that want their types described in the API's schema, as import paths. */
export function packagesWithSchema(files: ReadonlyMap<string, string>): string[] {
  const marked = [...files].filter(([, text]) => text.includes('+k8s:openapi-gen='));
  const paths = marked.map(([file]) => `${MODULE}/${dirname(file).replace(/^staging\/src\//, 'vendor/')}`);
  return [...new Set(paths)].sort();
}

// --- internal ---

async function build(work: string, target: string, step: Step): Promise<void> {
  await fetchFromDebian12({ source: ['kubernetes'], binary: ['golang-1.19-go', 'golang-1.19-src'] }, work, step);
  const tree = await unpack(work, step);
  const inTree = runnerIn(work, tree, step);
  await generateSchema(tree, inTree, step);
  const commands = COMPONENTS.map((name) => `./cmd/${name}`);
  const list = await inTree(['go', 'list', '-deps', ...commands]);
  const count = compileCounter(list.stdout.trim().split('\n').length, step.say);
  await inTree(['go', 'build', '-v', '-trimpath', '-ldflags', LINK_FLAGS.join(' '), '-o', target, ...commands], count);
}

/** Gives the source tree, at its place in a GOPATH. */
async function unpack(work: string, step: Step): Promise<string> {
  step.say('unpacking');
  const tree = join(work, 'gopath/src', MODULE);
  mkdirSync(tree, { recursive: true });
  for (const archive of globSync('kubernetes_*.orig.tar.*', { cwd: work }))
    await run(['tar', '--extract', '--file', join(work, archive), '--directory', tree, '--strip-components=1'], { log: step.log });
  for (const file of globSync('golang-*.deb', { cwd: work }))
    await run(['dpkg-deb', '--extract', join(work, file), join(work, 'go')], { log: step.log });
  return tree;
}

type Runner = (command: readonly string[], onLine?: (line: string) => void) => ReturnType<typeof run>;

/** Runs commands in the tree, with the Go that was unpacked as it was before modules: all dependencies are in the tree. */
function runnerIn(work: string, tree: string, step: Step): Runner {
  const root = join(work, 'go/usr/lib/go-1.19');
  const env = {
    ...{ PATH: `${join(root, 'bin')}:${process.env.PATH}`, GOROOT: root, GOPATH: join(work, 'gopath') },
    ...{ GOCACHE: join(work, 'gocache'), GO111MODULE: 'off', GOFLAGS: '', CGO_ENABLED: '0', GOOS: 'linux' },
  };
  return (command, onLine) => run(command, { cwd: tree, env, log: step.log, ...(onLine === undefined ? {} : { onLine }) });
}

/** The tree lacks one generated file, the schema of the API, which kube-apiserver is compiled with. */
async function generateSchema(tree: string, inTree: Runner, step: Step): Promise<void> {
  step.say("generating the API's schema");
  const generator = join(tree, '_output/openapi-gen');
  await inTree(['go', 'build', '-o', generator, './vendor/k8s.io/kube-openapi/cmd/openapi-gen']);
  const excluded = /\/(code-generator|sample-[a-z-]+|testdata)\//;
  const names = globSync('{pkg,staging/src/k8s.io}/**/*.go', { cwd: tree }).filter((name) => !excluded.test(name));
  const packages = packagesWithSchema(new Map(names.map((name) => [name, readFileSync(join(tree, name), 'utf8')])));
  const output = [`--output-package=${MODULE}/pkg/generated/openapi`, '--output-file-base=zz_generated.openapi'];
  const files = ['--go-header-file=hack/boilerplate/boilerplate.generatego.txt', '--report-filename=_output/violations'];
  await inTree([generator, `--input-dirs=${packages.join(',')}`, ...output, ...files]);
}

function stamp(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).map(([name, value]) => `-X ${MODULE}/vendor/k8s.io/component-base/version.${name}=${value}`);
}
