/**
 * What becomes of TCP connections that are open when an address moves: `scripts/node bench/connections.ts [REPEATS]` (root, Debian; one repeat unless
 * told). A lab of its own with three nodes, an endpoint on each; twenty connections talk ten times a second. For either mode of kube-proxy, either
 * traffic policy and each way to move.
 */
import { parseArgs } from 'node:util';
import { PROXY_MODES } from '../lab/cluster/proxy.ts';
import type { HostName } from '../lab/hosts/address.ts';
import type { Lab } from '../lab/lab.ts';
import { progressTo } from '../lab/machine/progress.ts';
import { NAMESPACE, plugin, podOn, settled, soleHolder } from '../test/lab/lab-under-test.ts';
import { echoService, type Fate, fates, serveEcho } from './echo.ts';
import { inLab } from './in-lab.ts';

const NAME = 'talked';
const ADDRESS = '192.0.2.211';
const COUNT = 20;
const POLICIES = ['Cluster', 'Local'] as const;

const { positionals } = parseArgs({ allowPositionals: true });
const repeats = Number(positionals[0] ?? 1);
console.log(
  `${COUNT} connections each time, ${repeats} times; what has ended has ended so long after the last answer (median / longest, ms)\n`,
);
for await (const line of inLab(progressTo(process.stderr), measured)) console.log(line);

// --- internal ---

async function* measured(lab: Lab): AsyncGenerator<string> {
  await serveEcho(lab);
  for (const mode of PROXY_MODES) {
    await lab.setProxy({ mode });
    for (const policy of POLICIES) {
      await lab.apply(echoService(NAME, ADDRESS, policy));
      await settled(lab);
      yield `kube-proxy ${mode}, policy ${policy}`;
      for (const [way, steps] of Object.entries(waysToMove(lab))) {
        const [away, home]: Fate[][] = [[], []];
        for (let repeat = 0; repeat < repeats; repeat++) {
          const owner = await soleHolder(lab, ADDRESS);
          away?.push(...(await fates(lab, [ADDRESS], COUNT, () => steps.go(owner))));
          home?.push(...(await fates(lab, [ADDRESS], COUNT, () => steps.back(owner))));
        }
        yield `  ${way.padEnd(24)} ${inWords(away ?? [])}`;
        yield `  ${'and home again'.padEnd(24)} ${inWords(home ?? [])}`;
      }
      await lab.kubectl(['delete', 'service', '-n', NAMESPACE, NAME]);
    }
  }
}

interface Way {
  readonly go: (owner: HostName) => Promise<unknown>;
  readonly back: (owner: HostName) => Promise<unknown>;
}

function waysToMove(lab: Lab): Readonly<Record<string, Way>> {
  const lost = (how: 'power-off' | 'link-down'): Way => ({
    go: async (owner) => {
      await lab.fail(owner, how);
      await leaves(lab, owner);
    },
    back: async (owner) => {
      await lab.heal(owner);
      await settled(lab, 120_000);
    },
  });
  return {
    'planned move': {
      go: async (owner) => plugin(lab, ['move', ADDRESS, '--to', lab.nodes.find((node) => node !== owner) ?? owner]),
      back: () => plugin(lab, ['move', ADDRESS, '--home']),
    },
    'pod of keepalived deleted': {
      go: async (owner) => {
        await lab.kubectl(['delete', 'pod', '-n', NAMESPACE, (await podOn(lab, owner)).metadata.name, '--wait=false']);
        await leaves(lab, owner);
      },
      back: () => settled(lab, 120_000),
    },
    'link down': lost('link-down'),
    'power off': lost('power-off'),
  };
}

function inWords(all: readonly Fate[]): string {
  const groups = [...Map.groupBy(all, ({ how }) => how)].sort(([a], [b]) => (a < b ? -1 : 1));
  const times = (some: readonly Fate[]): string => {
    const sorted = some.map(({ afterMs }) => afterMs).sort((a, b) => a - b);
    return `${sorted[Math.floor((sorted.length - 1) / 2)]} / ${sorted.at(-1)}`;
  };
  return groups.map(([how, some]) => `${some.length} ${how}${how === 'open' || how === 'silent' ? '' : ` (${times(some)})`}`).join(', ');
}

function leaves(lab: Lab, owner: HostName): Promise<true> {
  return lab.waitFor(
    `${ADDRESS} leaves ${owner}`,
    async () => ((await lab.holders(ADDRESS)).some((host) => host !== owner) ? (true as const) : undefined),
    30_000,
  );
}
