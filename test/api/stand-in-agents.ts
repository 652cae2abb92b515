/** Stand-ins for nodes: a pod for each node of a group and, on an address of its own, an agent that says what keepalived would do. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { REVISION_ANNOTATION } from '../../src/api/names.ts';
import { CLOCK_HEADER, type InstanceReport, type NodeReport, type TransitionReport } from '../../src/api/node/report.ts';
import type { WireReport } from '../../src/api/node/wire.ts';
import { type Cluster, CONFIG_MAPS, create, DAEMON_SETS, find, get, NODE_NAMES, PODS, patchStatus } from './cluster.ts';

export interface StandIns {
  readonly port: number;
  /** Nodes that answer nobody; what they own goes to the next. */
  readonly silent: Set<string>;
  /** Nodes that are master of everything, whatever the others do, as behind a broken link. */
  readonly alone: Set<string>;
  /** Nodes that run what they ran before, whatever they are told. */
  readonly stuck: Set<string>;
  /** What keeps a node from doing what it was told, as its agent says it. */
  readonly problems: Map<string, NodeReport['problems']>;
  /** What a node routes through; one that isn't in it doesn't tell, as an older agent. */
  readonly gateways: Map<string, readonly string[]>;
  /** The networks of a node's interface; one that isn't in it doesn't tell, as an older agent. */
  readonly networks: Map<string, readonly string[]>;
  /** Nodes to which a changed password has come, with the round that they know then; they take it up, and leave the map, in another one. */
  readonly waiting: Map<string, number>;
  /** What a node has found out on the network; one that isn't in it tells nothing, as an older agent. */
  readonly wire: Map<string, WireReport>;
  /** How often an agent was asked. */
  readonly asked: () => number;
  close(): void;
}

/** Makes pods for the DaemonSet of a group, which has to be there, and agents for them. Only one at a time. */
export async function standIns(cluster: Cluster, namespace: string, group = 'vips'): Promise<StandIns> {
  const daemonSet = await get(cluster, DAEMON_SETS, { namespace, name: group });
  const [silent, alone, stuck] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const problems = new Map<string, NodeReport['problems']>();
  const gateways = new Map<string, readonly string[]>();
  const networks = new Map<string, readonly string[]>();
  const waiting = new Map<string, number>();
  const wire = new Map<string, WireReport>();
  const lastRun = new Map<string, Config>();
  const remembered = new Map<string, readonly TransitionReport[]>();
  let [asked, port] = [0, 0];
  const servers: Server[] = [];
  for (const [index, node] of NODE_NAMES.entries()) {
    await createPod(cluster, { namespace, group, node, uid: daemonSet.metadata.uid ?? '', address: addressOf(index) });
    const server = createServer((request, response) => {
      asked += 1;
      if (silent.has(node)) return void request.socket.destroy();
      reportOf(node).then(
        (report) => {
          response.setHeader(CLOCK_HEADER, `${Date.now()} ${Math.round(performance.now())}`);
          response.end(JSON.stringify(report));
        },
        () => response.writeHead(500).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(port, addressOf(index), resolve));
    port = (server.address() as AddressInfo).port;
    servers.push(server);
  }
  const waits = (node: string, round: number): { passwordWaitsAfter?: number } => {
    if (waiting.get(node) === round) return { passwordWaitsAfter: round };
    waiting.delete(node);
    return {};
  };
  const reportOf = async (node: string): Promise<NodeReport> => {
    const told = await configOf(cluster, namespace, group);
    const config = stuck.has(node) ? (lastRun.get(node) ?? told) : told;
    lastRun.set(node, config);
    const others = NODE_NAMES.filter((other) => !silent.has(other) && !alone.has(other));
    const isMaster = (ranks: readonly string[]): boolean =>
      alone.has(node) || others.toSorted((a, b) => ranks.indexOf(a) - ranks.indexOf(b))[0] === node;
    const instances = config.instances.map((one) => instanceOf(one, isMaster(one.ranks)));
    const transitions = transitionsAfter(remembered.get(node) ?? [], instances);
    remembered.set(node, transitions);
    return {
      ...{ version: 1, group: `${namespace}/${group}`, node, pod: `${group}-${node}`, problems: problems.get(node) ?? [] },
      config: { revision: config.revision, since: '2026-01-01T00:00:00Z', ...waits(node, config.round) },
      daemon: { running: true, reloads: 0 },
      link: { name: 'eth0', addresses: [], ...(wire.size > 0 && { macs: [macOf(node)] }) },
      ...(wire.has(node) && { wire: wire.get(node) ?? { findings: [] } }),
      ...(gateways.has(node) && { gateways: gateways.get(node) ?? [] }),
      ...(networks.has(node) && { networks: networks.get(node) ?? [] }),
      instances,
      ...(transitions.length > 0 && { transitions }),
    };
  };
  return {
    ...{ port, silent, alone, stuck, problems, gateways, networks, waiting, wire, asked: () => asked },
    close() {
      for (const server of servers) server.close().closeAllConnections();
    },
  };
}

/** The link-layer address of a stand-in, once any of them tells of the network. */
export const macOf = (node: string): string => `02:00:00:00:00:0${(NODE_NAMES as readonly string[]).indexOf(node) + 1}`;

export interface Instance {
  readonly name: string;
  readonly id: number;
  readonly addresses: readonly string[];
  readonly ranks: readonly string[];
}

/** What a node is told to run. */
export interface Config {
  readonly revision: string | null;
  readonly round: number;
  readonly instances: readonly Instance[];
}

/** A pod as the DaemonSet controller and kubelet make it. */
export async function createPod(
  cluster: Cluster,
  { namespace, group, node, uid, address }: { namespace: string; group: string; node: string; uid: string; address: string },
): Promise<void> {
  const name = `${group}-${node}`;
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: group, uid, controller: true }];
  await create(cluster, PODS, {
    metadata: { namespace, name, labels: { keepalivedGroup: group }, ownerReferences },
    spec: { nodeName: node, hostNetwork: true, containers: [{ name: 'keepalived', image: 'keepalived' }] },
  });
  await patchStatus(cluster, PODS, { namespace, name }, { phase: 'Running', hostIP: address, podIP: address, podIPs: [{ ip: address }] });
}

/** What the ConfigMap says, once the pod was told of it. */
export async function configOf(cluster: Cluster, namespace: string, group: string): Promise<Config> {
  const map = await find<{ data?: Record<string, string> }>(cluster, CONFIG_MAPS, { namespace, name: group });
  const conf = map?.data?.['keepalived.conf'];
  if (conf === undefined) return { revision: null, round: 0, instances: [] };
  const settings = JSON.parse(map?.data?.['agent.json'] ?? '{}') as { revision: string; passwordRound?: number };
  return {
    revision: settings.revision,
    round: settings.passwordRound ?? 0,
    instances: conf
      .split(/^vrrp_instance /m)
      .slice(1)
      .map(instanceIn),
  };
}

export const instanceOf = ({ name, id, addresses }: Instance, isMaster: boolean): InstanceReport => ({
  ...{ name, virtualRouterId: id, interface: 'eth0', since: '2026-01-01T00:00:00Z', priority: 100, addresses },
  state: isMaster ? 'MASTER' : 'BACKUP',
  held: isMaster ? addresses : [],
});

export { REVISION_ANNOTATION };

// --- internal ---

const addressOf = (index: number): string => `127.0.0.${11 + index}`;

/** What changed since the node was asked last, as if it had happened now. */
function transitionsAfter(before: readonly TransitionReport[], instances: readonly InstanceReport[]): readonly TransitionReport[] {
  const last = new Map(before.map(({ name, state }) => [name, state]));
  const changed = instances.filter(({ name, state }) => (last.get(name) === 'MASTER') !== (state === 'MASTER'));
  const moment = { time: new Date().toISOString(), at: Math.round(performance.now()) };
  return [...before, ...changed.map(({ name, state }) => ({ name, state, ...moment }))];
}

function instanceIn(text: string): Instance {
  const name = /^(\S+)/.exec(text)?.[1] ?? '';
  const priorities = [...text.matchAll(/^\s*@(\S+)\s+priority (\d+)/gm)].map(([, node = '', priority]) => ({
    node,
    priority: Number(priority),
  }));
  const addresses = [...text.matchAll(/virtual_ipaddress(?:_excluded)? \{([^}]*)\}/g)].flatMap(([, list = '']) => list.trim().split(/\s+/));
  const ranks = priorities.sort((a, b) => b.priority - a.priority).map(({ node }) => node);
  return { name, id: Number(/virtual_router_id (\d+)/.exec(text)?.[1]), addresses, ranks };
}
