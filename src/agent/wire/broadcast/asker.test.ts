/** The asker's real program, with stand-ins for arping and ndisc6 that print how they were called. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../../../test/net/until.ts';
import { roundIn } from './answers.ts';
import { channelIn } from './channel.ts';

const PROGRAM = join(import.meta.dirname, '../../../../image/asker.sh');

let folder: string;
let asker: ChildProcess;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'asker-'));
});
afterEach(() => {
  asker.kill();
  rmSync(folder, { recursive: true });
});

const shared = (): string => join(folder, 'wire');
/** Starts it with these programs beside those of the system. */
async function started(programs: Readonly<Record<string, string>>): Promise<void> {
  const bin = join(folder, 'bin');
  for (const each of [bin, shared()]) mkdirSync(each);
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  asker = spawn('/bin/sh', [PROGRAM, shared()], { env: { PATH: `${bin}:/usr/bin:/bin` }, stdio: 'ignore' });
  await until('it waits for questions', () => existsSync(join(shared(), 'questions')), Boolean);
}
async function answersTo(line: string): Promise<string> {
  const { send, answers } = channelIn(shared());
  await until('it takes a question', () => send(line), Boolean);
  const number = Number(/^\d+/.exec(line)?.[0]);
  return (await until('it has answered', answers, (text) => roundIn(text ?? '')?.number === number)) as string;
}

const ECHO = { arping: 'echo "arping $*"', ndisc6: 'echo "ndisc6 $*"' };

describe('the asker', () => {
  it('asks for each address by the program of its family, and tells what each printed', async () => {
    await started(ECHO);
    expect(await answersTo('7 eth0.5 192.0.2.2 192.0.2.100 fe80::2 2001:db8::100')).toBe(
      `asked 7
==> 192.0.2.100 <==
arping -b -i 5 -w 1 -s 192.0.2.2 -I eth0.5 192.0.2.100
==> 2001:db8::100 <==
ndisc6 -n -m -r 1 -w 1000 -s fe80::2 2001:db8::100 eth0.5
`,
    );
    expect(readdirSync(shared()).sort()).toEqual(['answers', 'heard.1', 'heard.2', 'questions']);
  });
  it.each([
    '',
    '1',
    '1 eth0',
    '1 eth0 192.0.2.2',
    '1 -c 192.0.2.2 192.0.2.100',
    '1 eth0;reboot 192.0.2.2 192.0.2.100',
    '1 eth0 192.0.2.2 $(reboot)',
    '1 eth0 192.0.2.2 *',
    '1 eth0 -U 192.0.2.100',
    '1 eth0 192.0.2.2 ../../etc/passwd',
    'a eth0 192.0.2.2 192.0.2.100',
    `1 eth0${' 192.0.2.2 192.0.2.100'.repeat(11)}`,
  ])('asks nothing where the line is %j', async (line) => {
    await started(ECHO);
    expect(await until('it takes the line', () => channelIn(shared()).send(line), Boolean)).toBe(true);
    expect(await answersTo('2 eth0 192.0.2.2 192.0.2.100')).toMatch(/^asked 2\n/);
    expect(readdirSync(shared()).sort()).toEqual(['answers', 'heard.1', 'questions']);
  });
  it('is not held up by a host that floods it with answers', async () => {
    await started({ ...ECHO, arping: 'while echo "Unicast reply from 192.0.2.100 [02:00:00:00:00:01]  0.6ms"; do :; done' });
    const text = await answersTo('3 eth0 192.0.2.2 192.0.2.100');
    expect(text.length).toBeLessThan(5000);
    expect(roundIn(text)?.macsOf.get('192.0.2.100')).toEqual(['02:00:00:00:00:01']);
  });
  it('goes on without the programs, and says so', async () => {
    await started({ arping: 'exec /nowhere/arping', ndisc6: 'exec /nowhere/ndisc6' });
    expect(roundIn(await answersTo('4 eth0 192.0.2.2 192.0.2.100'))?.trouble).toContain('not found');
    expect(asker.exitCode).toBeNull();
  });
  it('hears adverts for both families, until it is told to hear others, and answers meanwhile', async () => {
    await started({ ...ECHO, socat: 'echo "$@" >>"$PWD/../called"; echo "heard $2 $5"; exec sleep infinity' });
    const heard = (): string => ['4', '6'].map((family) => readFileSync(join(shared(), `adverts.${family}`), 'utf8')).join('');
    await until('it takes a line', () => channelIn(shared()).send('hear eth0.5 4 6'), Boolean);
    const both = `heard -x IP4-RECV:112,ip-add-membership=224.0.0.18:eth0.5,bindtodevice=eth0.5
heard -x IP6-RECV:112,ipv6-join-group=[ff02::12]:eth0.5,bindtodevice=eth0.5
`;
    await until('it hears', heard, (text) => text === both);
    expect(await answersTo('7 eth0.5 192.0.2.2 192.0.2.100')).toContain('asked 7');
    await channelIn(shared()).send('hear eth1 4');
    await until('it hears elsewhere', heard, (text) => text.includes('224.0.0.18:eth1'));
    expect(await answersTo('8 eth1 192.0.2.2 192.0.2.100')).toContain('asked 8');
    expect(readFileSync(join(folder, 'called'), 'utf8').split('\n')).toHaveLength(4);
  });
  it.each(['hear', 'hear eth0', 'hear eth0 5', 'hear eth0:1 4', 'hear -x 4', 'hear eth0,x 4', 'hear eth0 $(reboot)'])(
    'hears nothing where the line is %j',
    async (line) => {
      await started({ ...ECHO, socat: 'exec sleep infinity' });
      await until('it takes the line', () => channelIn(shared()).send(line), Boolean);
      expect(await answersTo('2 eth0 192.0.2.2 192.0.2.100')).toMatch(/^asked 2\n/);
      expect(readdirSync(shared()).sort()).toEqual(['answers', 'heard.1', 'questions']);
    },
  );
  it('is as if it were not there where nothing reads the questions', async () => {
    await started(ECHO);
    const ended = new Promise((resolve) => asker.once('exit', resolve));
    asker.kill();
    await ended;
    expect(await channelIn(shared()).send('5 eth0 192.0.2.2 192.0.2.100')).toBe(false);
    expect(await channelIn(join(folder, 'none')).send('6')).toBe(false);
    expect(await channelIn(join(folder, 'none')).answers()).toBeNull();
  });
});
