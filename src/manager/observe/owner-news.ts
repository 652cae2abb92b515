import type { Happening } from '../../kube/events.ts';
import { causeInWords } from '../../observe/cause.ts';
import { gapInWords, isMoved, type Move } from '../../observe/journal/move.ts';
import type { Plan } from '../../plan/plan.ts';
import { groupReference } from '../../plan/reference.ts';
import { type RecordEvent, regarding } from '../told-problems.ts';

/** Services of one pass that get an Event of their own; the group's Event tells of all. */
const MOST_SERVICES = 50;
const NAMED = 5;

/**
 * Tells of virtual routers that another node owns now: one Event on the group for each pair of nodes and cause, and one on each Service, with the
 * time for which nobody had the address.
 */
export function tellMoves({ group, routers }: Plan, all: readonly Move[], record: RecordEvent): void {
  const moves = all.filter(isMoved);
  for (const [nodes, some] of Map.groupBy(moves, nodesInWords))
    record(regarding(groupReference(group)), happening(`${named(some.map(({ router }) => router))} moved ${nodes}${longest(some)}`));
  const services = new Map(routers.map((router) => [router.name, router.services]));
  const ofServices = moves.flatMap((move) =>
    (services.get(move.router) ?? []).map(({ service, addresses }) => ({
      service,
      note: `${named(addresses)} moved ${nodesInWords(move)}${longest([move])}`,
    })),
  );
  for (const { service, note } of ofServices.slice(0, MOST_SERVICES)) record(regarding(service), happening(note));
}

// --- internal ---

const happening = (note: string): Happening => ({ type: 'Normal', reason: 'OwnerChanged', action: 'Observe', note });

/** Of several moves the longest time; nothing where none is known. */
function longest(moves: readonly Move[]): string {
  const gaps = moves.flatMap(({ withoutOwner }) => withoutOwner ?? []);
  const words = gapInWords(gaps.toSorted((a, b) => b.atMostMilliseconds - a.atMostMilliseconds)[0]);
  if (words === undefined) return '';
  return `; time without an owner: ${words}`;
}

const nodesInWords = ({ from, to, cause }: Move): string => `from ${from} to ${to}: ${causeInWords(cause, { from, to })}`;

const named = (names: readonly string[]): string =>
  names.length <= NAMED ? names.join(', ') : `${names.slice(0, NAMED).join(', ')} and ${names.length - NAMED} more`;
