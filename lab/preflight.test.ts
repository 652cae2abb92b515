import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** What the script finds; each default is that of a machine that can carry the lab. */
interface Machine {
  readonly kernel?: string;
  readonly processor?: string;
  readonly uid?: number;
  /** Text of os-release; absent when undefined is given. */
  readonly release?: string | undefined;
  readonly capabilities?: string | undefined;
  readonly programs?: readonly string[];
}

const DEBIAN_12 = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n';
const PROGRAMS = ['apt-get', 'npm', 'git', 'make'];

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'preflight-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function fake(name: string, script: string): void {
  writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'bin', name), 0o755);
}

/** Runs the script on a machine that holds nothing but `sed` and what is given. */
function preflightOn(machine: Machine): { readonly status: number | null; readonly sentences: string[] } {
  const { kernel, processor, uid, release, capabilities, programs } = {
    ...{ kernel: 'Linux', processor: 'x86_64', uid: 0, release: DEBIAN_12, capabilities: '000001ffffffffff', programs: PROGRAMS },
    ...machine,
  };
  mkdirSync(join(folder, 'bin'));
  symlinkSync('/bin/sed', join(folder, 'bin/sed'));
  fake('uname', `[ "$1" = -m ] && echo ${processor} || echo ${kernel}`);
  fake('id', `echo ${uid}`);
  for (const program of programs) fake(program, 'echo "nothing may be run" >&2; exit 1');
  if (release !== undefined) writeFileSync(join(folder, 'os-release'), release);
  if (capabilities !== undefined) writeFileSync(join(folder, 'status'), `CapInh:\t0000000000000000\nCapEff:\t${capabilities}\n`);
  const files = [join(folder, 'os-release'), join(folder, 'status')];
  const ran = spawnSync('/bin/sh', ['lab/preflight.sh', ...files], { env: { PATH: join(folder, 'bin') }, encoding: 'utf8' });
  expect(ran.stdout).toBe('');
  return { status: ran.status, sentences: ran.stderr.split('\n').filter((line) => line !== '') };
}

const without = (...names: string[]): Machine => ({ programs: PROGRAMS.filter((name) => !names.includes(name)) });

describe('a machine that can carry the lab', () => {
  it.each<[string, Machine]>([
    ['Debian 12 as root', {}],
    ['Debian 13 as root', { release: 'ID=debian\nVERSION_ID="13"\n' }],
    ['a rolling Debian, which has no version', { release: "ID='debian'\nVERSION_CODENAME=sid\n" }],
    ['an arm64 machine', { processor: 'aarch64' }],
    ['a kernel that tells no capabilities', { capabilities: undefined }],
    ['root in a container that lacks capabilities of no interest', { capabilities: '0000000000201000' }],
  ])('is %s: no word, status 0', (_, machine) => {
    expect(preflightOn(machine)).toEqual({ status: 0, sentences: [] });
  });
});

describe('a wrong machine', () => {
  it.each<[string, Machine, string]>([
    ['not Linux', { kernel: 'Darwin', uid: 501, programs: [] }, 'needs Linux (network namespaces, cgroups); this is Darwin.'],
    ['not root', { uid: 1000 }, 'needs root (it makes network namespaces and mounts); this is user id 1000. Run it with sudo.'],
    ['a container that may not change the network', { capabilities: '0000000000200000' }, 'needs CAP_NET_ADMIN, which root lacks here'],
    ['a container that may not mount', { capabilities: '00000000a80435fb' }, 'needs CAP_SYS_ADMIN, which root lacks here'],
    ['no apt', { ...without('apt-get'), release: 'ID=fedora\nVERSION_ID=43\n' }, 'apt-get, which is not on PATH; this is fedora 43.'],
    ['no apt and no name', { ...without('apt-get'), release: undefined }, 'not on PATH; this is an unknown distribution.'],
    ['another distribution with apt', { release: 'ID=ubuntu\nVERSION_ID="24.04"\n' }, 'needs Debian 12 or 13; this is ubuntu 24.04.'],
    ['an old Debian', { release: 'ID=debian\nVERSION_ID="11"\n' }, 'needs Debian 12 or 13; this is debian 11.'],
    ['another processor', { processor: 's390x' }, 'needs an x86-64 or arm64 processor; this is s390x.'],
    ['no npm', without('npm'), 'needs Node with npm, which is not on PATH'],
    ['no git', without('git'), 'needs git, which is not on PATH'],
    ['no make', without('make'), 'needs make, which is not on PATH'],
  ])('that is %s: one sentence, status 1', (_, machine, sentence) => {
    const { status, sentences } = preflightOn(machine);
    expect(status).toBe(1);
    expect(sentences).toHaveLength(1);
    expect(sentences[0]).toMatch(/^The lab (needs|installs) /);
    expect(sentences[0]).toContain(sentence);
  });

  it('with several faults hears of all, root first', () => {
    const { status, sentences } = preflightOn({ uid: 1000, ...without('apt-get', 'npm') });
    expect(status).toBe(1);
    expect(sentences.map((sentence) => sentence.split(' ').slice(0, 4).join(' '))).toEqual([
      'The lab needs root',
      'The lab installs Debian',
      'The lab needs Node',
    ]);
  });
});
