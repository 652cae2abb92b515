import type { KeepalivedGroup, SharedAddress } from '../api/group/keepalived-group.ts';
import type { HealthCheck, Link, Unicast } from '../api/node/config.ts';
import type { Problem } from '../api/problem.ts';
import type { Statement } from '../conf/tree.ts';
import { byText } from '../net/text-order.ts';
import { MOST_RELEASED } from './claims/budget.ts';
import { claims, needsOwnInstance } from './claims/claim.ts';
import { type Gateways, gatewaysNow } from './claims/gateway.ts';
import { fairly, writtenBefore } from './claims/holding.ts';
import { assignRouterIds } from './ids/assign-router-ids.ts';
import type { PlanInput } from './input.ts';
import { bounded } from './lines/bound.ts';
import { defaultsOf, generationOf } from './lines/generation.ts';
import { globalLines } from './lines/global-lines.ts';
import { leftOutProblems } from './lines/left-out.ts';
import { neighbourProblems } from './lines/neighbours.ts';
import { type VrrpSettings, vrrpSettings } from './lines/vrrp-settings.ts';
import { linkOf } from './link.ts';
import { metricsPort } from './metrics-port.ts';
import { virtualMacHints } from './node-hints.ts';
import { passwordOf, passwordProblems, passwordRound, type SecretKey } from './password.ts';
import type { Home } from './placement/homes.ts';
import { unicastPeers } from './placement/placement.ts';
import { preferences } from './placement/preference.ts';
import { residence } from './placement/residents.ts';
import { drainingOf, isDown, returnerOf, type Standing, standingFor, standingOf, unsteadyProblems } from './placement/standing.ts';
import { memberNodes } from './placement/taint.ts';
import { type PodPriority, podPriority, priorityProblems } from './pod-priority.ts';
import { keyOf } from './reference.ts';
import { ownAddresses, type ServiceStatus, serviceStatus } from './service-status.ts';
import { type VirtualRouter, virtualRouters } from './virtual-router.ts';

export type { VirtualRouter } from './virtual-router.ts';

/** What one group is to do. */
export interface Plan {
  readonly group: KeepalivedGroup;
  /** Absent when the group names no interface: then nothing can run. */
  readonly link?: Link;
  readonly unicast?: Unicast;
  readonly password?: SecretKey;
  /** What `status.passwordRound` has to hold before any node is told. */
  readonly passwordRound: number;
  /** Of the agents, on the nodes' own addresses. */
  readonly metricsPort: number;
  /** Names of the nodes that are to run the group, sorted. */
  readonly nodes: readonly string[];
  /** Those of them that give their addresses up, and why. */
  readonly standing: Standing;
  /** Those that somebody drains, one address after the other. */
  readonly draining: readonly string[];
  /** How many of them Kubernetes takes for down. */
  readonly nodesDown: number;
  readonly podPriority: PodPriority;
  readonly globals: readonly Statement[];
  readonly vrrp: VrrpSettings;
  /** Sorted by name. */
  readonly routers: readonly VirtualRouter[];
  readonly checks: readonly HealthCheck[];
  /** What `status.routerIDs` has to hold before any node is told. */
  readonly routerIds: Readonly<Record<string, number>>;
  /** What `status.homes` has to hold before any node is told. */
  readonly homes: Readonly<Record<string, Home>>;
  /** Which defaults the group has, for `status.defaultsGeneration`. */
  readonly defaultsGeneration: number;
  /** The request to rebalance that these homes fulfil, for `status.rebalanced`. */
  readonly rebalanced?: string;
  /** The Service, `namespace/name`, that has each address. */
  readonly holders: Readonly<Record<string, string>>;
  /** What `status.sharedAddresses` has to hold before any node is told. */
  readonly sharedAddresses: Readonly<Record<string, SharedAddress>>;
  /** The Service, `namespace/name`, in whose status we write or wrote each address. */
  readonly writtenAddresses: Readonly<Record<string, string>>;
  /** What the nodes route through; absent while none has told. */
  readonly gateways?: Gateways;
  /** Addresses that nodes still report and that no Service has any more; canonical, sorted. */
  readonly released: readonly string[];
  /** Those that the nodes were told are released, and report no more; canonical, sorted. */
  readonly letGo: readonly string[];
  /** Services whose `.status.loadBalancer` is not what it has to be. */
  readonly serviceStatuses: readonly ServiceStatus[];
  readonly problems: readonly Problem[];
}

/** Decides everything about one group. The same input, in whatever order, gives the same plan. */
export function plan(input: PlanInput): Plan {
  const { group } = input;
  const generation = generationOf(input);
  const defaults = defaultsOf(group, generation);
  const vrrp = vrrpSettings(group, defaults);
  const wanted = claims(input, vrrp.settings);
  const globals = globalLines(group);
  const bound = bounded({ routers: wanted.routers, settings: vrrp.settings, globals: globals.lines }, input);
  const ids = assignRouterIds(input, bound.routers);
  const nodes = memberNodes(input);
  const standing = standingOf({ ...input, nodes });
  const placement = { nodes, standingOf: standingFor(standing, input.unsteady), returnerOf: returnerOf(input.unsteady) };
  const residents = {
    dedicated: bound.routers.filter(({ name }) => ids.own.has(name)),
    carriers: [...ids.carriers.keys()],
    sharing: bound.routers.filter((router) => !ids.own.has(router.name) && !needsOwnInstance(router)),
  };
  const { homes, rebalanced } = residence(group, residents, placement);
  const wishes = preferences(group, homes.keys(), nodes);
  const { settings } = bound;
  const { priorityStep } = defaults;
  const routers = virtualRouters(bound.routers, ids, { ...placement, settings, priorityStep, homes, preferred: wishes.preferred });
  const link = linkOf(group);
  const tracked = new Set(routers.map(({ trackFile }) => trackFile));
  const password = passwordOf(group);
  const priority = podPriority(input);
  const gateways = gatewaysNow(input);
  const held = input.reports.flatMap(({ instances }) => instances.flatMap(({ addresses }) => addresses));
  const released = unclaimed(held, input, wanted.claimed);
  return {
    group,
    ...(link.link && { link: link.link }),
    ...(group.spec?.unicastEnabled === true && { unicast: { peers: unicastPeers(nodes) } }),
    ...(password && { password }),
    passwordRound: passwordRound(input),
    metricsPort: metricsPort(input),
    nodes: nodes.map(({ metadata }) => metadata.name).sort(byText),
    standing,
    draining: drainingOf(nodes),
    nodesDown: nodes.filter(isDown).length,
    podPriority: priority,
    globals: bound.globals,
    vrrp: settings,
    routers,
    checks: wanted.checks.filter(({ trackFile }) => tracked.has(trackFile)),
    routerIds: ids.saved,
    defaultsGeneration: generation,
    homes: Object.fromEntries([...homes].sort(([a], [b]) => byText(a, b))),
    ...(rebalanced !== undefined && { rebalanced }),
    holders: wanted.holders,
    sharedAddresses: wanted.sharedAddresses,
    ...(gateways && { gateways }),
    released,
    letGo: unclaimed(input.releasedBefore ?? [], input, wanted.claimed).filter((address) => !released.includes(address)),
    ...statusesOf(input, routers),
    problems: [
      ...[link, globals, vrrp, wanted, bound, ids, wishes].flatMap(({ problems }) => problems),
      ...unsteadyProblems(input, standing),
      ...neighbourProblems(input, { ...bound, routers }),
      ...leftOutProblems(bound, input),
      ...virtualMacHints(bound.settings, input),
      ...(password ? passwordProblems(group, routers) : []),
      ...priorityProblems(priority, input),
    ],
  };
}

// --- internal ---

/** Never what a Service of another group has by now, or a node itself. */
function unclaimed(addresses: readonly string[], { nodes }: PlanInput, claimed: ReadonlySet<string>): string[] {
  const ofNodes = new Set(nodes.flatMap(({ status }) => status?.addresses ?? []).map(({ address }) => address));
  return [...new Set(addresses)]
    .filter((address) => !claimed.has(address) && !ofNodes.has(address))
    .sort()
    .slice(0, MOST_RELEASED);
}

function statusesOf(
  { services, group, otherGroups }: PlanInput,
  routers: readonly VirtualRouter[],
): Pick<Plan, 'serviceStatuses' | 'writtenAddresses'> {
  const byService = Map.groupBy(
    routers.flatMap((router) => router.services),
    ({ service }) => `${service.namespace}/${service.name}`,
  );
  const written = writtenBefore([group, ...otherGroups]);
  const live = [...services].sort((a, b) => byText(keyOf(a), keyOf(b))).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const facts = live.map((service) => ({
    service,
    carried: byService.get(keyOf(service))?.flatMap(({ addresses }) => addresses) ?? [],
    saved: written.get(keyOf(service)) ?? new Set<string>(),
  }));
  return {
    serviceStatuses: facts.flatMap(({ service, carried, saved }) => serviceStatus(service, carried, saved) ?? []),
    writtenAddresses: fairly(
      facts.flatMap(({ service, carried, saved }) =>
        ownAddresses(service, carried, saved).map((address) => [address, keyOf(service)] as const),
      ),
    ),
  };
}
