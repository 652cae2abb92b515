import type { Service } from '../api/core.ts';
import type { KeepalivedGroup } from '../api/keepalived-group.ts';
import type { Happening } from '../kube/events.ts';
import { groupReference, serviceReference } from '../plan/reference.ts';
import type { Move } from './owner-tracker.ts';
import { type RecordEvent, regarding } from './told-problems.ts';

/** Services of one pass that get an Event of their own; the group's Event tells of all. */
const MOST_SERVICES = 50;
const NAMED = 5;

/** Tells of virtual routers that another node owns now: one Event on the group for each pair of nodes, and one on each Service. */
export function tellMoves(
  group: KeepalivedGroup,
  moves: readonly Move[],
  serviceOf: (key: string) => Service | undefined,
  record: RecordEvent,
): void {
  for (const [nodes, routers] of byNodes(moves)) record(regarding(groupReference(group)), happening(`${named(routers)} moved ${nodes}`));
  for (const { router, from, to } of moves.slice(0, MOST_SERVICES)) {
    const service = serviceOf(serviceKey(router));
    if (service !== undefined) record(regarding(serviceReference(service)), happening(`${router} moved from ${from} to ${to}`));
  }
}

// --- internal ---

const happening = (note: string): Happening => ({ type: 'Normal', reason: 'OwnerChanged', action: 'Observe', note });

/** A virtual router is named `namespace/service` or `namespace/service/address`. */
const serviceKey = (router: string): string => router.split('/', 2).join('/');

function byNodes(moves: readonly Move[]): Map<string, string[]> {
  const grouped = new Map<string, string[]>();
  for (const { router, from, to } of moves) {
    const nodes = `from ${from} to ${to}`;
    grouped.set(nodes, [...(grouped.get(nodes) ?? []), router]);
  }
  return grouped;
}

const named = (routers: readonly string[]): string =>
  routers.length <= NAMED ? routers.join(', ') : `${routers.slice(0, NAMED).join(', ')} and ${routers.length - NAMED} more`;
