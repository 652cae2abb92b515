/** A cluster as the dashboard reads it: nodes, a group, and addresses that one node each has. */
import type { Condition, Node, Service } from '../../src/api/core.ts';
import type { KeepalivedGroup } from '../../src/api/group/keepalived-group.ts';
import { API_VERSION, KIND, POOL_KIND, SERVICE_ANNOTATIONS, SERVICE_CONDITION, VIRTUAL_IP_KIND } from '../../src/api/names.ts';
import type { AddressPool } from '../../src/api/pool/address-pool.ts';
import { virtualIPName } from '../../src/api/virtual-ip/name.ts';
import type { MoveRecord, VirtualIP, VirtualIPStatus } from '../../src/api/virtual-ip/virtual-ip.ts';
import { GENERATIONS } from '../../src/plan/lines/generation.ts';

export const GROUP = 'web/vips';
const NAMESPACES = ['shop', 'mail', 'api', 'media', 'auth', 'billing'];
const NAMES = ['web', 'gateway', 'smtp', 'login', 'cdn', 'search', 'orders'];
const BEGIN = '2026-01-02T03:04:05.678Z';

export interface DashboardCluster {
  readonly nodes: readonly Node[];
  readonly group: KeepalivedGroup;
  readonly services: readonly Service[];
  readonly virtualIPs: readonly VirtualIP[];
  readonly pool: AddressPool;
}

/** @param first - the first two numbers of the addresses */
export function aDashboardCluster(nodeCount: number, addressCount: number, first = '192.0'): DashboardCluster {
  const names = Array.from({ length: nodeCount }, (_, index) => `node${index + 1}`);
  const all = Array.from({ length: addressCount }, (_, index) => placed(index, names, first));
  const services = all.map(({ address, namespace, name }): Service => {
    const spec = { type: 'ClusterIP', clusterIP: '10.96.0.9', externalIPs: [address], ports: [{ port: 80 }], selector: { app: name } };
    return { metadata: { name, namespace, annotations: { [SERVICE_ANNOTATIONS.group]: GROUP } }, spec };
  });
  return {
    nodes: names.map((name) => ({ metadata: { name }, status: { conditions: [{ type: 'Ready', status: 'True' }] } })),
    group: aGroup(names, all),
    services,
    virtualIPs: all.map(aVirtualIP),
    pool: {
      apiVersion: API_VERSION,
      kind: POOL_KIND,
      metadata: { name: 'public' },
      status: { conditions: [condition('Ready', 'True', 'AddressesFree', '200 IPv4 and 0 IPv6 addresses are free')] },
    },
  };
}

/** What the operator writes on a Service that it refuses something to. */
export const aRefusedService = (reason: string, message: string): Service => ({
  metadata: { name: 'reports', namespace: 'billing', annotations: { [SERVICE_ANNOTATIONS.group]: GROUP } },
  status: { conditions: [condition(SERVICE_CONDITION, 'False', reason, message)] },
});

export const condition = (type: string, status: Condition['status'], reason: string, message: string): Condition => ({
  ...{ type, status, reason, message, lastTransitionTime: '2026-01-02T03:04:05Z' },
});

/** The status of an address after another node took it. */
export function taken(
  { status = {} }: VirtualIP,
  move: Pick<MoveRecord, 'time' | 'to' | 'cause' | 'message' | 'withoutOwner'>,
): VirtualIPStatus {
  const from = status.moves?.[0]?.to;
  const moves = [{ ...move, ...(from !== undefined && { from }) }, ...(status.moves ?? [])];
  return { ...status, node: move.to, state: 'Owned', since: move.time.replace(/\.\d+/, ''), moves };
}

/** The conditions that the nodes' questions on the network lead to. */
export const onTheNetwork = (address: string): Condition[] => [
  condition('Announced', 'True', 'OwnerAnswers', `the node that owns ${address} answers for it on the network`),
  condition('Unique', 'True', 'NoOtherHost', `no other host was seen to answer for ${address}`),
  condition('Reachable', 'True', 'PacketsAnswered', `packets to ${address} are answered`),
];

// --- internal ---

interface Placed {
  readonly address: string;
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  readonly next: string;
}

function placed(index: number, names: readonly string[], first: string): Placed {
  const at = (offset: number): string => names[(index + offset) % names.length] ?? '';
  const number = index + 201;
  return {
    address: `${first}.${2 + Math.floor(number / 250)}.${(number % 250) + 1}`,
    namespace: NAMESPACES[index % NAMESPACES.length] ?? '',
    name: `${NAMES[index % NAMES.length]}-${index + 1}`,
    node: at(0),
    next: at(1 + (Math.floor(index / names.length) % Math.max(1, names.length - 1))),
  };
}

function aVirtualIP({ address, namespace, name, node }: Placed, index: number): VirtualIP {
  const key = `${namespace}/${name}`;
  return {
    apiVersion: API_VERSION,
    kind: VIRTUAL_IP_KIND,
    metadata: { name: virtualIPName(address) },
    spec: { address, claims: [{ namespace, service: name, source: 'ExternalIP' }] },
    status: {
      ...{ service: key, ports: ['80/TCP'], source: 'ExternalIP', group: GROUP, virtualRouter: key, virtualRouterID: (index % 250) + 1 },
      ...{ node, state: 'Owned', since: '2026-01-02T03:04:05Z', conditions: onTheNetwork(address) },
      moves: [{ time: BEGIN, to: node, cause: 'FirstElection', message: 'no node had it before' }],
    },
  };
}

function aGroup(names: readonly string[], all: readonly Placed[]): KeepalivedGroup {
  const [namespace = '', name = ''] = GROUP.split('/');
  return {
    apiVersion: API_VERSION,
    kind: KIND,
    metadata: { name, namespace },
    spec: { interface: 'eth0' },
    status: {
      defaultsGeneration: GENERATIONS.length,
      revision: 'dec39da085546be3',
      nodes: { desired: names.length, current: names.length },
      virtualIPs: { planned: all.length, observed: all.length },
      nodeStates: names.slice(0, 128).map((one) => ({ name: one, revision: 'dec39da085546be3', since: '2026-01-02T03:04:05Z' })),
      homes: Object.fromEntries(all.map((one) => [`${one.namespace}/${one.name}`, [one.node, one.next]])),
      holders: Object.fromEntries(all.slice(0, 4096).map((one) => [one.address, `${one.namespace}/${one.name}`])),
      virtualRouters: all.slice(0, 512).map((one, index) => ({
        ...{ name: `${one.namespace}/${one.name}`, virtualRouterID: (index % 250) + 1, addressCount: 1, addresses: [one.address] },
        ...{ plannedNode: one.node, node: one.node, state: 'Owned' },
      })),
      conditions: [condition('Ready', 'True', 'Serving', 'every accepted address has its one owner')],
    },
  };
}
