/**
 * What a client misses when the owner of an address goes: `node bench/failover.ts [REPEATS]` (root, keepalived, fping; three by default).
 * Two nodes with real keepalived and agents on one switch, a client that asks every 10 ms, IPv4 and IPv6 at the same time.
 */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProbe } from '../lab/probe.ts';
import type { NodeReport } from '../src/api/node-report.ts';
import { line, type Statement } from '../src/conf/tree.ts';
import { Bridge } from '../test/net/bridge.ts';
import { group, instance } from '../test/net/build.ts';
import { instanceIn, TestNode } from '../test/net/node.ts';
import { Load } from './load.ts';

const REPEATS = Number(process.argv[2] ?? 3);
const VIPS = { IPv4: '192.0.2.100', IPv6: '2001:db8::100' } as const;
/** Seconds between adverts; below a second only VRRP version 3. */
const INTERVALS = [1, 0.5, 0.25, 0.1, 0.05, 0.02];
const WATCHED_SECONDS = 15;

type Stage = { readonly bridge: Bridge; readonly owner: TestNode; readonly other: TestNode };
type Way = (stage: Stage) => Promise<void>;

const WAYS: Readonly<Record<string, Way>> = {
  'power off': async ({ bridge, owner }) => {
    bridge.connect('n1', false);
    await kill(owner);
  },
  'keepalived killed -9': ({ owner }) => kill(owner),
  'link down': async ({ bridge }) => bridge.plug('n1', false),
  'cut off the switch': async ({ bridge }) => bridge.connect('n1', false),
  'given up (pod deleted)': async ({ owner }) => {
    const ended = owner.signalAgent('SIGTERM');
    owner.get('/drained/ns/g');
    await owner.signalKeepalived('SIGTERM');
    await ended;
  },
};

console.log(`Node ${process.version}, ${cpus().length} cores; ${REPEATS} repeats; milliseconds without an answer, min / median / max\n`);
const fastest = await fastestInterval();
for (const interval of new Set([1, fastest]))
  for (const [way, happens] of Object.entries(WAYS)) {
    const gaps: Record<keyof typeof VIPS, number[]> = { IPv4: [], IPv6: [] };
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      const seen = await once(interval, happens);
      gaps.IPv4.push(seen.IPv4);
      gaps.IPv6.push(seen.IPv6);
    }
    console.log(`adverts each ${interval} s, ${way.padEnd(24)} IPv4 ${spread(gaps.IPv4)}   IPv6 ${spread(gaps.IPv6)}`);
  }

// --- internal ---

/** The shortest interval at which nobody takes over from an owner that lives, with two busy processes for each core. */
async function fastestInterval(): Promise<number> {
  let held = 1;
  for (const interval of INTERVALS) {
    await using stage = await start(interval);
    using _load = new Load(cpus().length * 2);
    const before = transitions(stage);
    await sleep(WATCHED_SECONDS * 1000);
    const changes = transitions(stage) - before;
    console.log(`adverts each ${interval} s, ${cpus().length * 2} busy processes: ${changes} false transitions in ${WATCHED_SECONDS} s`);
    if (changes > 0) break;
    held = interval;
  }
  return held;
}

async function once(interval: number, happens: Way): Promise<Record<keyof typeof VIPS, number>> {
  await using stage = await start(interval);
  const probeOf = (address: string) => startProbe((command) => ['ip', 'netns', 'exec', stage.client, ...command], address);
  const [four, six] = await Promise.all([probeOf(VIPS.IPv4), probeOf(VIPS.IPv6)]);
  await sleep(interval * 1000 * (0.5 + Math.random()));
  await happens(stage);
  await stage.other.when('has both addresses', ({ instances }) =>
    ['v4', 'v6'].every((name) => instanceIn(instances, name)?.held.length === 1),
  );
  // Answers count when they come within 200 ms; then the gap is over for the probe, too.
  await sleep(500);
  const gapOf = async (probe: Awaited<typeof four>): Promise<number> =>
    Math.max(0, ...(await probe.stop()).gaps.map(({ lengthMs }) => lengthMs));
  return { IPv4: await gapOf(four), IPv6: await gapOf(six) };
}

async function start(interval: number): Promise<Stage & AsyncDisposable & { readonly client: string }> {
  const bridge = new Bridge('fail');
  const client = bridge.host('client', ['192.0.2.3/24', '2001:db8::3/64']);
  const nodes = [1, 2].map(
    (number) => new TestNode(`n${number}`, bridge.host(`n${number}`, [`192.0.2.${number}/24`, `2001:db8::${number}/64`])),
  );
  const [owner, other] = nodes as [TestNode, TestNode];
  const router = (name: string, id: number, address: string): Statement =>
    instance(name, {
      id,
      addresses: [address],
      order: ['n1', 'n2'],
      lines: [line('version', interval < 1 ? 3 : 2), line('advert_int', interval)],
    });
  for (const node of nodes) {
    node.put(group(router('v4', 1, VIPS.IPv4), router('v6', 2, VIPS.IPv6)));
    node.start();
  }
  const isAll =
    (state: string) =>
    ({ instances }: NodeReport): boolean =>
      instances.length === 2 && instances.every((one) => one.state === state);
  await owner.when('is master of both', isAll('MASTER'));
  await other.when('is backup of both', isAll('BACKUP'));
  const dispose = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]()));
    bridge[Symbol.dispose]();
  };
  return { bridge, owner, other, client, [Symbol.asyncDispose]: dispose };
}

async function kill(node: TestNode): Promise<void> {
  const pid = Number(readFileSync(node.paths.vrrpPidFile, 'utf8'));
  process.kill(pid, 'SIGSTOP');
  const gone = node.signalKeepalived('SIGKILL');
  process.kill(pid, 'SIGKILL');
  await gone;
}

function transitions({ owner, other }: Stage): number {
  const lines = [owner, other].flatMap((node) => node.get('/metrics').split('\n'));
  const counts = lines.filter((one) => one.startsWith('keepalived_instance_transitions_total'));
  return counts.reduce((sum, one) => sum + Number(one.split(' ').at(-1)), 0);
}

function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b).map(Math.round);
  return `${sorted[0]} / ${sorted[Math.floor(sorted.length / 2)]} / ${sorted.at(-1)}`;
}
