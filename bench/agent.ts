/**
 * What the agent costs: `scripts/node bench/agent.ts` (root, keepalived). Size of the bundle, time until it answers, memory and processor time
 * while nothing changes, with 20 instances; with Node's own settings and with others.
 */
import { readFileSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../lab/machine/run.ts';
import { Bridge } from '../test/net/bridge.ts';
import { group, instance } from '../test/net/build.ts';
import { TestNode } from '../test/net/node.ts';

const IDLE_SECONDS = 20;
const INSTANCES = 20;
const SETTINGS: readonly (readonly string[])[] = [
  [],
  ['--max-semi-space-size=1'],
  ['--max-semi-space-size=1', '--max-old-space-size=32'],
  ['--jitless'],
  ['--lite-mode'],
  ['--single-threaded'],
];

const bundle = join(import.meta.dirname, '../dist/agent.mjs');
await run([process.execPath, join(import.meta.dirname, '../scripts/build.ts')]);
console.log(
  `Node ${process.version}, ${cpus().length} cores; bundle ${Math.round(statSync(bundle).size / 1000)} kB; ${INSTANCES} instances`,
);
for (const settings of SETTINGS) console.log(`${(settings.join(' ') || "Node's own").padEnd(52)} ${await cost(settings)}`);

// --- internal ---

async function cost(settings: readonly string[]): Promise<string> {
  using bridge = new Bridge('cost');
  await using node = new TestNode('n1', bridge.host('n1', ['192.0.2.1/24']), [...settings, bundle]);
  node.put(
    group(
      ...Array.from({ length: INSTANCES }, (_, index) =>
        instance(`ns/s${index}`, { id: index + 1, addresses: [`192.0.2.${100 + index}`] }),
      ),
    ),
  );
  const start = Date.now();
  node.start();
  await node.when('answers', () => true);
  const answered = Date.now() - start;
  await node.masterOf('ns/s0');
  const before = processorMilliseconds(node.agentPid);
  await sleep(IDLE_SECONDS * 1000);
  const idle = (processorMilliseconds(node.agentPid) - before) / IDLE_SECONDS / 10;
  return `pod start to answer ${answered} ms, ${memory(node.agentPid)}, idle ${idle.toFixed(2)} % of a core`;
}

function memory(pid: number): string {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const megabytes = (name: string): string => (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) / 1024).toFixed(1);
  return `resident ${megabytes('Rss')} MiB, of it private ${megabytes('Private_Dirty')}`;
}

/** User and system time of a process; the clock of /proc ticks a hundred times a second. */
function processorMilliseconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
