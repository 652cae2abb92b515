/** What it costs five nodes to ask the network who answers for 1,000 addresses. */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { HostName } from '../lab/hosts/address.ts';
import type { Lab } from '../lab/lab.ts';
import { service, settled } from '../test/lab/lab-under-test.ts';
import { inLab } from './in-lab.ts';
import type { Effort, Measurement, Sample } from './measurement.ts';

const NODES = 5;
const ADDRESSES = 1000;
/** Made by one `kubectl apply`. */
const AT_ONCE = 250;
/** Seconds of each sample. */
const SECONDS = 10;
/** What a node sends: the name of a counter, which can't be a word of nftables, and the filter. */
const SENT = { 'neighbour-requests': 'ether type arp', questions: 'tcp dport 64999', adverts: 'ip protocol 112' } as const;

export const asking: Measurement = {
  name: 'asking',
  title: 'What it costs to ask the network',
  about: `${ADDRESSES.toLocaleString('en')} addresses on ${NODES} nodes at rest, each node an interval of ${SECONDS} s at a time: the processor time of its agent and of its keepalived, what it sends, and what the manager writes.`,
  needs: 'lab',
  samples: (effort) => inLab(effort.progress, (lab) => asked(lab, effort), NODES),
};

// --- internal ---

async function* asked(lab: Lab, { repeats, say }: Effort): AsyncGenerator<Sample> {
  using _ = new RoomForNeighbours();
  for (const [index, node] of lab.nodes.entries()) await lab.exec(node, ['ip', 'address', 'add', `10.99.0.${index + 1}/16`, 'dev', 'eth0']);
  for (let made = 0; made < ADDRESSES; made += AT_ONCE) {
    say(`${made} of ${ADDRESSES} Services`);
    const items = Array.from({ length: AT_ONCE }, (_, index) => service(`asked-${made + index}`, addressOf(made + index)));
    await lab.apply({ apiVersion: 'v1', kind: 'List', items });
  }
  say('waiting until every node serves');
  await settled(lab, 600_000);
  say('waiting until each address was asked about');
  await lab.waitFor('every address is answered by its owner', () => allAnswered(lab), 300_000);
  for (const node of lab.nodes) await lab.exec(node, ['nft', TABLE]);
  for (let repeat = 1; repeat <= repeats; repeat++) {
    say(`${repeat} of ${repeats}`);
    const before = await counted(lab);
    const began = performance.now();
    await pause(SECONDS * 1000);
    const after = await counted(lab);
    const seconds = (performance.now() - began) / 1000;
    for (const [index, { of, unit, value }] of after.entries()) yield { of, unit, value: (value - (before[index]?.value ?? 0)) / seconds };
  }
  for (const node of lab.nodes) yield { of: 'resident memory of the agent', unit: 'MiB', value: await residentOf(lab, node) };
}

/** Room in the kernel's table of neighbours for as many nodes as share it here: it is one for all network namespaces. */
class RoomForNeighbours implements Disposable {
  readonly #before = THRESHOLDS.map((file) => [file, readFileSync(file, 'utf8')] as const);

  constructor() {
    for (const [file, text] of this.#before) writeFileSync(file, `${Number(text) * NODES}`);
  }

  [Symbol.dispose](): void {
    for (const [file, text] of this.#before) writeFileSync(file, text);
  }
}

/** Highest first, so that they never contradict each other. */
const THRESHOLDS = [3, 2, 1].map((number) => `/proc/sys/net/ipv4/neigh/default/gc_thresh${number}`);

const addressOf = (index: number): string => `10.99.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`;

const TABLE = [
  'table netdev cost {',
  ...Object.keys(SENT).map((name) => `counter ${name} { }`),
  'chain out { type filter hook egress device eth0 priority 0;',
  ...Object.entries(SENT).map(([name, filter]) => `${filter} counter name "${name}"`),
  '}',
  '}',
].join('\n');

/** Everything so far, in the same order each time. */
async function counted(lab: Lab): Promise<Sample[]> {
  const ofNodes = await Promise.all(lab.nodes.map((node) => countedOn(lab, node)));
  return [...ofNodes.flat(), { of: "the manager's writes", unit: 'requests/s', value: await writesSoFar(lab) }];
}

async function countedOn(lab: Lab, node: HostName): Promise<Sample[]> {
  const [agent, keepalived, { stdout }] = await Promise.all([
    ticksOf(lab, node, AGENT),
    ticksOf(lab, node, KEEPALIVED),
    lab.exec(node, ['nft', '--json', 'list', 'counters', 'table', 'netdev', 'cost']),
  ]);
  const counters = (JSON.parse(stdout).nftables as readonly Counter[]).flatMap(({ counter }) => counter ?? []);
  return [
    // A hundred ticks are a second of a core: so many in a second are so many percent.
    { of: 'agent, share of a core', unit: '%', value: agent },
    { of: 'keepalived, share of a core', unit: '%', value: keepalived },
    ...counters.map(({ name, packets }) => ({ of: `${name.replace('-', ' ')} sent`, unit: 'packets/s', value: packets })),
  ];
}

interface Counter {
  readonly counter?: { readonly name: string; readonly packets: number };
}

const AGENT = '*/agent\\ run\\ *';
const KEEPALIVED = '/usr/sbin/keepalived\\ *';

const BY_COMMAND_LINE = (pattern: string, print: string): string => `
for folder in /proc/[0-9]*; do
  case "$(tr '\\0' ' ' <"$folder/cmdline" 2>/dev/null) " in ${pattern}) ${print} ;; esac
done 2>/dev/null
true`;

/** Of all processes that a command line fits: user and system time so far, in hundredths of a second. */
async function ticksOf(lab: Lab, node: HostName, pattern: string): Promise<number> {
  const { stdout } = await lab.exec(node, ['sh', '-c', BY_COMMAND_LINE(pattern, 'cat "$folder/stat"')]);
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.reduce((sum, line) => {
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    return sum + Number(fields[11]) + Number(fields[12]);
  }, 0);
}

async function residentOf(lab: Lab, node: HostName): Promise<number> {
  const { stdout } = await lab.exec(node, ['sh', '-c', BY_COMMAND_LINE(AGENT, 'grep VmRSS "$folder/status"')]);
  return Number(/(\d+) kB/.exec(stdout)?.[1]) / 1024;
}

/** What the API server was asked to write of kinds that the manager alone writes, and of the status of Services. */
async function writesSoFar(lab: Lab): Promise<number> {
  const lines = (await lab.kubectl(['get', '--raw', '/metrics'])).split('\n');
  const isWrite = (line: string): boolean =>
    /^apiserver_request_total\{.*verb="(POST|PUT|PATCH|DELETE|APPLY)"/.test(line) &&
    /group="(redhatcop\.redhat\.io|events\.k8s\.io)"|resource="services",.*subresource="status"|resource="configmaps"/.test(line);
  return lines.filter(isWrite).reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

interface Conditioned {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly reason: string }[] };
}

async function allAnswered(lab: Lab): Promise<true> {
  const { items } = JSON.parse(await lab.kubectl(['get', 'virtualips', '-o', 'json']));
  const answered = (items as readonly Conditioned[]).filter(({ status }) =>
    status?.conditions?.some(({ type, reason }) => type === 'Announced' && reason === 'OwnerAnswers'),
  );
  if (answered.length < items.length) throw new Error(`${answered.length} of ${items.length} addresses are answered`);
  return true;
}
