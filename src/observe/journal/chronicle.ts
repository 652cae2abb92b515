import type { MoveRecord } from '../../api/virtual-ip/virtual-ip.ts';
import { causeOf, type Members } from '../cause.ts';
import { LASTING } from '../doubt.ts';
import type { Word } from '../evidence.ts';
import type { ExpectedRouter } from '../ownership.ts';
import { gapBetween } from './gap.ts';
import { hiddenOwner } from './hidden.ts';
import { type Move, nameOf, recordOf, together } from './move.ts';
import { type FirstLook, type Origin, originOf, withFirstSeen } from './origin.ts';
import { changeFor, type Planned, plannedAfter } from './planned.ts';
import { refined } from './refine.ts';
import { afterWord, isContained, type Tenure, upToDate } from './tenure.ts';
import { type Waiting, waits } from './waits.ts';

/** What is known of one virtual router over time. */
export interface Chronicle {
  /** The latest last. */
  readonly journal: readonly MoveRecord[];
  readonly tenures: readonly Tenure[];
  /** With what the journal begins; absent until it is known what was written down before. */
  readonly origin?: Origin;
  readonly planned?: Planned;
  /** What the first look knew of who owned it before this process. */
  readonly first?: { readonly owner: string | undefined };
  /** A move that waits for the word of the node that lost it. */
  readonly waiting?: Waiting;
}

/** What a look brings. */
export interface Look extends FirstLook {
  readonly router: ExpectedRouter;
  readonly members: Members;
  /** The last owner that is known; at the first look, from before this process. */
  readonly lastOwner: string | undefined;
  readonly words: readonly Word[];
  /** Those of them that were not there at the look before. */
  readonly news: readonly Word[];
}

/** The chronicle after a look, and the moves that are new in it. A move is new once, when what its old owner has to say of it was heard. */
export function advance(before: Chronicle, look: Look): { readonly chronicle: Chronicle; readonly moves: readonly Move[] } {
  const tenures = look.news.reduce((some, word) => afterWord(some, look.router.name, word), before.tenures);
  const planned = plannedAfter(before.planned, look.router.ranks, look.members);
  const first = before.first ?? { owner: look.lastOwner };
  const origin = withFirstSeen(before.origin ?? originOf(look, first.owner), before.journal, look);
  if (origin === undefined) return { chronicle: { ...before, tenures, planned, first }, moves: [] };
  const written = before.origin === undefined ? together(look.recorded?.moves ?? [], before.journal) : before.journal;
  const { waiting: _, ...rest } = before;
  let chronicle: Chronicle = {
    ...rest,
    origin,
    tenures,
    planned,
    journal: tenures === before.tenures ? written : refined(written, tenures),
  };
  const moves: Move[] = [];
  for (;;) {
    const next = nextMove(chronicle, origin, look, before.waiting);
    if (next === undefined) return { chronicle, moves };
    if ('waits' in next) return { chronicle: { ...chronicle, waiting: next.waits }, moves };
    moves.push(next);
    chronicle = { ...chronicle, journal: together(chronicle.journal, [recordOf(next)]), planned: { ...planned, change: undefined } };
  }
}

// --- internal ---

type Waits = { readonly waits: Waiting };

/** What is known of a virtual router before its next move. */
interface Place {
  /** The owner after the last move. */
  readonly owner: string | undefined;
  /** What began before is in the journal, or is nobody's news. */
  readonly anchor: number;
  /** Moves in the journal. */
  readonly names: ReadonlySet<string>;
  readonly isNew: boolean;
}

function nextMove(chronicle: Chronicle, origin: Origin, look: Look, waiting: Waiting | undefined): Move | Waits | undefined {
  const place = placeAfter(chronicle, origin, look);
  const isNews = (one: Tenure): boolean => one.time !== '' && one.start.at > place.anchor && !place.names.has(moveTo(one));
  const tenures = chronicle.tenures.some(isNews) ? upToDate(chronicle.tenures, look.words) : [];
  // An owner that begins anew is none that the address moved to, where nothing is known of its end.
  const isAgain = (one: Tenure): boolean => one.node === place.owner && predecessor(one, tenures, place) === undefined;
  const after = tenures.find((one) => isNews(one) && !isContained(one, tenures) && !isAgain(one));
  if (after === undefined) return byReport(chronicle, place, look, waiting);
  const { owner: from, isNew } = place;
  if (from === undefined && !isNew) return undefined;
  const before = predecessor(after, tenures, place);
  const hidden = hiddenOwner(before, after, look);
  if (hidden !== undefined) return given(chronicle, look, { from, to: hidden.node, time: hidden.time, before });
  const name = moveTo(after);
  const known = waiting?.name === name ? waiting : undefined;
  const isOver = known !== undefined && look.now - known.since >= LASTING;
  const wait = from === undefined ? 'no' : waits(before, after, wordOf(from, look));
  if (wait === 'until it is settled' || (wait === 'for a while' && !isOver)) return { waits: known ?? { name, since: look.now } };
  return moveOf(chronicle, look, { from, to: after.node, time: after.time, before, after });
}

function placeAfter({ journal, tenures }: Chronicle, { node, since, isNew }: Origin, look: Look): Place {
  const names = new Set(journal.map(nameOf));
  const last = journal.at(-1);
  if (last === undefined) return { owner: node, anchor: since, names, isNew };
  const begun =
    tenures.find((one) => one.time !== '' && moveTo(one) === nameOf(last))?.start ??
    tenures.find(({ end }) => end?.time === last.time)?.end?.at;
  return { owner: last.to, anchor: Math.max(begun?.at ?? Date.parse(last.time) - look.wall + look.now, since), names, isNew };
}

/** The tenure that a move ends, where it is known. An owner that had never stopped had it back when another one, which began later, ended. */
function predecessor(after: Tenure, tenures: readonly Tenure[], { owner }: Place): Tenure | undefined {
  const earlier = tenures.filter((one) => one.start.at < after.start.at && !isContained(one, tenures));
  const last = earlier.at(-1);
  const own = earlier.findLast(({ node }) => node === owner);
  return own === last || (own !== undefined && last !== undefined && endOf(own) > endOf(last)) ? own : undefined;
}

/** Where nobody has told a moment: who is seen to have it, and wasn't known to. A node that tells moments is given a while to do so. */
function byReport(
  chronicle: Chronicle,
  { owner, names, isNew }: Place,
  look: Look,
  waiting: Waiting | undefined,
): Move | Waits | undefined {
  if (look.owner?.kind !== 'Owned' || look.owner.node === owner || (owner === undefined && !isNew)) return undefined;
  const to = look.owner.node;
  const after = chronicle.tenures.findLast(({ node }) => node === to);
  const [before] = upToDate(chronicle.tenures.filter(({ node }) => node === owner).slice(-1), look.words);
  const parts = { from: owner, to, before };
  const end = after !== undefined && (before?.end?.at?.at ?? Number.NEGATIVE_INFINITY) > after.start.at ? before?.end?.time : undefined;
  if (end !== undefined) return given(chronicle, look, { ...parts, time: end });
  const isTold = after !== undefined && after.time !== '' && after.end === undefined && !names.has(moveTo(after));
  const known = waiting?.name === to ? waiting : undefined;
  const isOver = known !== undefined && look.now - known.since >= LASTING;
  if (!isTold && !isOver && wordOf(to, look)?.clock !== undefined) return { waits: known ?? { name: to, since: look.now } };
  return moveOf(chronicle, look, { ...parts, time: isTold ? after.time : new Date(look.wall).toISOString(), after });
}

/** The old owner gave it to a node that was MASTER already. */
const given = (chronicle: Chronicle, look: Look, parts: Parts): Move => ({
  ...moveOf(chronicle, look, parts),
  withoutOwner: { atLeastMilliseconds: 0, atMostMilliseconds: 0, by: 'Transitions' },
});

interface Parts {
  readonly from: string | undefined;
  readonly to: string;
  readonly time: string;
  readonly before: Tenure | undefined;
  readonly after?: Tenure | undefined;
}

function moveOf({ planned }: Chronicle, { router, members, words }: Look, { from, to, time, before, after }: Parts): Move {
  const change = from === undefined ? undefined : changeFor(planned, { from, to });
  const cause = causeOf({ router, departure: { from, to }, members, words, before, after, change });
  const withoutOwner = from === undefined || after === undefined ? undefined : gapBetween(before, after);
  return { router: router.name, ...(from !== undefined && { from }), to, cause, time, ...(withoutOwner && { withoutOwner }) };
}

/** The name of the move with which a tenure begins. */
const moveTo = ({ node, time }: Tenure): string => nameOf({ to: node, time });
/** Where nobody has said when, the last moment at which it is known to have gone on. */
const endOf = ({ end, lastKnown }: Tenure): number => (end === undefined ? Number.POSITIVE_INFINITY : (end.at?.at ?? lastKnown));
const wordOf = (node: string, { words }: Look): Word | undefined => words.find(({ report }) => report.node === node);
