/** What it costs the manager to ask nodes that have nothing new to say. */
import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Pod } from '../src/api/core.ts';
import { REVISION_ANNOTATION } from '../src/api/names.ts';
import { Store } from '../src/kube/store.ts';
import { AgentReports } from '../src/manager/observe/agent-reports.ts';
import { observe, type Truth } from '../src/observe/observe.ts';
import { systemClock } from '../src/telemetry/clock.ts';
import { silentLog } from '../src/telemetry/log.ts';
import { CORE_MS, coreMilliseconds, type Measurement, type Sample } from './measurement.ts';

const NODES = 100;
const ROUTERS = 250;
const ADDRESSES = 5000;
const PORT = 19_650;
const SECONDS = 20;
const LOOKS = 40;
/** Milliseconds after which nodes that were new are asked as rarely as others. */
const SETTLE = 15_000;
const AGENTS = 'agents';

const hostOf = (index: number): string => `127.9.0.${index + 1}`;
const addressesOf = (router: number): string[] => Array.from({ length: ADDRESSES / ROUTERS }, (_, index) => `10.${router}.0.${index + 1}`);

export const rest: Measurement = {
  name: 'rest',
  title: 'The manager at rest',
  about: `${NODES} nodes that have nothing new to say of ${ADDRESSES.toLocaleString('en')} addresses in ${ROUTERS} virtual routers are asked as often as ever: the manager's share of one core, second by second; and the time of one look at what they all say.`,
  needs: 'nothing',
  async *samples() {
    const agents = fork(import.meta.filename, [AGENTS], { execArgv: [] });
    await new Promise((resolve) => agents.once('message', resolve));
    const pods = new Store<Pod>({ group: () => ['web/vips'] });
    for (let index = 0; index < NODES; index += 1) pods.set(podOf(index));
    const reports = new AgentReports({ pods, clock: systemClock, log: silentLog, port: PORT });
    const stop = new AbortController();
    const running = reports.run(stop.signal);
    try {
      await pause(SETTLE);
      yield* shares();
      yield* looks(reports);
    } finally {
      stop.abort();
      await running;
      agents.kill();
    }
  },
};

// --- internal ---

async function* shares(): AsyncGenerator<Sample> {
  for (let second = 0; second < SECONDS; second += 1) {
    const [began, before] = [performance.now(), process.cpuUsage()];
    await pause(1000);
    const { user, system } = process.cpuUsage(before);
    yield { of: 'share of a core', unit: '%', value: (user + system) / 10 / (performance.now() - began) };
  }
}

function* looks(reports: AgentReports): Generator<Sample> {
  const nodes = Array.from({ length: NODES }, (_, index) => `node${index}`);
  const routers = Array.from({ length: ROUTERS }, (_, router) => ({
    name: `web/s${router}`,
    addresses: addressesOf(router),
    ranks: nodes,
  }));
  let truth: Truth | undefined;
  for (let times = 0; times < LOOKS; times += 1) {
    const value = coreMilliseconds(() => {
      truth = observe({ nodes, routers }, reports.wordsOf('web/vips'), truth, performance.now());
    });
    yield { of: 'one look', unit: CORE_MS, value };
  }
}

function podOf(index: number): Pod {
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'vips', uid: 'u', controller: true }];
  return {
    metadata: { namespace: 'web', name: `vips-${index}`, ownerReferences, annotations: { [REVISION_ANNOTATION]: 'r' } },
    spec: { nodeName: `node${index}` },
    status: { hostIP: hostOf(index) },
  };
}

async function serveAgents(): Promise<void> {
  for (let index = 0; index < NODES; index += 1) {
    const instances = Array.from({ length: ROUTERS }, (_, router) => {
      const isMaster = router % NODES === index;
      return {
        name: `web/s${router}`,
        virtualRouterId: router + 1,
        interface: 'eth0',
        state: isMaster ? 'MASTER' : 'BACKUP',
        since: '2026-01-01T00:00:00Z',
        priority: 100,
        addresses: addressesOf(router),
        held: isMaster ? addressesOf(router) : [],
      };
    });
    const text = JSON.stringify({
      version: 1,
      group: 'web/vips',
      node: `node${index}`,
      pod: `vips-${index}`,
      config: { revision: 'r', since: '2026-01-01T00:00:00Z' },
      daemon: { running: true, reloads: 0 },
      link: { name: 'eth0', addresses: [] },
      instances,
      problems: [],
    });
    const server = createServer((_, response) => response.end(text));
    await new Promise<void>((resolve) => server.listen(PORT, hostOf(index), resolve));
  }
  process.send?.('ready');
}

if (process.argv[2] === AGENTS && process.argv[1] === import.meta.filename) await serveAgents();
