import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testConfig } from '../../src/agent/activation/config-test.ts';
import { Daemon } from '../../src/agent/observation/daemon.ts';
import { makeFifo } from '../../src/agent/observation/notify-fifo.ts';
import { pathsIn } from '../../src/agent/paths.ts';
import { runCommand } from '../../src/agent/run-command.ts';
import { parse } from '../../src/conf/parse.ts';
import { print } from '../../src/conf/print.ts';
import { block, type Conf, line } from '../../src/conf/tree.ts';
import { Bridge } from './bridge.ts';
import { group, instance } from './build.ts';
import { until } from './until.ts';

/** Words that mean something else to keepalived when they are written carelessly. */
const WORDS = [
  'ns/svc',
  'a b',
  ' a',
  'a ',
  'a#b',
  '#a',
  'a!b',
  '!a',
  'a{b',
  'a}b',
  'f() { x; }',
  '@n1',
  '@^n1',
  'a@b',
  '$A',
  '$A=1',
  'a$b',
  '~SEQ(i,1,3)',
  "it's",
  "'a'",
  'a,b=c;d',
  'include',
  'virtual_ipaddress',
  'a\u2028b',
  'a\u0085b',
  'ünïcödé',
  '😀',
  'x'.repeat(900),
];

let bridge: Bridge;
let folder: string;
let host: string;
const inside = (file: string, args: readonly string[], limit: number) => runCommand('ip', ['netns', 'exec', host, file, ...args], limit);

beforeAll(() => {
  bridge = new Bridge('conf');
  host = bridge.host('n1', ['192.0.2.1/24']);
  folder = mkdtempSync(join(tmpdir(), 'agt-conf-'));
});

afterAll(() => {
  bridge[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

const named = (names: readonly string[]): Conf =>
  group(
    ...names.map((name, index) =>
      instance(name, { id: index + 1, addresses: [`192.0.2.${100 + index}`], lines: [line('interface', 'eth0')] }),
    ),
  );

describe('what is printed', () => {
  it('is read by keepalived word for word', async () => {
    const paths = pathsIn({ runDir: folder, dumpDir: folder });
    await makeFifo(paths.notifyFifo, runCommand);
    writeFileSync(paths.configFile, print(named(WORDS)));
    const files = [`--use-file=${paths.configFile}`, `--pid=${paths.pidFile}`, `--vrrp_pid=${paths.vrrpPidFile}`];
    const daemon = spawn('ip', ['netns', 'exec', host, 'keepalived', '-n', '-l', '-G', ...files], {
      stdio: 'ignore',
      env: { ...process.env, TMPDIR: folder },
    });
    const dump = await until(
      'keepalived tells its instances',
      () => new Daemon(paths, Date.now).dump(),
      ({ kind }) => kind === 'dump',
    );
    daemon.kill('SIGTERM');
    expect(dump.kind === 'dump' && dump.instances.map(({ name }) => name)).toEqual(WORDS);
  });

  it('passes the check of keepalived', async () => {
    const text = print(named(WORDS));
    const file = join(folder, 'good.conf');
    writeFileSync(file, text);
    expect(await testConfig(file, text, inside)).toEqual({ kind: 'good' });
  });

  it('is read back as the same tree', () => {
    expect(parse(print(named(WORDS)))).toEqual(named(WORDS));
  });
});

describe('the check of keepalived', () => {
  it.each([
    ['an unknown keyword', [line('foo', 'bar')], "Unknown keyword 'foo'", ['foo bar']],
    [
      'an interface that is not there',
      group(instance('a', { id: 1, addresses: ['192.0.2.9'], lines: [line('interface', 'eth7')] })),
      'eth7',
      [],
    ],
    [
      'a password that is too long',
      group(
        instance('a', {
          id: 1,
          addresses: ['192.0.2.9'],
          lines: [line('interface', 'eth0'), block('authentication', [], [line('auth_type', 'PASS'), line('auth_pass', 'secretive')])],
        }),
      ),
      'auth_pass',
      [],
    ],
  ])('refuses %s with its words and lines, and no password', async (_, conf, words, lines) => {
    const text = print(conf);
    const file = join(folder, 'bad.conf');
    writeFileSync(file, text);
    const verdict = await testConfig(file, text, inside);
    expect(verdict).toMatchObject({ kind: 'refused', message: expect.stringContaining(words) });
    expect(JSON.stringify(verdict)).not.toContain('secretive');
    for (const offending of lines) expect(verdict.kind === 'refused' && verdict.lines.join()).toContain(offending);
  });
});
