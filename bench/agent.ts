/** What the agent costs a node. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../lab/machine/run.ts';
import { Bridge } from '../test/net/bridge.ts';
import { group, instance } from '../test/net/build.ts';
import { TestNode } from '../test/net/node.ts';
import type { Measurement, Sample } from './measurement.ts';

const IDLE_SECONDS = 20;
const INSTANCES = 20;
/** Of each setting; one takes half a minute. */
const ROUNDS = 3;
const SETTINGS: readonly (readonly string[])[] = [
  [],
  ['--max-semi-space-size=1'],
  ['--max-semi-space-size=1', '--max-old-space-size=32'],
  ['--jitless'],
  ['--lite-mode'],
  ['--single-threaded'],
];

export const agent: Measurement = {
  name: 'agent',
  title: 'What the agent costs a node',
  about: `The agent with ${INSTANCES} instances, with Node's own settings and with others: from its start until it answers, its memory, and the processor time of ${IDLE_SECONDS} seconds in which nothing changes.`,
  needs: 'net',
  async *samples({ repeats, say }) {
    await run([process.execPath, join(import.meta.dirname, '../scripts/build.ts')]);
    for (const settings of SETTINGS)
      for (let round = 0; round < Math.min(repeats, ROUNDS); round++) {
        const name = settings.join(' ') || "Node's own";
        say(name);
        yield* await cost(name, settings);
      }
    yield { of: 'bundle', unit: 'kB', value: statSync(bundle).size / 1000 };
  },
};

// --- internal ---

const bundle = join(import.meta.dirname, '../dist/agent.mjs');

async function cost(name: string, settings: readonly string[]): Promise<Sample[]> {
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
  return [
    { of: `${name}: start to answer`, unit: 'ms', value: answered },
    { of: `${name}: resident`, unit: 'MiB', value: mebibytes(node.agentPid, 'Rss') },
    { of: `${name}: private`, unit: 'MiB', value: mebibytes(node.agentPid, 'Private_Dirty') },
    { of: `${name}: idle, share of a core`, unit: '%', value: idle },
  ];
}

function mebibytes(pid: number, name: string): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) / 1024;
}

/** User and system time of a process; the clock of /proc ticks a hundred times a second. */
function processorMilliseconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
