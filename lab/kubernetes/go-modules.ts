import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from '../cache.ts';
import type { Step } from '../machine/progress.ts';
import { type Run, run } from '../machine/run.ts';
import { COMPONENTS, folderWith, minorOf, type Origin, searchedFolders } from './kubernetes.ts';

const folderOf = (version: string): string => join(import.meta.dirname, 'program', minorOf(version));
const OLDEST_GO = [1, 26] as const;
/** Where Go's own installer puts it, which `sudo` takes off PATH. */
const GO_HOME = '/usr/local/go/bin';

function buildFlags(version: string): string[] {
  const [gitMajor, gitMinor] = version.split('.');
  const stamp = { gitVersion: `v${version}`, gitMajor, gitMinor, gitTreeState: 'clean' };
  const link = ['-s', '-w', ...Object.entries(stamp).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)];
  return ['-mod=readonly', '-trimpath', '-buildvcs=false', '-ldflags', link.join(' ')];
}
const ENVIRONMENT = { CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off', GOOS: 'linux' };

/**
 * Builds one program that is every component, from the module k8s.io/kubernetes: it links once instead of six times.
 * About eight minutes on two cores with an empty Go cache.
 */
export const goModules = (version: string): Origin => ({
  source: 'built from Go modules',
  version,
  key: `kubernetes/${version}-modules-${recipe(version)}`,
  obstacle: () => obstacleOf(version, goProgram(), run),
  make: (folder, step) => build(version, folder, step),
});

/** Why this Go can't build Kubernetes, as a sentence; undefined when it can. */
export async function obstacleOf(version: string, go: string | undefined, command: Run): Promise<string | undefined> {
  if (go === undefined) return `No go on PATH or in ${GO_HOME}; Kubernetes ${version} needs Go ${OLDEST_GO.join('.')}.`;
  // In the program's folder Go 1.21 and newer fetch the toolchain that go.mod asks for, where they may.
  const answer = await command([go, 'env', 'GOVERSION'], {
    cwd: folderOf(version),
    env: ENVIRONMENT,
    allowFailure: true,
    timeoutMs: 120_000,
  });
  const found = /^go(\d+)\.(\d+)/.exec(answer.stdout);
  if (answer.code !== 0 || found === null) return `${go} can't serve Kubernetes ${version}: ${answer.stderr.trim().split('\n').at(-1)}.`;
  const [major, minor] = [Number(found[1]), Number(found[2])];
  const suits = major > OLDEST_GO[0] || (major === OLDEST_GO[0] && minor >= OLDEST_GO[1]);
  return suits ? undefined : `${go} is ${answer.stdout.trim()}; Kubernetes ${version} needs Go ${OLDEST_GO.join('.')}.`;
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

function recipe(version: string): string {
  const files = ['go.mod', 'go.sum', 'main.go'].map((name) => readFileSync(join(folderOf(version), name)));
  return fingerprint([...files, ...buildFlags(version), process.arch]);
}

function goProgram(): string | undefined {
  const home = folderWith('go', [...searchedFolders(), GO_HOME]);
  return home === undefined ? undefined : join(home, 'go');
}

async function build(version: string, folder: string, step: Step): Promise<void> {
  const go = goProgram() ?? 'go';
  const place = { cwd: folderOf(version), env: ENVIRONMENT };
  step.say('looking up modules');
  // Downloads what is missing, too, and tells of each module on standard error.
  const list = await run([go, 'list', '-deps', '-f', '{{.ImportPath}}', '.'], { ...place, onLine: downloadTeller(step.say) });
  const total = list.stdout.trim().split('\n').length;
  step.say(`compiling ${total} packages`);
  const program = join(folder, 'kube');
  const flags = ['build', '-v', ...buildFlags(version), '-o', program, '.'];
  await run([go, ...flags], { ...place, log: step.log, onLine: compileCounter(total, step.say) });
  for (const name of COMPONENTS) symlinkSync('kube', join(folder, name));
}
