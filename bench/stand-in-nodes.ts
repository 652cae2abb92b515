/** Nodes that are nothing but objects and an agent's port: as many as a measurement wants, each with an address of its own of 127.0.0.0/8. */
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

/** Agents that say what keepalived would do with the newest configuration; they listen before there is anything to run. */
export class StandInNodes implements Disposable {
  readonly names: readonly string[];
  readonly #server: Server;
  readonly #reports = new Map<string, string>();
  #namespace = '';
  #config = NOTHING;
  #timer: NodeJS.Timeout | undefined;

  private constructor(names: readonly string[]) {
    this.names = names;
    const byAddress = new Map(names.map((name, index) => [addressOf(index), name]));
    this.#server = createServer((request, response) => {
      response.setHeader(CLOCK_HEADER, `${Date.now()} ${Math.round(performance.now())}`);
      response.end(this.#reportOf(byAddress.get(request.socket.localAddress ?? '') ?? ''));
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

  /** Makes the Nodes, and the pods of the group `vips` once its DaemonSet is there. */
  async join(
    cluster: Cluster,
    namespace: string,
    nodeLabels: Readonly<Record<string, string>>,
    makeGroup: () => Promise<unknown>,
  ): Promise<void> {
    this.#namespace = namespace;
    await atOnce(this.names.length, async (index) => {
      const name = this.names[index] ?? '';
      await create(cluster, NODES, { metadata: { name, labels: nodeLabels } });
      await patchStatus(cluster, NODES, { name }, { conditions: [{ type: 'Ready', status: 'True', reason: 'Test', message: '' }] });
    });
    await makeGroup();
    const id = { namespace, name: GROUP };
    const { metadata } = await waitFor('the DaemonSet is there', () => find<Any>(cluster, DAEMON_SETS, id), 60_000);
    await atOnce(this.names.length, (index) =>
      createPod(cluster, { namespace, group: GROUP, node: this.names[index] ?? '', uid: metadata.uid ?? '', address: addressOf(index) }),
    );
    let isLooking = false;
    this.#timer = setInterval(() => {
      if (isLooking) return;
      isLooking = true;
      void this.#look(cluster).finally(() => {
        isLooking = false;
      });
    }, LOOK);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#server.close().closeAllConnections();
  }

  async #look(cluster: Cluster): Promise<void> {
    const config = await configOf(cluster, this.#namespace, GROUP).catch(() => this.#config);
    if (config.revision === this.#config.revision) return;
    this.#config = config;
    this.#reports.clear();
  }

  #reportOf(node: string): string {
    const { revision, instances } = this.#config;
    const known = this.#reports.get(node);
    if (known !== undefined) return known;
    const report = JSON.stringify({
      ...{ version: 1, group: `${this.#namespace}/${GROUP}`, node, pod: `${GROUP}-${node}`, problems: [] },
      config: { revision, since: '2026-01-01T00:00:00Z' },
      daemon: { running: true, reloads: 0 },
      link: { name: 'eth0', addresses: [] },
      instances: instances.map((one) => instanceOf(one, one.ranks[0] === node)),
    });
    this.#reports.set(node, report);
    return report;
  }
}

// --- internal ---

const addressOf = (index: number): string => `127.1.${index >> 8}.${index & 255}`;
