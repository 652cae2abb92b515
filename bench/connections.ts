/**
 * What becomes of TCP connections that are open when an address moves: `scripts/node bench/connections.ts [REPEATS]` (root, Debian; one repeat unless
 * told). A lab of its own with three nodes, an endpoint on each; twenty connections talk ten times a second. For either mode of kube-proxy, either
 * traffic policy and each way to move.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { PROXY_MODES } from '../lab/cluster/proxy.ts';
import { hostOf, stateOf } from '../lab/cluster/state.ts';
import { CLIENT, type HostName } from '../lab/hosts/address.ts';
import { onNetworkOf } from '../lab/hosts/host.ts';
import type { Lab } from '../lab/lab.ts';
import { progressTo } from '../lab/machine/progress.ts';
import { GROUP, NAMESPACE, plugin, podOn, serviceOf, settled, soleHolder } from '../test/lab/lab-under-test.ts';
import { inLab } from './in-lab.ts';

const NAME = 'talk';
const ADDRESS = '192.0.2.211';
const [PORT, COUNT, PERIOD_MS] = [7000, 20, 100];
/** Milliseconds for which connections are watched once the address has arrived: what is silent then may be so for long. */
const WATCHED = 5000;
const POLICIES = ['Cluster', 'Local'] as const;

/** What became of a connection: `open`, `silent`, or the error that ended it; and how long after the last answer. */
interface Fate {
  readonly how: string;
  readonly afterMs: number;
}

const { positionals } = parseArgs({ allowPositionals: true });
const repeats = Number(positionals[0] ?? 1);
console.log(
  `${COUNT} connections each time, ${repeats} times; what has ended has ended so long after the last answer (median / longest, ms)\n`,
);
for await (const line of inLab(progressTo(process.stderr), measured)) console.log(line);

// --- internal ---

async function* measured(lab: Lab): AsyncGenerator<string> {
  await lab.apply(echoServers(await imageOf(lab)));
  await lab.kubectl(['rollout', 'status', '-n', NAMESPACE, `daemonset/${NAME}`, '--timeout=120s']);
  for (const mode of PROXY_MODES) {
    await lab.setProxy({ mode });
    for (const policy of POLICIES) {
      await lab.apply(balancer(policy));
      await settled(lab);
      yield `kube-proxy ${mode}, policy ${policy}`;
      for (const [way, steps] of Object.entries(waysToMove(lab))) {
        const [away, home]: Fate[][] = [[], []];
        for (let repeat = 0; repeat < repeats; repeat++) {
          const owner = await soleHolder(lab, ADDRESS);
          away?.push(...(await fates(lab, () => steps.go(owner))));
          home?.push(...(await fates(lab, () => steps.back(owner))));
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

/** Of connections that were opened before something happened. */
async function fates(lab: Lab, happens: () => Promise<unknown>): Promise<Fate[]> {
  const script = new URL('conversation.ts', import.meta.url).pathname;
  const command = [process.execPath, script, ADDRESS, ...[PORT, COUNT, PERIOD_MS].map(String)];
  const [program = '', ...parameters] = onNetworkOf(hostOf(stateOf(lab.name), CLIENT), command);
  const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const { promise: opened, resolve } = Promise.withResolvers<void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    resolve();
  });
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  await Promise.race([opened, ended.then(() => Promise.reject(new Error('no connection could be opened')))]);
  await happens();
  await new Promise((done) => setTimeout(done, WATCHED));
  child.kill('SIGINT');
  await ended;
  return JSON.parse(lines.at(-1) ?? '[]');
}

function inWords(all: readonly Fate[]): string {
  const groups = [...Map.groupBy(all, ({ how }) => how)].sort(([a], [b]) => (a < b ? -1 : 1));
  const times = (some: readonly Fate[]): string => {
    const sorted = some.map(({ afterMs }) => afterMs).sort((a, b) => a - b);
    return `${sorted[Math.floor((sorted.length - 1) / 2)]} / ${sorted.at(-1)}`;
  };
  return groups.map(([how, some]) => `${some.length} ${how}${how === 'open' || how === 'silent' ? '' : ` (${times(some)})`}`).join(', ');
}

const leaves = (lab: Lab, owner: HostName): Promise<true> =>
  lab.waitFor(
    `${ADDRESS} leaves ${owner}`,
    async () => ((await lab.holders(ADDRESS)).some((host) => host !== owner) ? (true as const) : undefined),
    30_000,
  );

const imageOf = (lab: Lab): Promise<string> =>
  lab.kubectl([
    ...['get', '-n', 'keepalived-operator', 'deployment/keepalived-operator-controller-manager'],
    ...['-o', 'jsonpath={.spec.template.spec.containers[0].image}'],
  ]);

function balancer(externalTrafficPolicy: (typeof POLICIES)[number]) {
  const base = serviceOf(GROUP, NAME, [ADDRESS]);
  const ports = [{ port: PORT, targetPort: PORT }];
  return { ...base, spec: { type: 'LoadBalancer', externalTrafficPolicy, selector: { app: NAME }, ports, externalIPs: [ADDRESS] } };
}

const echoServers = (image: string) => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: NAME, namespace: NAMESPACE },
  spec: {
    selector: { matchLabels: { app: NAME } },
    template: {
      metadata: { labels: { app: NAME } },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: NAME,
            image,
            imagePullPolicy: 'IfNotPresent',
            command: ['node', '-e', `require('net').createServer((s) => s.on('error', () => {}).pipe(s)).listen(${PORT}, '::')`],
            readinessProbe: { tcpSocket: { port: PORT }, periodSeconds: 1 },
          },
        ],
      },
    },
  },
});
