/** Folders of the pod that are full, as those of a node without memory are: keepalived goes on, it is told, and all is well when there is room again. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { NodeReport } from '../../src/api/node/report.ts';
import { DRAIN } from '../../src/localise/drain.ts';
import { trackFileOf } from '../../src/localise/localise.ts';
import { Bridge } from './bridge.ts';
import { group, instance } from './build.ts';
import { instanceIn, TestNode } from './node.ts';
import { Probe } from './probe.ts';
import { throughout, until } from './until.ts';

let bridge: Bridge;
let one: TestNode;
let two: TestNode;
let client: string;
const web = instance('default/web', { id: 7, addresses: ['192.0.2.100'], order: ['n1', 'n2'] });
const api = instance('default/api', { id: 8, addresses: ['192.0.2.101'], order: ['n1', 'n2'] });

const folders = (): readonly string[] => [one.paths.runDir, one.paths.dumpDir];
beforeEach(async () => {
  bridge = new Bridge('full');
  one = new TestNode('n1', bridge.host('n1', ['192.0.2.1/24']));
  two = new TestNode('n2', bridge.host('n2', ['192.0.2.2/24']));
  client = bridge.host('client', ['192.0.2.3/24']);
  for (const folder of folders()) execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder]);
  for (const node of [one, two]) {
    node.put(group(web));
    node.start();
  }
  await one.masterOf('default/web', 30);
  await two.when('is backup', ({ instances }) => instances[0]?.state === 'BACKUP', 30);
});

afterEach(async () => {
  for (const folder of folders()) execFileSync('umount', ['--lazy', folder]);
  await Promise.all([one[Symbol.asyncDispose](), two[Symbol.asyncDispose]()]);
  bridge[Symbol.dispose]();
});

const filler = (folder: string): string => join(folder, 'filler');

/** Leaves not one byte in the folder. */
function fill(folder: string): void {
  for (const size of [65_536, 4096, 1])
    try {
      for (;;) appendFileSync(filler(folder), Buffer.alloc(size, 1));
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
    }
}

const makeRoom = (folder: string): void => rmSync(filler(folder));
const unwritten = ({ problems }: NodeReport) => problems.find(({ reason }) => `${reason}` === 'NotWritten');

it('without room for a new configuration, the agent reports it, the old one keeps running, and the new one is applied when there is room', async () => {
  const probe = new Probe(client, '192.0.2.100');
  fill(one.paths.runDir);
  const next = one.put(group(web, api));
  const report = await one.when('says that it can not write', (found) => unwritten(found) !== undefined);
  expect(unwritten(report)?.message).toBe(
    `node n1 has no room for ${one.paths.configFile} (ENOSPC), so keepalived goes on with what it runs; make room in ${one.paths.runDir}, which is memory of the node, or delete the pod pod-n1: the agent tries again every few seconds`,
  );
  expect(report).toMatchObject({ config: { revision: 'r1' }, daemon: { running: true } });
  expect(instanceIn(report.instances, 'default/web')).toMatchObject({ state: 'MASTER', held: ['192.0.2.100'] });
  expect(one.get('/metrics')).toMatch(/reason="NotWritten"/);
  expect(one.configText()).toContain('192.0.2.100');
  expect(readdirSync(one.paths.runDir).filter((name) => /\.(new|first)$/.test(name))).toEqual([]);
  makeRoom(one.paths.runDir);
  expect((await one.runs(next)).problems).toEqual([]);
  await one.masterOf('default/api');
  expect((await probe.stop()).lost).toBe(0);
  expect(two.agentLog).not.toContain('"name":"default/web","state":"MASTER"');
});

it('with a folder that became read-only, the agent reports it, the old configuration keeps running, and the new one is applied when it can be written', async () => {
  const probe = new Probe(client, '192.0.2.100');
  execFileSync('mount', ['-o', 'remount,ro', one.paths.runDir]);
  const next = one.put(group(web, api));
  const report = await one.when('says that it can not write', (found) => unwritten(found) !== undefined);
  expect(unwritten(report)?.message).toBe(
    `node n1 can not write ${one.paths.configFile}, because the folder is read-only (EROFS), so keepalived goes on with what it runs; delete the pod pod-n1, whose successor gets new folders, or make ${one.paths.runDir} writable: the agent tries again every few seconds`,
  );
  expect(report.problems).toHaveLength(1);
  execFileSync('mount', ['-o', 'remount,rw', one.paths.runDir]);
  expect((await one.runs(next)).problems).toEqual([]);
  await one.masterOf('default/api');
  expect((await probe.stop()).lost).toBe(0);
  expect(one.agentLog).not.toContain('unexpected');
});

it('keepalived that has no room for its dump does not count as hanging and is not killed', async () => {
  const probe = new Probe(client, '192.0.2.100');
  const report = await until(
    'it says that it can not write',
    () => {
      // The room of the answer before is enough for the next.
      rmSync(join(one.paths.dumpDir, 'keepalived.json'), { force: true });
      fill(one.paths.dumpDir);
      return one.state();
    },
    (found) => unwritten(found) !== undefined,
    15,
  );
  expect(unwritten(report)?.message).toContain(`no room in ${one.paths.dumpDir}`);
  const next = one.put(group(web, api));
  await until(
    'it runs the new one',
    () => one.addresses(),
    (addresses) => addresses.includes('192.0.2.101'),
  );
  // Longer than a daemon that answers nothing is left alone.
  await throughout(13, () => expect(one.keepalivedEnded).toBe(false));
  expect(one.agentLog).not.toContain('hangs');
  expect(instanceIn(one.state().instances, 'default/web')?.state).toBe('MASTER');
  makeRoom(one.paths.dumpDir);
  const after = await one.runs(next);
  expect(after.problems).toEqual([]);
  expect((await probe.stop()).lost).toBe(0);
});

it('an agent that starts without room serves requests, and hands the addresses over when its pod ends', async () => {
  fill(one.paths.runDir);
  await one.signalAgent('SIGKILL');
  one.startAgent();
  await one.runs('r1');
  const ended = one.signalAgent('SIGTERM');
  expect(one.get('/drained/ns/g')).toContain('given up');
  await two.masterOf('default/web');
  expect(readFileSync(trackFileOf(one.paths, DRAIN), 'utf8')).toBe('1\n');
  await one.signalKeepalived('SIGTERM');
  await ended;
});
