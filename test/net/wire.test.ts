/**
 * What three agents without a capability, and their askers, find out on a real network about an address, and what a manager makes of it. Every figure
 * is printed. `WIRE_RUNS`: how often what concerns a host that keeps silent is tried, and failovers.
 */
import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WireFinding } from '../../src/api/node/wire.ts';
import type { WireKind, WireVerdict } from '../../src/observe/wire/verdict.ts';
import { Bridge, ip } from './bridge.ts';
import { group, instance } from './build.ts';
import { TestNode } from './node.ts';
import { until } from './until.ts';
import { Watcher } from './watcher.ts';

const [NAME, NAME6] = ['default/web', 'default/web/ipv6'];
const [VIP, VIP6] = ['192.0.2.100', '2001:db8::100'];
const ORDER = ['n1', 'n2', 'n3'];
const conf = group(instance(NAME, { id: 7, addresses: [VIP], order: ORDER }), instance(NAME6, { id: 7, addresses: [VIP6], order: ORDER }));
const routers = [
  { name: NAME, addresses: [VIP], ranks: ORDER, id: 7 },
  { name: NAME6, addresses: [VIP6], ranks: ORDER, id: 7 },
];
const RUNS = Number(process.env.WIRE_RUNS ?? 1);
const turns = Array.from({ length: RUNS }, (_, index) => index + 1);
const figures: string[] = [];

let bridge: Bridge;
let nodes: readonly TestNode[];
let manager: Watcher;
beforeEach(async () => {
  bridge = new Bridge('wire');
  nodes = ORDER.map((name, index) => new TestNode(name, bridge.host(name, [`192.0.2.${index + 1}/24`, `2001:db8::${index + 1}/64`])));
  for (const node of nodes) {
    node.put(conf);
    node.start();
    node.startAsker();
  }
  kinds.clear();
  manager = new Watcher(nodes, { nodes: ORDER, routers });
  await nodes[0]?.masterOf(NAME);
  await verdict(VIP, 'Owner', 20);
});
afterEach(async () => {
  await Promise.all(nodes.map((one) => one[Symbol.asyncDispose]()));
  bridge[Symbol.dispose]();
});
afterAll(() => console.log(['', 'From what happened to the verdict:', ...figures, ''].join('\n')));

const shown = (address: string): WireVerdict | undefined => manager.look().wire.judged.get(address)?.shown;

async function verdict(address: string, kind: WireKind, seconds: number): Promise<WireVerdict | undefined> {
  return until(
    `the verdict on ${address} is ${kind}`,
    () => shown(address),
    (seen) => seen?.kind === kind,
    seconds,
  );
}

/** The verdict after something happened; the time that it took is printed. */
async function verdictAfter(
  what: string,
  happens: () => unknown,
  kind: WireKind,
  { address = VIP, seconds = 20 }: { readonly address?: string; readonly seconds?: number } = {},
): Promise<WireVerdict | undefined> {
  const began = performance.now();
  await happens();
  const seen = await verdict(address, kind, seconds);
  figures.push(`  ${what}: ${kind} after ${((performance.now() - began) / 1000).toFixed(1)} s`);
  return seen;
}

const macOf = (name: string): string => JSON.parse(ip('-n', bridge.namespaceOf(name), '-json', 'link', 'show', 'dev', 'eth0'))[0].address;
const inside = (name: string, ...command: readonly string[]): string =>
  execFileSync('ip', ['netns', 'exec', bridge.namespaceOf(name), ...command], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const isAnswered = (findings: readonly WireFinding[]): boolean => findings.some(({ address, is }) => address === VIP && is === 'answered');

/** Says that it has the address: it looks for a neighbour that isn't there, in the name of the address. */
function announce(name: string, address: string): void {
  try {
    inside(name, 'ping', '-c', '1', '-W', '1', '-I', address, '192.0.2.77');
  } catch {
    // Nobody answers.
  }
}

function take(name: string, address: string): void {
  ip('-n', bridge.namespaceOf(name), 'address', 'add', `${address}/32`, 'dev', 'eth0');
  announce(name, address);
}

/** The same, and it says nothing. */
const has = (name: string, address: string): string =>
  address.includes(':')
    ? ip('-n', bridge.namespaceOf(name), 'address', 'add', `${address}/128`, 'dev', 'eth0', 'nodad')
    : ip('-n', bridge.namespaceOf(name), 'address', 'add', `${address}/32`, 'dev', 'eth0');

/** The host gets no frame any more, and goes on sending. */
const swallow = (name: string): string =>
  inside(name, 'nft', 'add table netdev t; add chain netdev t c { type filter hook ingress device eth0 priority 0; policy drop; }');

describe('an address', () => {
  it('is answered by its owner, over IPv4 and IPv6, packets too', async () => {
    const answers: WireVerdict = { kind: 'Owner', answers: true };
    expect(
      await until(
        'IPv4',
        () => shown(VIP),
        (seen) => seen?.kind === 'Owner' && seen.answers === true,
      ),
    ).toEqual(answers);
    expect(
      await until(
        'IPv6',
        () => shown(VIP6),
        (seen) => seen?.kind === 'Owner' && seen.answers === true,
      ),
    ).toEqual(answers);
    expect(manager.look().wire.macs.get('n1')).toEqual([macOf('n1')]);
  });

  it('is answered by a stranger that announces itself, and by the owner again when that is over', async () => {
    bridge.host('stranger', ['192.0.2.66/24']);
    await until('the stranger is on the switch', () => inside('stranger', 'ping', '-c', '1', '-W', '1', '192.0.2.2'), Boolean);
    // keepalived announces an address once more five seconds after it became master.
    const began = performance.now();
    await until(
      'the owner has announced its addresses',
      () => performance.now() - began,
      (passed) => passed > 6000,
    );
    const seen = await verdictAfter('a stranger takes the address', () => take('stranger', VIP), 'Stranger');
    expect(seen).toMatchObject({ mac: macOf('stranger'), untold: [] });
    await verdictAfter(
      'the stranger is gone',
      () => {
        bridge.plug('stranger', false);
        announce('n1', VIP);
      },
      'Owner',
      { seconds: 90 },
    );
  });

  it('is answered by another node, which is named', async () => {
    const seen = await verdictAfter('another node takes the address beside keepalived', () => takeUnseen('n3', VIP), 'LocalCopies');
    expect(seen).toEqual({ kind: 'LocalCopies', nodes: ['n3'], interface: 'lo' });
  });

  it('is no longer answered by an owner whose frames are dropped, then by nobody', async () => {
    for (const name of ['n2', 'n3']) inside(name, 'sysctl', '-q', '-w', 'net.ipv4.neigh.eth0.base_reachable_time_ms=4000');
    // A host that has never answered a node's packet may be one that forbids them, and is as good as one that answers.
    for (const node of nodes.slice(1)) await node.when('was answered', ({ wire }) => isAnswered(wire?.findings ?? []));
    await verdictAfter('the frames of the owner are swallowed', () => swallow('n1'), 'Silent');
    await verdictAfter('the kernels of the others give it up', () => undefined, 'Nobody', { seconds: 90 });
  });

  it.each(turns.flatMap((turn) => [VIP, VIP6].map((address) => [address, turn] as const)))(
    'such as %s is answered by a stranger, too, that never sends anything by itself (%i)',
    async (address) => {
      bridge.host('stranger', ['192.0.2.66/24', '2001:db8::66/64']);
      await until(
        'the owner answers for it',
        () => shown(address)?.kind,
        (kind) => kind === 'Owner',
      );
      const seen = await verdictAfter(`a stranger has ${address} silently`, () => has('stranger', address), 'Stranger', {
        address,
        seconds: 20,
      });
      expect(seen).toMatchObject({ mac: macOf('stranger'), untold: [] });
      await verdictAfter('  and is gone', () => bridge.plug('stranger', false), 'Owner', { address, seconds: 90 });
    },
  );

  it('that a stranger answers for is reported by the nodes, and by no node without its asker', async () => {
    for (const node of nodes) await node.stopAsker();
    bridge.host('stranger', ['192.0.2.66/24']);
    has('stranger', VIP);
    await during(10_000);
    expect(kinds).toEqual(new Set(['Owner']));
    for (const node of nodes) node.startAsker();
    expect(await verdict(VIP, 'Stranger', 20)).toMatchObject({ mac: macOf('stranger') });
  });

  it(
    `is answered by its owner alone during ${RUNS} failovers and as many returns`,
    async () => {
      for (const _ of turns) {
        bridge.connect('n1', false);
        manager.silent.add('n1');
        await during(15_000);
        bridge.connect('n1', true);
        manager.silent.delete('n1');
        await during(15_000);
      }
      expect(kinds).toEqual(new Set(['Owner']));
    },
    30_000 + RUNS * 60_000,
  );
});

/** What is told of the addresses while time passes. */
const kinds = new Set<string | undefined>();
async function during(milliseconds: number): Promise<void> {
  const began = performance.now();
  await until(
    'time has passed',
    () => {
      for (const address of [VIP, VIP6]) kinds.add(shown(address)?.kind);
      return performance.now() - began >= milliseconds;
    },
    (isOver) => isOver,
    60,
  );
}

/** As kube-proxy in IPVS mode does: on an interface where it is meant to be unseen. */
const takeUnseen = (name: string, address: string): string =>
  ip('-n', bridge.namespaceOf(name), 'address', 'add', `${address}/32`, 'dev', 'lo');
