import type { KeepalivedGroup } from '../api/keepalived-group.ts';
import type { HealthCheck, Link, Unicast } from '../api/node-config.ts';
import type { Problem } from '../api/problem.ts';
import type { Statement } from '../conf/tree.ts';
import { byText } from '../net/text-order.ts';
import { assignRouterIds } from './assign-router-ids.ts';
import { claims } from './claim.ts';
import { globalLines } from './global-lines.ts';
import type { PlanInput } from './input.ts';
import { linkOf } from './link.ts';
import { eligibleNodes, ranking, unicastPeers } from './placement.ts';

/** What one group is to do. */
export interface Plan {
  readonly group: KeepalivedGroup;
  /** Absent when the group names no interface: then nothing can run. */
  readonly link?: Link;
  readonly unicast?: Unicast;
  readonly password?: SecretKey;
  /** Names of the nodes that are to run the group, sorted. */
  readonly nodes: readonly string[];
  readonly globals: readonly Statement[];
  /** Sorted by name. */
  readonly routers: readonly VirtualRouter[];
  readonly checks: readonly HealthCheck[];
  /** What `status.routerIDs` has to hold before any node is told. */
  readonly routerIds: Readonly<Record<string, number>>;
  /** Addresses that nodes still report and that no Service has any more; canonical, sorted. */
  readonly released: readonly string[];
  readonly problems: readonly Problem[];
}

export interface SecretKey {
  readonly name: string;
  readonly key: string;
}

/** One VRRP instance: addresses that live and move together. */
export interface VirtualRouter {
  /** `namespace/service` or, spread, `namespace/service/address`. */
  readonly name: string;
  readonly id: number;
  /** Canonical and sorted; the first is the one that is advertised. */
  readonly addresses: readonly string[];
  /** Nodes in the order in which they are to own it; the rest follows without an order among them. */
  readonly ranks: readonly string[];
  /** The health check that it depends on. */
  readonly trackFile?: string;
  readonly verbatim: readonly Statement[];
}

/** Decides everything about one group. The same input, in whatever order, gives the same plan. */
export function plan(input: PlanInput): Plan {
  const { group } = input;
  const claimed = claims(input);
  const ids = assignRouterIds(
    input,
    claimed.routers.map(({ name }) => name),
  );
  const nodes = eligibleNodes(input.nodes, group.spec?.nodeSelector ?? {});
  const routers = claimed.routers.flatMap(({ object: _object, ...router }): VirtualRouter[] => {
    const id = ids.assigned.get(router.name);
    return id === undefined ? [] : [{ ...router, id, ranks: ranking(router.name, nodes) }];
  });
  const link = linkOf(group);
  const globals = globalLines(group);
  const carried = new Set(routers.flatMap(({ addresses }) => addresses));
  const tracked = new Set(routers.map(({ trackFile }) => trackFile));
  const password = passwordOf(group);
  return {
    group,
    ...(link.link && { link: link.link }),
    ...(group.spec?.unicastEnabled === true && { unicast: { peers: unicastPeers(nodes) } }),
    ...(password && { password }),
    nodes: nodes.map(({ metadata }) => metadata.name).sort(byText),
    globals: globals.lines,
    routers,
    checks: claimed.checks.filter(({ trackFile }) => tracked.has(trackFile)),
    routerIds: ids.saved,
    released: releasedAddresses(input, carried),
    problems: [...link.problems, ...globals.problems, ...claimed.problems, ...ids.problems(claimed.routers)],
  };
}

// --- internal ---

function passwordOf({ spec }: KeepalivedGroup): SecretKey | undefined {
  const name = spec?.passwordAuth?.secretRef?.name;
  return name ? { name, key: spec?.passwordAuth?.secretKey || 'password' } : undefined;
}

function releasedAddresses({ reports }: PlanInput, carried: ReadonlySet<string>): string[] {
  const held = reports.flatMap(({ instances }) => instances.flatMap(({ addresses }) => addresses));
  return [...new Set(held)].filter((address) => !carried.has(address)).sort();
}
