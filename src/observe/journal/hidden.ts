import type { Members } from '../cause.ts';
import type { Word } from '../evidence.ts';
import type { Tenure } from './tenure.ts';

/** Milliseconds by which what two nodes say of the same adverts may differ: timers are late, and a hand-over takes one interval. */
const MARGIN = 100;

/**
 * Whether a node had the address between two tenures that nobody asked meanwhile: the next owner heard adverts when the one before sent none any
 * more.
 */
export function hidesOwner(before: Tenure | undefined, { start, silence, resigned }: Tenure): boolean {
  const end = before?.end?.at;
  if (end === undefined || silence === undefined || resigned !== false) return false;
  return start.at - silence.atMost - end.at > start.error + end.error + MARGIN;
}

/** Which node that can have been, the only one that does not answer, and since when by the clock of the node before. */
export function hiddenOwner(
  before: Tenure | undefined,
  after: Tenure,
  { members, words }: { readonly members: Members; readonly words: readonly Word[] },
): { readonly node: string; readonly time: string } | undefined {
  const time = before?.end?.time;
  if (time === undefined || !hidesOwner(before, after)) return undefined;
  const known = new Set(words.flatMap(({ report, silentSince }) => (silentSince === undefined ? [report.node] : [])));
  const [node, ...more] = members.nodes.filter((one) => one !== before?.node && one !== after.node && !known.has(one));
  return node === undefined || more.length > 0 ? undefined : { node, time };
}
