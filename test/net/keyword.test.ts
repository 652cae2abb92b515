/** The table of `global_defs` lines held against the keepalived of this machine: each is taken without a word, and none that it knows is missing. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from '../../src/agent/run-command.ts';
import { GLOBAL_LINES, GLOBAL_LINES_SINCE_2_3, globalLine } from '../../src/plan/lines/global-line.ts';
import { fits } from '../../src/plan/lines/value.ts';
import { Bridge } from './bridge.ts';

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

/** What keepalived's check says of a file with these lines of global_defs, the first of which is line 3. */
async function said(...lines: readonly string[]): Promise<{ readonly status: number | null; readonly text: string }> {
  const file = join(folder, 'keepalived.conf');
  writeFileSync(file, `global_defs {\nrouter_id g\n${lines.join('\n')}\n}\n${INSTANCE}`);
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

/** The first, the last, and one between. */
const few = (values: readonly string[]): readonly string[] => [
  ...new Set([values.at(0), values[values.length >> 1], values.at(-1)].filter((value) => value !== undefined)),
];

it('each is taken without a word, with every value that it may have', async () => {
  const wrong: string[] = [];
  const [program = '', ...before] = PROGRAM.split(' ');
  const { stdout, stderr } = await runCommand(program, [...before, '--version'], 20_000);
  const isOld = /Keepalived v2\.[0-2]\./.test(`${stdout}${stderr}`);
  for (const [keyword, value] of Object.entries({ ...GLOBAL_LINES, ...(isOld ? {} : GLOBAL_LINES_SINCE_2_3) }))
    for (const text of OF_THE_MACHINE[keyword] ?? few(VALUES.filter((one) => fits(value, one)))) {
      const before =
        keyword.includes('script') && keyword !== 'enable_script_security' ? ['enable_script_security', 'script_user root'] : [];
      const { status, text: words } = await said(...before.filter((one) => !one.startsWith(keyword)), `${keyword} ${text}`.trim());
      if (status !== 0) wrong.push(`${keyword} ${text}: ${status} ${words.trim()}`);
    }
  expect(wrong).toEqual([]);
}, 300_000);

/** Words in one file: those that it does not know are named all the same. */
const TOGETHER = 40;

it('none that keepalived knows is missing', async () => {
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
