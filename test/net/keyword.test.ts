/**
 * The table of `global_defs` lines held against the keepalived of this machine: each is taken without a word, none that it knows is missing,
 * and those with which it drops a reload are marked.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from '../../src/agent/run-command.ts';
import { AT_START, GLOBAL_LINES, GLOBAL_LINES_SINCE_2_3, globalLine } from '../../src/plan/lines/global-line.ts';
import { fits } from '../../src/plan/lines/value.ts';
import { Bridge } from './bridge.ts';
import { until } from './until.ts';

/** Another keepalived than that of this machine: a program. */
const PROGRAM = process.env.KEEPALIVED ?? 'keepalived';
let bridge: Bridge;
let folder: string;
let host: string;

beforeAll(() => {
  bridge = new Bridge('keyword');
  host = bridge.host('n1', ['192.0.2.1/24']);
  folder = mkdtempSync(join(tmpdir(), 'keyword-'));
});

afterAll(() => {
  bridge[Symbol.dispose]();
  rmSync(folder, { recursive: true });
});

const INSTANCE =
  'vrrp_instance a {\ninterface eth0\nvirtual_router_id 1\npriority 254\nadvert_int 1\nvirtual_ipaddress {\n192.0.2.9\n}\n}\n';

/** A file with these lines of global_defs, the first of which is line 3. */
function fileWith(...lines: readonly string[]): string {
  const file = join(folder, 'keepalived.conf');
  writeFileSync(file, `global_defs {\nrouter_id g\n${lines.join('\n')}\n}\n${INSTANCE}`);
  return file;
}

/** What keepalived's check says of such a file. */
async function said(...lines: readonly string[]): Promise<{ readonly status: number | null; readonly text: string }> {
  const file = fileWith(...lines);
  const args = ['netns', 'exec', host, ...PROGRAM.split(' '), '--config-test', '--log-console', `--use-file=${file}`];
  const { status, stdout, stderr } = await runCommand('ip', args, 20_000);
  return { status, text: `${stdout}${stderr}` };
}

/** Values of every kind; those that the table takes for a keyword are tried. */
const VALUES = [
  ...['2', '3'],
  ...['', 'on', 'x', '0', '1', '5', '-1', '0.5', '100', '70000', '192.0.2.7', '224.0.0.19', 'ff02::13', '/tmp/a', 'MTU', 'VS'],
  ...['all 60', 'tcp 30 udp 20', 'allow_if_changes', 'root', '/bin/true', '255', '86400', '4294', '999999'],
];
/** Of these, what is right depends on the machine: its CPUs, users, hosts and programs. */
const OF_THE_MACHINE: Readonly<Record<string, readonly string[]>> = {
  script_user: ['root'],
  smtp_server: ['192.0.2.7'],
  umask: ['0'],
  include: [],
  config_save_dir: ['/tmp/a'],
  lvs_sync_daemon: ['eth0'],
  ...Object.fromEntries(['vrrp', 'checker', 'bfd'].map((process) => [`${process}_cpu_affinity`, ['0']])),
  ...Object.fromEntries(['vrrp', 'checker', 'bfd'].map((process) => [`${process}_rt_priority`, ['5']])),
  ...Object.fromEntries(['startup_script', 'shutdown_script'].map((keyword) => [keyword, ['/bin/true']])),
  ...Object.fromEntries(['notify_fifo', 'vrrp_notify_fifo', 'lvs_notify_fifo'].map((fifo) => [`${fifo}_script`, ['/bin/true']])),
  vrrp_mcast_group4: ['224.0.0.19'],
  vrrp_mcast_group6: ['ff02::13'],
};

/** A line, behind those without which it would not be taken. */
function linesOf(keyword: string, text: string): readonly string[] {
  const needs = keyword.includes('script') && keyword !== 'enable_script_security' ? ['enable_script_security', 'script_user root'] : [];
  return [...needs.filter((one) => !one.startsWith(keyword)), `${keyword} ${text}`.trim()];
}

/** The first, the last, and one between. */
const few = (values: readonly string[]): readonly string[] => [
  ...new Set([values.at(0), values[values.length >> 1], values.at(-1)].filter((value) => value !== undefined)),
];

it('keepalived accepts each known global keyword with every value that it may have, without a warning', async () => {
  const wrong: string[] = [];
  const [program = '', ...before] = PROGRAM.split(' ');
  const { stdout, stderr } = await runCommand(program, [...before, '--version'], 20_000);
  const isOld = /Keepalived v2\.[0-2]\./.test(`${stdout}${stderr}`);
  for (const [keyword, value] of Object.entries({ ...GLOBAL_LINES, ...(isOld ? {} : GLOBAL_LINES_SINCE_2_3) }))
    for (const text of OF_THE_MACHINE[keyword] ?? few(VALUES.filter((one) => fits(value, one)))) {
      const { status, text: words } = await said(...linesOf(keyword, text));
      if (status !== 0) wrong.push(`${keyword} ${text}: ${status} ${words.trim()}`);
    }
  expect(wrong).toEqual([]);
}, 300_000);

it('the keywords that make keepalived ignore a reload are known', async () => {
  const [program = '', ...parameters] = PROGRAM.split(' ');
  const pids = ['pid', 'vrrp_pid', 'checkers_pid'].map((name) => `--${name}=${join(folder, name)}`);
  const args = ['netns', 'exec', host, program, ...parameters, '--dont-fork', '--log-console', `--use-file=${fileWith()}`, ...pids];
  const daemon = spawn('ip', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => daemon.once('exit', resolve));
  let log = '';
  for (const stream of [daemon.stdout, daemon.stderr])
    stream.on('data', (chunk: Buffer) => {
      log += chunk;
    });
  /** Whether it takes the file. */
  const reload = async (what: string): Promise<boolean> => {
    const begun = log.length;
    daemon.kill('SIGHUP');
    const words = await until(
      `a reload, ${what}`,
      () => log.slice(begun),
      (text) => /Reload complete|please restart/.test(text),
      10,
    );
    return !words.includes('please restart');
  };
  try {
    await until(
      'keepalived runs',
      () => log,
      (text) => text.includes('Entering MASTER STATE'),
      20,
    );
    const dropped: string[] = [];
    for (const [keyword, value] of Object.entries(GLOBAL_LINES)) {
      const [text] = OF_THE_MACHINE[keyword] ?? VALUES.filter((one) => one !== '' && fits(value, one)).concat('');
      fileWith(...linesOf(keyword, (text ?? '').replace('/tmp/', `${folder}/`)));
      if (!(await reload(`with ${keyword}`))) dropped.push(keyword);
      fileWith();
      expect(await reload(`without ${keyword} again`), keyword).toBe(true);
    }
    expect(dropped.sort()).toEqual([...AT_START].sort());
  } finally {
    daemon.kill('SIGTERM');
    await ended;
  }
}, 300_000);

/** Words in one file: those that it does not know are named all the same. */
const TOGETHER = 40;

it('no global keyword of keepalived is missing', async () => {
  const program = process.env.KEEPALIVED_FILE ?? '/usr/sbin/keepalived';
  const words = [...new Set(readFileSync(program, 'latin1').match(/(?<=\0)[a-z][a-z0-9_]{2,40}(?=\0)/g))];
  expect(words.length).toBeGreaterThan(500);
  const known: string[] = [];
  for (let start = 0; start < words.length; start += TOGETHER) {
    const some = words.slice(start, start + TOGETHER);
    const { text } = await said(...some.map((word) => `${word} x`));
    for (const word of some.filter((one) => !text.includes(`Unknown keyword '${one}'`)))
      if (!(await said(`${word} x`)).text.includes(`Unknown keyword '${word}'`)) known.push(word);
  }
  expect(known).toContain('vrrp_garp_master_delay');
  const missing = known.filter((word) => {
    const line = globalLine(word);
    return line.kind === 'refused' && line.because.includes('does not know');
  });
  expect(missing).toEqual([]);
}, 300_000);
