import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { release } from 'node:os';
import { describe, expect, it } from 'vitest';

const OWN = process.arch === 'x64' ? 'amd64' : 'arm64';
const OTHER = { amd64: { name: 'arm64', machine: 'aarch64' }, arm64: { name: 'amd64', machine: 'x86_64' } }[OWN];
const RULES = '/proc/sys/fs/binfmt_misc';

const [major = 0, minor = 0] = release().split('.').map(Number);
const lacks = {
  Debian: !existsSync('/usr/bin/dpkg'),
  root: process.getuid?.() !== 0,
  'qemu-user-static': !existsSync(`/usr/lib/binfmt.d/qemu-${OTHER.machine}.conf`),
  'arch-test': !existsSync('/usr/bin/arch-test'),
  'Linux 6.7': major * 1000 + minor < 6007 && !existsSync(`${RULES}/qemu-${OTHER.machine}`),
};
const withoutDebian = lacks.Debian ? ' (skipped: no Debian)' : '';
const lacking = Object.entries(lacks).flatMap(([what, isLacking]) => (isLacking ? what : []));

const foreign = (...words: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync('sh', ['lab/foreign.sh', ...words], { encoding: 'utf8', timeout: 15_000 });
  return { status, stdout, stderr };
};

describe('lab/foreign.sh', () => {
  it.skipIf(lacks.Debian)(`runs a command as it is where the processor is this one${withoutDebian}`, () =>
    expect(foreign(OWN, 'sh', '-c', 'echo "$1"; exit 3', 'sh', 'a  b')).toEqual({ status: 3, stdout: 'a  b\n', stderr: '' }),
  );

  it.skipIf(lacks.Debian)(`refuses a processor that no image is made for${withoutDebian}`, () =>
    expect(foreign('mips', 'true')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'No image is made for mips; expected amd64, arm64, ppc64le, riscv64 or s390x.\n',
    }),
  );

  it.skipIf(lacking.length > 0)(
    `runs programs of another processor, in there alone${lacking.length === 0 ? '' : ` (skipped: no ${lacking.join(', no ')})`}`,
    () => {
      const rules = readdirSync(RULES);
      expect(foreign(OTHER.name, 'sh', '-c', `arch-test ${OTHER.name}; id -u; exit 3`)).toEqual({
        status: 3,
        stdout: `${OTHER.name}: ok\n0\n`,
        stderr: '',
      });
      expect(readdirSync(RULES)).toEqual(rules);
    },
  );
});
