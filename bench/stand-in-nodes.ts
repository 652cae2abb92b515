/** Nodes that are nothing but objects and an agent's port: as many as a measurement wants, each with an address of 127.0.0.0/8 for each group. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitFor } from '../lab/machine/wait.ts';
import { CLOCK_HEADER } from '../src/api/node/report.ts';
import { type Any, type Cluster, create, DAEMON_SETS, find, NODES, patchStatus } from '../test/api/cluster.ts';
import { type Config, configOf, createPod, instanceOf } from '../test/api/stand-in-agents.ts';
import { atOnce } from './manager.ts';

const GROUP = 'vips';
/** Milliseconds between two looks at what nodes are told to run. */
const LOOK = 200;
const NOTHING: Config = { revision: null, round: 0, instances: [] };

/** Agents that say what keepalived would do with the newest configuration of their group; they listen before there is anything to run. */
export class StandInNodes implements Disposable {
  readonly names: readonly string[];
  readonly #server: Server;
  readonly #groups: StandInGroup[] = [];
  #timer: NodeJS.Timeout | undefined;

  private constructor(names: readonly string[]) {
    this.names = names;
    this.#server = createServer((request, response) => {
      const [, group = '', high = '', low = ''] = request.socket.localAddress?.split('.') ?? [];
      response.setHeader(CLOCK_HEADER, `${Date.now()} ${Math.round(performance.now())}`);
      response.end(this.#reportOf(this.#groups[Number(group) - 1], names[Number(high) * 256 + Number(low)] ?? ''));
    });
  }

  static async listening(count: number): Promise<StandInNodes> {
    const nodes = new StandInNodes(Array.from({ length: count }, (_, index) => `many${String(index).padStart(4, '0')}`));
    await new Promise<void>((resolve) => nodes.#server.listen(0, '0.0.0.0', resolve));
    return nodes;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Makes the Nodes. */
  async join(cluster: Cluster, labels: Readonly<Record<string, string>>): Promise<void> {
    await atOnce(this.names.length, async (index) => {
      const name = this.names[index] ?? '';
      await create(cluster, NODES, { metadata: { name, labels } });
      await patchStatus(cluster, NODES, { name }, { conditions: [{ type: 'Ready', status: 'True', reason: 'Test', message: '' }] });
    });
    let isLooking = false;
    this.#timer = setInterval(() => {
      if (isLooking) return;
      isLooking = true;
      void Promise.all(this.#groups.map((group) => look(cluster, group))).finally(() => {
        isLooking = false;
      });
    }, LOOK);
  }

  /** Makes the pods of the group `vips` of the namespace on every node, once its DaemonSet is there. */
  async run(cluster: Cluster, namespace: string): Promise<void> {
    const { metadata } = await waitFor('the DaemonSet is there', () => find<Any>(cluster, DAEMON_SETS, { namespace, name: GROUP }), 60_000);
    const group = this.#groups.push({ namespace, config: NOTHING, reports: new Map() });
    await atOnce(this.names.length, (index) =>
      createPod(cluster, {
        ...{ namespace, group: GROUP, node: this.names[index] ?? '', uid: metadata.uid ?? '' },
        address: `127.${group}.${index >> 8}.${index & 255}`,
      }),
    );
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#server.close().closeAllConnections();
  }

  #reportOf(group: StandInGroup | undefined, node: string): string {
    const { namespace = '', config: { revision, instances } = NOTHING, reports } = group ?? {};
    const known = reports?.get(node);
    if (known !== undefined) return known;
    const report = JSON.stringify({
      ...{ version: 1, group: `${namespace}/${GROUP}`, node, pod: `${GROUP}-${node}`, problems: [] },
      config: { revision, since: '2026-01-01T00:00:00Z' },
      daemon: { running: true, reloads: 0 },
      link: { name: 'eth0', addresses: [] },
      instances: instances.map((one) => instanceOf(one, one.ranks[0] === node)),
    });
    reports?.set(node, report);
    return report;
  }
}

// --- internal ---

/** What the nodes run of a group. */
interface StandInGroup {
  readonly namespace: string;
  config: Config;
  /** By node, until there is a newer configuration. */
  readonly reports: Map<string, string>;
}

async function look(cluster: Cluster, group: StandInGroup): Promise<void> {
  const config = await configOf(cluster, group.namespace, GROUP).catch(() => group.config);
  if (config.revision === group.config.revision) return;
  group.config = config;
  group.reports.clear();
}
