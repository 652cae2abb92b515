import { type ChildProcess, spawn } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../lab/machine/wait.ts';
import { LEADER_LEASE } from '../../src/api/names.ts';
import { LEASES } from '../../src/kube/lease.ts';
import { type Any, aNamespace, type Cluster, carried, createGroup, createService, find, groupOf, HOME, startCluster } from './cluster.ts';
import { ApiProxy } from './proxy.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.stop());

interface Rival {
  readonly name: string;
  readonly proxy: ApiProxy;
  readonly process: ChildProcess;
  readonly ended: Promise<number | null>;
}

describe('two managers', () => {
  let rivals: Rival[];
  let web: string;
  let count = 0;

  const start = async (name: string): Promise<Rival> => {
    const proxy = await ApiProxy.open(cluster.operator);
    const command = [
      '--pdeathsig',
      'KILL',
      '--',
      process.execPath,
      'test/api/manager-process.ts',
      proxy.connection.server.href,
      name,
      HOME,
    ];
    const child = spawn('setpriv', command, { stdio: ['ignore', 'ignore', 'inherit'] });
    const rival = { name, proxy, process: child, ended: new Promise<number | null>((resolve) => child.once('exit', resolve)) };
    rivals.push(rival);
    return rival;
  };
  const holder = async (): Promise<string | undefined> =>
    (await find<Any & { spec: { holderIdentity?: string } }>(cluster, LEASES, { namespace: HOME, name: LEADER_LEASE }))?.spec
      .holderIdentity;
  const leads = (rival: Rival, ms = 20_000): Promise<boolean> =>
    waitFor(`${rival.name} leads`, async () => (await holder()) === rival.name || undefined, ms);

  beforeEach(async () => {
    rivals = [];
    count += 1;
    web = await aNamespace(cluster, `rivals-${count}`);
    await createGroup(cluster, web, 'vips');
    await createService(cluster, web, 's1', [`192.0.2.${count * 10}`]);
  });
  afterEach(async () => {
    for (const { process: child, proxy, ended } of rivals) {
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      await ended;
      proxy.close();
    }
  });

  it('take turns without a pause when the one that leads is told to end', async () => {
    const first = await start(`first-${count}`);
    await leads(first);
    const second = await start(`second-${count}`);
    await waitFor(
      'the second is in step',
      async () => second.proxy.passed.some(({ url }) => url.includes('/leases/')) || undefined,
      20_000,
    );
    first.process.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    const released = performance.now();
    await leads(second, 3000);
    expect(performance.now() - released).toBeLessThan(1500);
    await createService(cluster, web, 's2', [`192.0.2.${count * 10 + 1}`]);
    await carried(cluster, web, [`192.0.2.${count * 10 + 1}`]);
  });

  it('never both write: one that was paused for longer than its lease writes nothing when it continues', async () => {
    const paused = await start(`paused-${count}`);
    await carried(cluster, web, [`192.0.2.${count * 10}`]);
    const other = await start(`other-${count}`);
    paused.process.kill('SIGSTOP');
    await leads(other);
    await createService(cluster, web, 's2', [`192.0.2.${count * 10 + 1}`]);
    await carried(cluster, web, [`192.0.2.${count * 10 + 1}`]);
    const ids = (await groupOf(cluster, web)).status?.routerIDs;
    const before = paused.proxy.writes.length;
    paused.process.kill('SIGCONT');
    expect(await paused.ended).toBe(1);
    expect(paused.proxy.writes.slice(before)).toEqual([]);
    expect((await groupOf(cluster, web)).status?.routerIDs).toEqual(ids);
  });

  it('take over when the one that leads is killed, and keep what it decided', async () => {
    const killed = await start(`killed-${count}`);
    await carried(cluster, web, [`192.0.2.${count * 10}`]);
    const ids = (await groupOf(cluster, web)).status?.routerIDs;
    const other = await start(`other-${count}`);
    killed.process.kill('SIGKILL');
    await createService(cluster, web, 's2', [`192.0.2.${count * 10 + 1}`]);
    await carried(cluster, web, [`192.0.2.${count * 10}`, `192.0.2.${count * 10 + 1}`]);
    expect(await holder()).toBe(other.name);
    expect((await groupOf(cluster, web)).status?.routerIDs).toMatchObject(ids ?? {});
  });
});
