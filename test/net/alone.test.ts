/** What happens to an agent, a daemon or a port alone moves no address for nothing. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Bridge, ip } from './bridge.ts';
import { group, instance } from './build.ts';
import { HOLD_SECONDS, HOLDS, holdConnections, memoryOf } from './holder.ts';
import { instanceIn, TestNode } from './node.ts';
import { Probe } from './probe.ts';
import { throughout, until } from './until.ts';

let bridge: Bridge;
let one: TestNode;
let two: TestNode;
let client: string;
const web = instance('default/web', { id: 7, addresses: ['192.0.2.100'], order: ['n1', 'n2'] });
const api = instance('default/api', { id: 8, addresses: ['192.0.2.101'], order: ['n1', 'n2'] });

beforeEach(async () => {
  bridge = new Bridge('alone');
  one = new TestNode('n1', bridge.host('n1', ['192.0.2.1/24']));
  two = new TestNode('n2', bridge.host('n2', ['192.0.2.2/24']));
  client = bridge.host('client', ['192.0.2.3/24']);
  for (const node of [one, two]) {
    node.put(group(web));
    node.start();
  }
  await one.masterOf('default/web', 30);
  await two.when('is backup', ({ instances }) => instances[0]?.state === 'BACKUP', 30);
});

afterEach(async () => {
  one.signalProcesses('SIGCONT');
  await Promise.all([one[Symbol.asyncDispose](), two[Symbol.asyncDispose]()]);
  bridge[Symbol.dispose]();
});

it("an agent that gets a SIGTERM, and not kubelet's word that the pod ends, gives nothing up, nor does the next", async () => {
  const probe = new Probe(client, '192.0.2.100');
  await one.signalAgent('SIGTERM');
  expect(one.agentLog).toContain('only the agent ends; keepalived goes on');
  one.startAgent();
  const { instances, daemon } = await one.runs('r1');
  expect(instanceIn(instances, 'default/web')).toMatchObject({ state: 'MASTER', priority: 254, held: ['192.0.2.100'] });
  expect(daemon.reloads).toBe(0);
  expect((await probe.stop()).lost).toBe(0);
  expect(two.agentLog).not.toContain('"state":"MASTER"');
});

describe('keepalived that is stopped', () => {
  it('is reported and no longer MASTER within seconds, is killed, and starts again', async () => {
    const start = performance.now();
    one.signalProcesses('SIGSTOP');
    await two.masterOf('default/web');
    const report = await one.when('says that it hangs', ({ problems }) => problems[0]?.reason === 'DaemonHangs');
    console.log(`keepalived stopped: told after ${Math.round(performance.now() - start)} ms`);
    expect(report.daemon).toMatchObject({ running: false, hangs: true });
    expect(instanceIn(report.instances, 'default/web')?.state).toBe('STOP');
    expect(one.get('/readyz')).toContain('DaemonHangs');
    expect(one.get('/metrics')).toContain('\nkeepalived_up 0\n');
    await until(
      'it is killed',
      () => one.keepalivedEnded,
      (ended) => ended,
      30,
    );
    console.log(`keepalived stopped: killed after ${Math.round(performance.now() - start)} ms`);
    await one.when('says that it does not run', ({ problems }) => problems[0]?.reason === 'DaemonNotRunning');
    await until(
      'its pid files are gone',
      () => readdirSync(one.paths.runDir),
      (names) => !names.some((name) => name.endsWith('.pid')),
    );
    one.startKeepalived();
    await one.masterOf('default/web', 20);
    await one.when('is well', ({ problems }) => problems.length === 0);
  });
});

describe('a clock that is set', () => {
  it.each([3_600_000, -3_600_000])('by %d ms moves nothing, and hides nothing', async (step) => {
    await one.signalAgent('SIGKILL');
    one.startAgent(['--import', './test/net/clock-step.ts'], { CLOCK_STEP: `${step}` });
    await one.runs('r1');
    const probe = new Probe(client, '192.0.2.100');
    process.kill(one.agentPid, 'SIGUSR2');
    await until(
      'its clock is another',
      () => Math.abs(Date.parse(/.*"time":"([^"]+)".*\n$/.exec(one.agentLog)?.[1] ?? '') - Date.now()),
      (off) => off > 3_000_000,
      1,
    ).catch(() => undefined);
    const start = performance.now();
    const next = one.put(group(web, api));
    const { problems, daemon } = await one.runs(next);
    console.log(`a change after the clock was set by ${step / 1000} s ran after ${Math.round(performance.now() - start)} ms`);
    expect({ problems, daemon }).toEqual({ problems: [], daemon: { running: true, reloads: 2 } });
    expect((await probe.stop()).lost).toBe(0);
    await one.signalKeepalived('SIGKILL');
    await one.when('says that it does not run', ({ daemon }) => !daemon.running);
  });
});

describe("the agent's port", () => {
  const from = (namespace: string, address: string, path: string): string => {
    const host = address.includes(':') ? `[${address}]` : address;
    return execFileSync(
      'ip',
      [
        'netns',
        'exec',
        namespace,
        'curl',
        '--silent',
        '--max-time',
        '5',
        '--write-out',
        '%{http_code}',
        '--output',
        '/dev/null',
        `http://${host}:9650${path}`,
      ],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    );
  };
  const asked = (namespace: string, address: string, path = '/state'): string => {
    try {
      return from(namespace, address, path);
    } catch {
      return 'no answer';
    }
  };

  it("answers on the node's own addresses, also on one that is added later, and on no virtual IP of any group", async () => {
    ip('-n', one.namespace, 'address', 'add', '192.0.2.200/32', 'dev', 'eth0');
    await until(
      'it answers',
      () => asked(client, '192.0.2.1'),
      (status) => status === '200',
    );
    expect(asked(client, '192.0.2.100')).toBe('no answer');
    expect(asked(client, '192.0.2.200')).toBe('no answer');
    ip('-n', one.namespace, 'address', 'add', '192.0.2.11/24', 'dev', 'eth0');
    await until(
      'it answers there',
      () => asked(client, '192.0.2.11'),
      (status) => status === '200',
    );
    ip('-n', one.namespace, 'address', 'del', '192.0.2.11/24', 'dev', 'eth0');
    expect(asked(client, '192.0.2.1')).toBe('200');
  });

  it.each(HOLDS)(
    'that a stranger keeps busy with $count connections ($how) answers others, and the agent shows that it lives',
    { timeout: HOLD_SECONDS * 1000 + 60_000 },
    async ({ count, how }) => {
      const stranger = bridge.host('stranger', ['192.0.2.4/24']);
      const probe = new Probe(client, '192.0.2.100');
      const before = memoryOf(one.agentPid);
      let most = 0;
      {
        const held = { address: '192.0.2.1', port: 9650, namespace: stranger };
        const ways = how === 'unread' ? ['unread /state', 'unread /metrics'] : [how];
        await using holders = new AsyncDisposableStack();
        for (const way of ways) holders.use(await holdConnections({ ...held, count, how: way }));
        await throughout(HOLD_SECONDS, async () => {
          for (const path of ['/state', '/metrics']) expect(asked(client, '192.0.2.1', path)).toBe('200');
          most = Math.max(most, memoryOf(one.agentPid) - before);
          rmSync(one.paths.aliveFile, { force: true });
          await until(
            'the agent lives',
            () => existsSync(one.paths.aliveFile),
            (lives) => lives,
            5,
          );
        });
      }
      console.log(`${count} ${how}: ${Math.round(most)} MiB more`);
      expect(most).toBeLessThan(MEBIBYTES);
      expect((await probe.stop()).lost).toBe(0);
      expect(two.agentLog).not.toContain('"state":"MASTER"');
      expect(readFileSync(`/proc/${one.agentPid}/stat`, 'utf8')).toBeTruthy();
    },
  );
});

const MEBIBYTES = 64;
