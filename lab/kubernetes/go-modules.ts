import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from '../cache.ts';
import type { Step } from '../machine/progress.ts';
import { type Run, run } from '../machine/run.ts';
import { COMPONENTS, folderWith, type Origin, searchedFolders, VERSION } from './kubernetes.ts';

const PROGRAM = join(import.meta.dirname, 'program');
const OLDEST_GO = [1, 26] as const;
/** Where Go's own installer puts it, which `sudo` takes off PATH. */
const GO_HOME = '/usr/local/go/bin';

const [MAJOR, MINOR] = VERSION.split('.');
const STAMP = { gitVersion: `v${VERSION}`, gitMajor: MAJOR, gitMinor: MINOR, gitTreeState: 'clean' };
const LINK_FLAGS = ['-s', '-w', ...Object.entries(STAMP).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)];
const BUILD_FLAGS = ['-mod=readonly', '-trimpath', '-buildvcs=false', '-ldflags', LINK_FLAGS.join(' ')];
const ENVIRONMENT = { CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off', GOOS: 'linux' };

/**
 * Builds one program that is every component, from the module k8s.io/kubernetes: it links once instead of six times.
 * About eight minutes on two cores with an empty Go cache.
 */
export const goModules: Origin = {
  source: 'built from Go modules',
  version: VERSION,
  key: `kubernetes/${VERSION}-modules-${recipe()}`,
  obstacle: () => obstacleOf(goProgram(), run),
  make: build,
};

/** Why this Go can't build Kubernetes, as a sentence; undefined when it can. */
export async function obstacleOf(go: string | undefined, command: Run): Promise<string | undefined> {
  if (go === undefined) return `No go on PATH or in ${GO_HOME}; Kubernetes ${VERSION} needs Go ${OLDEST_GO.join('.')}.`;
  // In the program's folder Go 1.21 and newer fetch the toolchain that go.mod asks for, where they may.
  const answer = await command([go, 'env', 'GOVERSION'], { cwd: PROGRAM, env: ENVIRONMENT, allowFailure: true, timeoutMs: 120_000 });
  const version = /^go(\d+)\.(\d+)/.exec(answer.stdout);
  if (answer.code !== 0 || version === null) return `${go} can't serve Kubernetes ${VERSION}: ${answer.stderr.trim().split('\n').at(-1)}.`;
  const [major, minor] = [Number(version[1]), Number(version[2])];
  const suits = major > OLDEST_GO[0] || (major === OLDEST_GO[0] && minor >= OLDEST_GO[1]);
  return suits ? undefined : `${go} is ${answer.stdout.trim()}; Kubernetes ${VERSION} needs Go ${OLDEST_GO.join('.')}.`;
}

/** Turns the lines of `go build -v`, one for each package that is compiled, into what a person wants to know. */
export function compileCounter(total: number, say: (detail: string) => void): (line: string) => void {
  let count = 0;
  return (line) => {
    if (!/^[\w.~-]+(\/[\w.~-]+)*$/.test(line)) return;
    count += 1;
    say(count < total ? `compiled ${count} of ${total} packages` : 'linking');
  };
}

// --- internal ---

const downloadTeller =
  (say: (detail: string) => void) =>
  (line: string): void => {
    if (line.startsWith('go: downloading')) say(line.slice('go: '.length));
  };

function recipe(): string {
  const files = ['go.mod', 'go.sum', 'main.go'].map((name) => readFileSync(join(PROGRAM, name)));
  return fingerprint([...files, ...BUILD_FLAGS, process.arch]);
}

function goProgram(): string | undefined {
  const home = folderWith('go', [...searchedFolders(), GO_HOME]);
  return home === undefined ? undefined : join(home, 'go');
}

async function build(folder: string, step: Step): Promise<void> {
  const go = goProgram() ?? 'go';
  const place = { cwd: PROGRAM, env: ENVIRONMENT };
  step.say('looking up modules');
  // Downloads what is missing, too, and tells of each module on standard error.
  const list = await run([go, 'list', '-deps', '-f', '{{.ImportPath}}', '.'], { ...place, onLine: downloadTeller(step.say) });
  const total = list.stdout.trim().split('\n').length;
  step.say(`compiling ${total} packages`);
  const program = join(folder, 'kube');
  const flags = ['build', '-v', ...BUILD_FLAGS, '-o', program, '.'];
  await run([go, ...flags], { ...place, log: step.log, onLine: compileCounter(total, step.say) });
  for (const name of COMPONENTS) symlinkSync('kube', join(folder, name));
}
