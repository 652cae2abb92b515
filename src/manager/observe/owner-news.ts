import type { Happening } from '../../kube/events.ts';
import type { Move } from '../../observe/owner-tracker.ts';
import type { Plan } from '../../plan/plan.ts';
import { groupReference } from '../../plan/reference.ts';
import { type RecordEvent, regarding } from '../told-problems.ts';

/** Services of one pass that get an Event of their own; the group's Event tells of all. */
const MOST_SERVICES = 50;
const NAMED = 5;

/** Tells of virtual routers that another node owns now: one Event on the group for each pair of nodes, and one on each Service. */
export function tellMoves({ group, routers }: Plan, moves: readonly Move[], record: RecordEvent): void {
  for (const [nodes, names] of byNodes(moves)) record(regarding(groupReference(group)), happening(`${named(names)} moved ${nodes}`));
  const ofServices = moves.flatMap(({ router, from, to }) =>
    (routers.find(({ name }) => name === router)?.services ?? []).map(({ service, addresses }) => ({
      service,
      note: `${named(addresses)} moved from ${from} to ${to}`,
    })),
  );
  for (const { service, note } of ofServices.slice(0, MOST_SERVICES)) record(regarding(service), happening(note));
}

// --- internal ---

const happening = (note: string): Happening => ({ type: 'Normal', reason: 'OwnerChanged', action: 'Observe', note });

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
