/**
 * What a client misses when the owner of an address goes: `scripts/node bench/failover.ts [REPEATS] [WAY...] [--with SETTING]...` (root, Debian; three
 * repeats and all ways unless told; a part of a way's name chooses it). A lab of its own with three nodes; the client asks every 10 ms, IPv4
 * and IPv6 at the same time. Settings are `defaults`, `former` (the first generation of defaults) or milliseconds between adverts; without one,
 * both generations.
 */
import { cpus } from 'node:os';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { HostName } from '../lab/hosts/address.ts';
import type { Lab } from '../lab/lab.ts';
import { progressTo } from '../lab/machine/progress.ts';
import { GROUP, NAMESPACE, podOn, service, settled, soleHolder } from '../test/lab/lab-under-test.ts';
import { troublesSince, troublesTold } from '../test/lab/troubles.ts';
import { inLab } from './in-lab.ts';
import type { Measurement, Sample } from './measurement.ts';

const SERVICE = 'failover';
const VIPS = ['192.0.2.210', '2001:db8::210'] as const;
const FAMILIES = ['IPv4', 'IPv6'] as const;
/** Both generations of defaults, and what the page calls them. */
const GENERATIONS: Readonly<Record<string, string>> = { defaults: 'defaults', former: 'former defaults' };

export const failover: Measurement = {
  name: 'failover',
  title: 'What a client misses',
  about:
    'A client asks an address every 10 ms by IPv4, and another of the same Service by IPv6, while its owner, one of three nodes, goes; milliseconds of the longest time without an answer. With the defaults of a new group, and with those of the generation before. What was lost on the way home, once the node was well again, is packets of both. False verdicts are Events that another host or nobody answers for an address.',
  needs: 'lab',
  samples: ({ repeats, progress, say }) =>
    inLab(progress, async function* (lab) {
      for await (const { setting, way, repeat, gaps, lostOnTheWayHome, falseVerdicts } of repeated(lab, {
        repeats,
        ways: [],
        settings: Object.keys(GENERATIONS),
      })) {
        const name = `${GENERATIONS[setting]}: ${way}`;
        say(`${name}, ${repeat} of ${repeats}`);
        yield* gaps.map((value, index): Sample => ({ of: `${name}, ${FAMILIES[index]}`, unit: 'ms', value }));
        yield { of: `${name}, lost on the way home`, unit: 'packets', value: lostOnTheWayHome };
        yield { of: `${name}, false verdicts`, unit: 'verdicts', value: falseVerdicts };
      }
    }),
};

// --- internal ---

interface Way {
  readonly happens: (owner: HostName) => Promise<unknown>;
  /** Until the client's figure is whole: the addresses are elsewhere, or at home again where nothing else comes of it. */
  readonly isOver: (owner: HostName) => Promise<unknown>;
  readonly undo: (owner: HostName) => Promise<unknown>;
}

interface Wanted {
  readonly repeats: number;
  /** Parts of names; none are all. */
  readonly ways: readonly string[];
  readonly settings: readonly string[];
}

/** One owner that went and came back. */
interface Repeat {
  readonly setting: string;
  readonly way: string;
  readonly repeat: number;
  /** Milliseconds for each of `FAMILIES`. */
  readonly gaps: readonly number[];
  readonly lostOnTheWayHome: number;
  readonly falseVerdicts: number;
}

async function* repeated(lab: Lab, { repeats, ways, settings }: Wanted): AsyncGenerator<Repeat> {
  await lab.apply(service(SERVICE, ...VIPS));
  await settled(lab);
  const chosen = Object.entries(waysToGo(lab)).filter(([name]) => ways.length === 0 || ways.some((part) => name.includes(part)));
  for (const setting of settings) {
    await set(lab, setting);
    for (const [way, steps] of chosen)
      for (let repeat = 1; repeat <= repeats; repeat++) yield { setting, way, repeat, ...(await missed(lab, steps)) };
  }
}

function waysToGo(lab: Lab): Readonly<Record<string, Way>> {
  const heal = (owner: HostName) => lab.heal(owner);
  const deletePod = async (owner: HostName) => lab.kubectl(['delete', 'pod', '-n', NAMESPACE, (await podOn(lab, owner)).metadata.name]);
  return {
    'power off': { happens: (owner) => lab.fail(owner, 'power-off'), isOver: (owner) => elsewhere(lab, owner), undo: heal },
    // Another pod, so that kubelet's back-off doesn't grow from repeat to repeat.
    'keepalived killed (SIGKILL)': {
      happens: (owner) => lab.fail(owner, 'kill'),
      isOver: (owner) => startedAgain(lab, owner),
      undo: deletePod,
    },
    'link down': { happens: (owner) => lab.fail(owner, 'link-down'), isOver: (owner) => elsewhere(lab, owner), undo: heal },
    'cut off the switch': { happens: (owner) => lab.fail(owner, 'cut'), isOver: (owner) => elsewhere(lab, owner), undo: heal },
    'pod deleted': { happens: deletePod, isOver: () => settled(lab), undo: async () => undefined },
    'node drained': {
      happens: (owner) => lab.kubectl(['drain', owner, '--ignore-daemonsets', '--delete-emptydir-data', '--force', '--timeout=120s']),
      isOver: (owner) => elsewhere(lab, owner),
      undo: (owner) => lab.kubectl(['uncordon', owner]),
    },
  };
}

async function missed(lab: Lab, way: Way): Promise<Pick<Repeat, 'gaps' | 'lostOnTheWayHome' | 'falseVerdicts'>> {
  const before = await troublesTold(lab);
  const owner = await ownerOfBoth(lab);
  const going = await whileAsked(lab, async () => {
    await way.happens(owner);
    await way.isOver(owner);
  });
  const healing = await whileAsked(lab, async () => {
    await way.undo(owner);
    await settled(lab, 120_000);
  });
  const troubles = await troublesSince(lab, before);
  for (const text of troubles) console.error(`\nfalse verdict: ${text}`);
  return {
    gaps: going.map(({ longestMs }) => longestMs),
    lostOnTheWayHome: healing.reduce((sum, { lost }) => sum + lost, 0),
    falseVerdicts: troubles.length,
  };
}

/** What each address did not answer while something happened: the longest gap in milliseconds, and how many. */
async function whileAsked(lab: Lab, happens: () => Promise<void>): Promise<{ longestMs: number; lost: number }[]> {
  const probes = await Promise.all(VIPS.map((address) => lab.probe(address)));
  const [outcome] = await Promise.allSettled([happens()]);
  const results = await Promise.all(probes.map((probe) => probe.stop()));
  if (outcome?.status === 'rejected') throw outcome.reason;
  return results.map(({ sent, received, gaps }) => ({
    longestMs: Math.max(0, ...gaps.map(({ lengthMs }) => lengthMs)),
    lost: sent - received,
  }));
}

async function ownerOfBoth(lab: Lab): Promise<HostName> {
  const [four, six] = await Promise.all(VIPS.map((address) => soleHolder(lab, address)));
  if (four === undefined || four !== six) throw new Error(`${VIPS.join(' and ')} are on ${four} and ${six}, expected one node`);
  return four;
}

function elsewhere(lab: Lab, owner: HostName): Promise<true> {
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

/** True once the container runs again and every address is at home. */
async function startedAgain(lab: Lab, owner: HostName): Promise<void> {
  await lab.waitFor(
    `keepalived on ${owner} is started again`,
    async () => ((await podOn(lab, owner)).status.containerStatuses.some(({ restartCount }) => restartCount > 0) ? true : undefined),
    60_000,
  );
  await settled(lab);
}

/** Has every node run a setting. */
async function set(lab: Lab, name: string): Promise<void> {
  const settings: Readonly<Record<string, object | null>> = { defaults: null, former: { version: 2 } };
  const vrrp = name in settings ? settings[name] : { version: 3, advertIntervalMilliseconds: Number(name) };
  await lab.kubectl(['patch', 'keepalivedgroup', '-n', NAMESPACE, GROUP, '--type=merge', '-p', JSON.stringify({ spec: { vrrp } })]);
  await lab.waitFor('the operator has seen the new setting', () => isObserved(lab), 30_000);
  await settled(lab);
}

/** Of several measurements: median / 95th percentile / longest. */
function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return [at(0.5), at(0.95), at(1)].map((value) => Math.round(value)).join(' / ');
}

async function isObserved(lab: Lab): Promise<true | undefined> {
  const { metadata, status } = JSON.parse(await lab.kubectl(['get', 'keepalivedgroup', '-n', NAMESPACE, GROUP, '-o', 'json']));
  return status.observedGeneration === metadata.generation || undefined;
}

/** Prints a line for each way, as soon as all its repeats are done. */
async function printed(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { with: { type: 'string', multiple: true, default: Object.keys(GENERATIONS) } },
  });
  const [repeats = '3', ...ways] = positionals;
  const wanted: Wanted = { repeats: Number(repeats), ways, settings: values.with };
  let said = '';
  let some: Repeat[] = [];
  for await (const one of inLab(progressTo(process.stderr), (lab) => repeated(lab, wanted))) {
    if (said === '')
      console.log(`Node ${process.version}, ${cpus().length} cores, 3 nodes; ${repeats} repeats; milliseconds, median / 95th / longest\n`);
    if (said !== one.setting) console.log(`\n${one.setting}`);
    said = one.setting;
    some.push(one);
    process.stderr.write(`  ${one.way}, ${one.repeat} of ${repeats}\r`);
    if (one.repeat < wanted.repeats) continue;
    console.log(lineOf(one.way, some));
    some = [];
  }
}

function lineOf(way: string, repeats: readonly Repeat[]): string {
  const figures = FAMILIES.map((family, index) => `${family} ${spread(repeats.map(({ gaps }) => gaps[index] ?? Number.NaN))}`);
  const lost = repeats.reduce((sum, { lostOnTheWayHome }) => sum + lostOnTheWayHome, 0);
  const told = repeats.reduce((sum, { falseVerdicts }) => sum + falseVerdicts, 0);
  return `  ${way.padEnd(28)} ${figures.join('   ')}   lost on the way home: ${lost}; false verdicts: ${told}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await printed();
