import type { Node } from '../api/core.ts';
import type { KeepalivedGroup } from '../api/group/keepalived-group.ts';
import { NODE_POD } from '../api/node/pod.ts';
import { byText } from '../net/text-order.ts';
import type { PlanInput } from './input.ts';
import { eligibleNodes } from './placement/placement.ts';
import { keyOf } from './reference.ts';

/**
 * The port of the group's agents on its nodes' own addresses: the usual one, unless a group that was there before may run on one of the same
 * nodes. A port that the group has had stays its own as long as that is so.
 */
export function metricsPort({ group, otherGroups, nodes }: Pick<PlanInput, 'group' | 'otherGroups' | 'nodes'>): number {
  const groups = [group, ...otherGroups].sort(bySeniority);
  const given: { readonly nodes: readonly string[]; readonly port: number }[] = [];
  for (const one of groups) {
    const names = nodesOf(one, nodes);
    const own = new Set(names);
    const taken = new Set(given.filter((other) => other.nodes.some((name) => own.has(name))).map(({ port }) => port));
    const port = freePort(one.status?.metricsPort, taken);
    if (one === group) return port;
    given.push({ nodes: names, port });
  }
  return NODE_POD.metricsPort;
}

// --- internal ---

/** A group that has a port comes before one that has none, then the older one. */
function bySeniority(a: KeepalivedGroup, b: KeepalivedGroup): number {
  const hasNone = ({ status }: KeepalivedGroup): number => Number(status?.metricsPort === undefined);
  const created = ({ metadata }: KeepalivedGroup): string => metadata.creationTimestamp ?? '';
  return hasNone(a) - hasNone(b) || byText(created(a), created(b)) || byText(keyOf(a), keyOf(b));
}

function nodesOf({ spec }: KeepalivedGroup, nodes: readonly Node[]): string[] {
  return eligibleNodes(nodes, spec?.nodeSelector ?? {}).map(({ metadata }) => metadata.name);
}

function freePort(saved: number | undefined, taken: ReadonlySet<number>): number {
  if (saved !== undefined && saved >= NODE_POD.metricsPort && !taken.has(saved)) return saved;
  let port: number = NODE_POD.metricsPort;
  while (taken.has(port)) port += 1;
  return port;
}
