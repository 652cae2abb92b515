/**
 * What a client misses when the owner of an address goes: `scripts/node bench/failover.ts [REPEATS] [WAY...] [--with SETTING]...` (root, Debian; three
 * repeats and all ways unless told; a part of a way's name chooses it). A lab of its own with three nodes; the client asks every 10 ms, IPv4
 * and IPv6 at the same time. Settings are `defaults`, `former` (the first generation of defaults) or milliseconds between adverts; without one,
 * both generations.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { HostName } from '../lab/hosts/address.ts';
import type { Lab } from '../lab/lab.ts';
import { progressTo } from '../lab/machine/progress.ts';
import { down, up } from '../lab/up.ts';
import { GROUP, NAMESPACE, podOn, service, settled, soleHolder } from '../test/lab/lab-under-test.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { with: { type: 'string', multiple: true, default: ['defaults', 'former'] } },
});
const [repeats = '3', ...chosen] = positionals;
const REPEATS = Number(repeats);
const LAB = 'bench';
const SERVICE = 'failover';
const VIPS = ['192.0.2.210', '2001:db8::210'] as const;
interface Way {
  readonly happens: (owner: HostName) => Promise<unknown>;
  /** Until the client's figure is whole: the addresses are elsewhere, or at home again where nothing else comes of it. */
  readonly isOver: (owner: HostName) => Promise<unknown>;
  readonly undo: (owner: HostName) => Promise<unknown>;
}

const progress = progressTo(process.stderr);
const lab = await up({ name: LAB, nodes: 3 }, progress);
try {
  await lab.apply(service(SERVICE, ...VIPS));
  await settled(lab);
  const ways = waysToGo(lab);
  console.log(`Node ${process.version}, ${cpus().length} cores, 3 nodes; ${REPEATS} repeats; milliseconds, median / 95th / longest\n`);
  for (const setting of values.with) {
    await set(setting);
    console.log(`\n${setting}`);
    for (const [name, way] of Object.entries(ways))
      if (chosen.length === 0 || chosen.some((part) => name.includes(part))) console.log(await figuresOf(name, way));
  }
} finally {
  await down(LAB, progress);
}

// --- internal ---

function waysToGo(there: Lab): Readonly<Record<string, Way>> {
  const heal = (owner: HostName) => there.heal(owner);
  const deletePod = async (owner: HostName) => there.kubectl(['delete', 'pod', '-n', NAMESPACE, (await podOn(there, owner)).metadata.name]);
  return {
    'power off': { happens: (owner) => there.fail(owner, 'power-off'), isOver: elsewhere, undo: heal },
    // Another pod, so that kubelet's back-off doesn't grow from repeat to repeat.
    'keepalived killed (SIGKILL)': { happens: (owner) => there.fail(owner, 'kill'), isOver: startedAgain, undo: deletePod },
    'link down': { happens: (owner) => there.fail(owner, 'link-down'), isOver: elsewhere, undo: heal },
    'cut off the switch': { happens: (owner) => there.fail(owner, 'cut'), isOver: elsewhere, undo: heal },
    'pod deleted': { happens: deletePod, isOver: replaced, undo: async () => undefined },
    'node drained': {
      happens: (owner) => there.kubectl(['drain', owner, '--ignore-daemonsets', '--delete-emptydir-data', '--force', '--timeout=120s']),
      isOver: elsewhere,
      undo: (owner) => there.kubectl(['uncordon', owner]),
    },
  };
}

async function figuresOf(name: string, way: Way): Promise<string> {
  const gaps: number[][] = VIPS.map(() => []);
  let lostWhenHealed = 0;
  for (let repeat = 1; repeat <= REPEATS; repeat++) {
    process.stderr.write(`  ${name}, ${repeat} of ${REPEATS}\r`);
    const owner = await ownerOfBoth();
    const missed = await whileAsked(async () => {
      await way.happens(owner);
      await way.isOver(owner);
    });
    for (const [index, { longestMs }] of missed.entries()) gaps[index]?.push(longestMs);
    const healing = await whileAsked(async () => {
      await way.undo(owner);
      await settled(lab, 120_000);
    });
    lostWhenHealed += healing.reduce((sum, { lost }) => sum + lost, 0);
  }
  const [four = [], six = []] = gaps;
  return `  ${name.padEnd(28)} IPv4 ${spread(four)}   IPv6 ${spread(six)}   lost on the way home: ${lostWhenHealed}`;
}

/** What each address did not answer while something happened: the longest gap in milliseconds, and how many. */
async function whileAsked(happens: () => Promise<void>): Promise<{ longestMs: number; lost: number }[]> {
  const probes = await Promise.all(VIPS.map((address) => lab.probe(address)));
  const [outcome] = await Promise.allSettled([happens()]);
  const results = await Promise.all(probes.map((probe) => probe.stop()));
  if (outcome?.status === 'rejected') throw outcome.reason;
  return results.map(({ sent, received, gaps }) => ({
    longestMs: Math.max(0, ...gaps.map(({ lengthMs }) => lengthMs)),
    lost: sent - received,
  }));
}

async function ownerOfBoth(): Promise<HostName> {
  const [four, six] = await Promise.all(VIPS.map((address) => soleHolder(lab, address)));
  if (four === undefined || four !== six) throw new Error(`${VIPS.join(' and ')} are on ${four} and ${six}, expected one node`);
  return four;
}

function elsewhere(owner: HostName): Promise<true> {
  return lab.waitFor(
    `${VIPS.join(' and ')} answer from a node other than ${owner}`,
    async () => {
      for (const address of VIPS) {
        if ((await lab.holders(address)).every((host) => host === owner)) return undefined;
        const { code } = await lab.exec('client', ['ping', '-c', '1', '-W', '1', address], { allowFailure: true });
        if (code !== 0) return undefined;
      }
      return true as const;
    },
    60_000,
  );
}

async function replaced(): Promise<void> {
  await settled(lab);
}

/** True once the container runs again and every address is at home. */
async function startedAgain(owner: HostName): Promise<void> {
  await lab.waitFor(
    `keepalived on ${owner} is started again`,
    async () => ((await podOn(lab, owner)).status.containerStatuses.some(({ restartCount }) => restartCount > 0) ? true : undefined),
    60_000,
  );
  await settled(lab);
}

/** Has every node run a setting. */
async function set(name: string): Promise<void> {
  const settings: Readonly<Record<string, object | null>> = { defaults: null, former: { version: 2 } };
  const vrrp = name in settings ? settings[name] : { version: 3, advertIntervalMilliseconds: Number(name) };
  await lab.kubectl(['patch', 'keepalivedgroup', '-n', NAMESPACE, GROUP, '--type=merge', '-p', JSON.stringify({ spec: { vrrp } })]);
  await lab.waitFor('the operator has seen the new setting', isObserved, 30_000);
  await settled(lab);
}

/** Of several measurements: median / 95th percentile / longest. */
function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return [at(0.5), at(0.95), at(1)].map((value) => Math.round(value)).join(' / ');
}

async function isObserved(): Promise<true | undefined> {
  const { metadata, status } = JSON.parse(await lab.kubectl(['get', 'keepalivedgroup', '-n', NAMESPACE, GROUP, '-o', 'json']));
  return status.observedGeneration === metadata.generation || undefined;
}
