/**
 * How often a node that is well is given up for nothing: `scripts/node bench/false-failovers.ts [--minutes M] [--condition NAME]... [--results FILE]`
 * (root, keepalived, nft). Two keepalived on a switch of their own; the backup of each pair is counted as it becomes master. Every interval with
 * every number of adverts runs at the same time, several times over, so a minute of it is many minutes of each. What was measured is kept in the
 * file after each minute; another run goes on where this one ended. The table of all that was measured is printed at the end.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Load } from '../lab/machine/load.ts';
import { Shortage } from '../lab/machine/shortage.ts';
import { waitFor } from '../lab/machine/wait.ts';
import { print } from '../src/conf/print.ts';
import { block, type Conf, line } from '../src/conf/tree.ts';
import { Bridge } from '../test/net/bridge.ts';
import type { Measurement } from './measurement.ts';

/** Milliseconds between adverts, and how many in a row have to be missing. */
const INTERVALS = [50, 100, 250, 500];
const COUNTS = [3, 5, 8, 12];
/** Instances of each pair: 240 in all, of the 255 that there are ids for. */
const REPLICAS = 15;
const SLICE_SECONDS = 60;
/** Of each condition, where nobody says another number. */
const MINUTES = 3;

interface Condition {
  /** Percent of the adverts that don't arrive, at random. */
  readonly loss: number;
  /** Processes that are busy all the time. */
  readonly busy: number;
  readonly isRealTime: boolean;
  /** Addresses of each instance. */
  readonly addresses: number;
  /** Whether the machine has hardly any memory left, and reads files all the time that it can't keep. */
  readonly lacksMemory: boolean;
}

const BUSY = cpus().length * 4;
const still: Condition = { loss: 0, busy: 0, isRealTime: false, addresses: 1, lacksMemory: false };
const CONDITIONS: Readonly<Record<string, Condition>> = {
  still,
  'loss-1': { ...still, loss: 1 },
  'loss-5': { ...still, loss: 5 },
  'loss-10': { ...still, loss: 10 },
  busy: { ...still, busy: BUSY },
  'busy-realtime': { ...still, busy: BUSY, isRealTime: true },
  'busy-loss-1': { ...still, busy: BUSY, loss: 1 },
  'busy-loss-5': { ...still, busy: BUSY, loss: 5 },
  'no-memory': { ...still, lacksMemory: true },
  'addresses-5000': { ...still, addresses: 21 },
  'busy-addresses-5000': { ...still, busy: BUSY, addresses: 21 },
};

/** One line of the file of results. */
interface Slice {
  readonly condition: string;
  readonly seconds: number;
  /** Failovers of all instances of a pair, by `INTERVALxCOUNT`. */
  readonly failovers: Readonly<Record<string, number>>;
}

export const falseFailovers: Measurement = {
  name: 'false-failovers',
  title: 'Given up for nothing',
  about: `How often a node that is well is taken for lost, for each hour of an instance, because adverts are missing or late: two keepalived, ${REPLICAS} instances of every pair of interval and number of adverts at the same time, minute by minute. A share of the adverts is dropped at random, or processes are busy, four for each core; or the memory is full; or each instance has 21 addresses, 5,040 in all.`,
  needs: 'net',
  async *samples({ say }) {
    for (const [name, condition] of Object.entries(CONDITIONS)) {
      say(name);
      for await (const { seconds, failovers } of counted(name, condition, MINUTES * 60))
        for (const key of keys()) {
          const [interval, count] = key.split('x');
          const value = (failovers[key] ?? 0) / ((seconds * REPLICAS) / 3600);
          yield { of: `${name}, ${count} adverts of ${interval} ms`, unit: 'each hour', value };
        }
    }
  },
};

// --- internal ---

/** A slice each minute. */
async function* counted(name: string, condition: Condition, seconds: number): AsyncGenerator<Slice> {
  using pair = new Pair(condition);
  await pair.start();
  using _ = new Load(condition.busy);
  using __ = condition.lacksMemory ? await Shortage.begin() : undefined;
  for (let left = seconds; left > 0; left -= SLICE_SECONDS) {
    const slice = Math.min(left, SLICE_SECONDS);
    yield { condition: name, seconds: slice, failovers: await pair.countFor(slice) };
  }
}

/** A master and a backup that have every instance. */
class Pair implements Disposable {
  readonly #condition: Condition;
  readonly #bridge = new Bridge('false');
  readonly #folder = mkdtempSync(join(tmpdir(), 'false-failovers-'));
  readonly #running: ChildProcess[] = [];
  readonly #masters = new Map<string, number>();

  constructor(condition: Condition) {
    this.#condition = condition;
  }

  async start(): Promise<void> {
    this.#run('n1', '192.0.2.1/24', 254);
    await waitFor('n1 is master of all', async () => this.#masters.size === keys().length * REPLICAS || undefined, 60_000);
    const { loss } = this.#condition;
    const backup = this.#run('n2', '192.0.2.2/24', 253);
    // Two masters are no failover of this bench: the backup hears the first adverts before anything is lost.
    await sleep(10_000);
    if (loss > 0) {
      const rules = `add table inet loss; add chain inet loss in { type filter hook input priority 0; }; add rule inet loss in ip protocol vrrp numgen random mod 1000 < ${loss * 10} drop`;
      execFileSync('ip', ['netns', 'exec', backup, 'nft', rules]);
    }
  }

  /** By pair how often the backup became master meanwhile. */
  async countFor(seconds: number): Promise<Record<string, number>> {
    this.#masters.clear();
    await sleep(seconds * 1000);
    const counts = Object.fromEntries(keys().map((key) => [key, 0]));
    for (const [name, count] of this.#masters) {
      const key = name.split('_', 1)[0] ?? '';
      counts[key] = (counts[key] ?? 0) + count;
    }
    return counts;
  }

  [Symbol.dispose](): void {
    for (const one of this.#running) one.kill('SIGKILL');
    for (const name of ['n1', 'n2'])
      for (const file of ['vrrp', 'checkers']) {
        const path = join(this.#folder, `${name}.${file}.pid`);
        if (existsSync(path)) end(Number(readFileSync(path, 'utf8')));
      }
    this.#bridge[Symbol.dispose]();
    rmSync(this.#folder, { recursive: true });
  }

  #run(name: string, address: string, priority: number): string {
    const namespace = this.#bridge.host(name, [address]);
    const path = (kind: string): string => join(this.#folder, `${name}.${kind}`);
    writeFileSync(path('conf'), print(confOf(priority, this.#condition)), { mode: 0o600 });
    const pids = [`--pid=${path('pid')}`, `--vrrp_pid=${path('vrrp.pid')}`, `--checkers_pid=${path('checkers.pid')}`];
    const files = [`--use-file=${path('conf')}`, ...pids];
    const args = ['netns', 'exec', namespace, 'keepalived', '--dont-fork', '--log-console', '--no-syslog', '--vrrp', ...files];
    const daemon = spawn('ip', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [daemon.stdout, daemon.stderr]) stream.on('data', (chunk: Buffer) => this.#hear(String(chunk)));
    this.#running.push(daemon);
    return namespace;
  }

  #hear(text: string): void {
    for (const [, name = ''] of text.matchAll(/\((\S+)\) Entering MASTER STATE/g))
      this.#masters.set(name, (this.#masters.get(name) ?? 0) + 1);
  }
}

function end(pid: number): void {
  try {
    if (pid > 1) process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function keys(): string[] {
  return INTERVALS.flatMap((interval) => COUNTS.map((count) => `${interval}x${count}`));
}

function confOf(priority: number, { isRealTime, addresses }: Condition): Conf {
  const lines = [line('vrrp_version', 3), line('vrrp_garp_master_repeat', 1), line('vrrp_garp_master_delay', 0)];
  const realTime = isRealTime ? [line('vrrp_rt_priority', 50)] : [];
  const instances = keys().flatMap((key, index) =>
    Array.from({ length: REPLICAS }, (_, replica) => {
      const id = index * REPLICAS + replica + 1;
      const [interval = '', count = ''] = key.split('x');
      return block(
        'vrrp_instance',
        [`${key}_${replica}`],
        [
          ...[line('interface', 'eth0'), line('state', 'BACKUP'), line('virtual_router_id', id), line('priority', priority)],
          ...[line('advert_int', Number(interval) / 1000), line('down_timer_adverts', count)],
          block('virtual_ipaddress', [], [line(`198.51.100.${id}`)]),
          ...(addresses > 1 ? [block('virtual_ipaddress_excluded', [], more(id, addresses - 1))] : []),
        ],
      );
    }),
  );
  return [block('global_defs', [], [...lines, ...realTime]), ...instances];
}

/** Addresses that adverts don't tell, as those of an instance with many. */
const more = (id: number, count: number) => Array.from({ length: count }, (_, index) => line(`198.18.${index}.${id}`));

function slicesIn(file: string): Slice[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((text) => JSON.parse(text) as Slice);
}

/** Failovers for each hour of an instance, and of how many hours; by condition, interval and number of adverts. */
function report(all: readonly Slice[]): string {
  const version = spawnSync('keepalived', ['--version'], { encoding: 'utf8' }).stderr;
  const rows = Object.keys(CONDITIONS).flatMap((name) => {
    const some = all.filter(({ condition }) => condition === name);
    const hours = (some.reduce((sum, { seconds }) => sum + seconds, 0) * REPLICAS) / 3600;
    if (hours === 0) return [];
    return INTERVALS.map((interval) => {
      const cells = COUNTS.map((count) => some.reduce((sum, { failovers }) => sum + (failovers[`${interval}x${count}`] ?? 0), 0));
      return `| ${name} | ${hours.toFixed(2)} | ${interval} ms | ${cells.join(' | ')} |`;
    });
  });
  return [
    `${cpus().length} cores, Node ${process.version}, ${version.split('\n', 1)[0]}; failovers for nothing, of all ${REPLICAS} instances together`,
    '',
    `| condition | hours of instances | interval | ${COUNTS.map((count) => `${count} adverts`).join(' | ')} |`,
    `|---|---|---|${COUNTS.map(() => '---|').join('')}`,
    ...rows,
  ].join('\n');
}

/** Measures what the file lacks, minute by minute, and prints the table of all that it has. */
async function printed(): Promise<void> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '10' },
      condition: { type: 'string', multiple: true, default: Object.keys(CONDITIONS) },
      results: { type: 'string', default: '.test-results/false-failovers.jsonl' },
    },
  });
  mkdirSync(dirname(values.results), { recursive: true });
  const unknown = values.condition.filter((name) => CONDITIONS[name] === undefined);
  if (unknown.length > 0) throw new Error(`no condition ${unknown.join(', ')}; there are ${Object.keys(CONDITIONS).join(', ')}`);
  for (const name of values.condition) {
    const known = slicesIn(values.results).filter(({ condition }) => condition === name);
    let left = Number(values.minutes) * 60 - known.reduce((sum, { seconds }) => sum + seconds, 0);
    if (left <= 0) continue;
    process.stderr.write(`  ${name}: ${left} s to go\r`);
    for await (const slice of counted(name, CONDITIONS[name] ?? still, left)) {
      appendFileSync(values.results, `${JSON.stringify(slice)}\n`);
      left -= slice.seconds;
      process.stderr.write(`  ${name}: ${left} s to go\r`);
    }
  }
  console.log(report(slicesIn(values.results)));
}

// At the end, because a class is not there before its line.
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await printed();
