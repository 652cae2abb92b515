import type { Condition } from '../api/core.ts';
import {
  type KeepalivedGroupStatus,
  MOST_ADDRESSES,
  MOST_NODE_STATES,
  MOST_VIRTUAL_ROUTERS,
  type NodeState,
  type VirtualRouterStatus,
} from '../api/group/keepalived-group.ts';
import type { NodeReport } from '../api/node/report.ts';
import { byText } from '../net/text-order.ts';
import type { Ownership } from '../observe/ownership.ts';
import { TOLD_AS } from '../plan/placement/standing.ts';
import type { Plan } from '../plan/plan.ts';
import type { VirtualRouter } from '../plan/virtual-router.ts';
import { accepted, available, failed, type Judgement, type NodesSeen, owned, ready, reconciled, upToDate } from './condition.ts';
import { renderConfig } from './config.ts';

/** What is known of a group's nodes when its status is written. */
export interface Observed extends NodesSeen {
  /** RFC 3339. */
  readonly now: string;
  /** The configuration that the nodes are to run, where it isn't the plan's own. */
  readonly revision?: string | undefined;
  /** Why the last attempt to write the group's objects failed; absent when it didn't. */
  readonly error?: string;
  /** Whether strangers use the group's virtual router ids; absent where no node can tell. */
  readonly routerIDsUnique?: Judgement | undefined;
}

/** The group's whole status. A condition's time changes only with its status. */
export function renderStatus(
  plan: Plan,
  { reports, owners, missing, now, error, routerIDsUnique, ...observed }: Observed,
): KeepalivedGroupStatus {
  const seen = { reports, owners, missing };
  const { status, metadata } = plan.group;
  const revision = observed.revision ?? renderConfig(plan)?.revision;
  const current = reports.filter(
    (report) => plan.nodes.includes(report.node) && report.daemon.running && report.config.revision === revision,
  );
  const specific = [reconciled(error), available(plan, seen, revision), owned(plan, owners)];
  const judged = [
    ready(specific),
    ...specific,
    upToDate(plan, seen, revision),
    failed(error),
    accepted(plan),
    ...(routerIDsUnique ? [routerIDsUnique] : []),
  ];
  const generation = metadata.generation !== undefined && { observedGeneration: metadata.generation };
  const conditions = judged.map((one): Condition => {
    const before = status?.conditions?.find(({ type }) => type === one.type);
    return { ...one, lastTransitionTime: before?.status === one.status ? before.lastTransitionTime : now, ...generation };
  });
  return {
    ...generation,
    routerIDs: plan.routerIds,
    homes: plan.homes,
    defaultsGeneration: plan.defaultsGeneration,
    ...(plan.rebalanced !== undefined && { rebalanced: plan.rebalanced }),
    ...(plan.passwordRound > 0 && { passwordRound: plan.passwordRound }),
    holders: plan.holders,
    ...(Object.keys(plan.sharedAddresses).length > 0 && { sharedAddresses: plan.sharedAddresses }),
    ...(Object.keys(plan.writtenAddresses).length > 0 && { writtenAddresses: plan.writtenAddresses }),
    ...(plan.gateways && { gateways: plan.gateways }),
    ...(revision !== undefined && { revision }),
    metricsPort: plan.metricsPort,
    nodes: { desired: plan.nodes.length, current: current.length },
    nodeStates: nodeStates(plan, reports, revision),
    virtualIPs: countOf(plan.routers, owners),
    owners: ownersInWords(plan, owners),
    virtualRouters: plan.routers.slice(0, MOST_VIRTUAL_ROUTERS).map((router) => routerStatus(router, owners.get(router.name))),
    conditions,
  };
}

/** How many addresses there are to be, and how many of them exactly one node has. */
export function countOf(routers: readonly VirtualRouter[], owners: ReadonlyMap<string, Ownership>): { planned: number; observed: number } {
  const planned = routers.reduce((sum, { addresses }) => sum + addresses.length, 0);
  return { planned, observed: routers.reduce((sum, router) => sum + heldOf(router, owners.get(router.name)), 0) };
}

// --- internal ---

const UNKNOWN: Ownership = { kind: 'Unknown' };

function routerStatus({ name, id, addresses, ranks }: VirtualRouter, ownership: Ownership = UNKNOWN): VirtualRouterStatus {
  const [plannedNode] = ranks;
  return {
    name,
    virtualRouterID: id,
    addressCount: addresses.length,
    addresses: addresses.slice(0, MOST_ADDRESSES),
    ...(plannedNode !== undefined && { plannedNode }),
    ...('node' in ownership && { node: ownership.node }),
    state: ownership.kind,
  };
}

/** Those that are behind come first, so that they are seen also where not all are shown; each part by name. */
function nodeStates({ nodes, standing }: Plan, reports: readonly NodeReport[], revision: string | undefined): NodeState[] {
  const states = nodes.map((name): NodeState => {
    const { config } = reports.find(({ node }) => node === name) ?? {};
    const why = standing.get(name);
    return {
      name,
      ...(config?.revision && { revision: config.revision }),
      ...(config?.since && { since: config.since }),
      ...(why !== undefined && { standsBack: TOLD_AS[why] }),
    };
  });
  const isBehind = (state: NodeState): boolean => state.revision !== revision;
  const shown = states.length <= MOST_NODE_STATES ? states : [...states.filter(isBehind), ...states.filter((one) => !isBehind(one))];
  return shown.slice(0, MOST_NODE_STATES).sort((a, b) => byText(a.name, b.name));
}

/** Addresses that exactly one node has. */
function heldOf({ addresses }: VirtualRouter, ownership: Ownership = UNKNOWN): number {
  if (ownership.kind === 'Owned') return addresses.length;
  return ownership.kind === 'Incomplete' ? addresses.length - ownership.missing.length : 0;
}

const NODES_IN_WORDS = 4;

/** Such as `node1: 3, node2: 1`, for a column of `kubectl get`. */
function ownersInWords({ routers }: Plan, owners: ReadonlyMap<string, Ownership>): string {
  const counts = new Map<string, number>();
  for (const router of routers) {
    const ownership = owners.get(router.name) ?? UNKNOWN;
    if ('node' in ownership) counts.set(ownership.node, (counts.get(ownership.node) ?? 0) + heldOf(router, ownership));
  }
  const parts = [...counts].sort(([a], [b]) => byText(a, b)).map(([node, count]) => `${node}: ${count}`);
  const more = parts.length - NODES_IN_WORDS;
  return more > 0 ? `${parts.slice(0, NODES_IN_WORDS).join(', ')} and ${more} more` : parts.join(', ');
}
