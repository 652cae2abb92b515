import type { InstanceReport, NodeReport, TransitionReport } from '../../api/node/report.ts';
import type { Word } from '../evidence.ts';
import { type Instant, instantOf } from './clock.ts';

/** A time for which a node was the owner of a virtual router, as far as is known. Moments are the manager's monotonic clock's. */
export interface Tenure {
  readonly node: string;
  /** RFC 3339 of the node's own clock, which names the tenure; empty where the node has not said when it began. */
  readonly time: string;
  /** Where the node has not said it, when it was first heard of. */
  readonly start: Instant;
  /** Absent while it goes on. */
  readonly end?: TenureEnd;
  /** The last moment at which the node is known to have been the owner by its own word. */
  readonly lastKnown: number;
  /** What the node knows of the silence before. */
  readonly silence?: TransitionReport['silence'];
  /** Whether the node before had given way. */
  readonly resigned?: boolean;
}

export interface TenureEnd extends Partial<Pick<TransitionReport, 'why' | 'message' | 'time'>> {
  /** Absent where nobody has said when. */
  readonly at?: Instant;
  readonly isFault: boolean;
}

/** Tenures of one virtual router that are remembered. */
const MOST = 48;

/** What is known of the tenures of a virtual router after a word of a node; sorted by start, the oldest of too many are forgotten. */
export function afterWord(before: readonly Tenure[], router: string, word: Word): readonly Tenure[] {
  const { node } = word.report;
  const state = stateOf(word.report, router);
  const told = toldBy(word, router);
  const isOwner = state === 'MASTER';
  if (!isOwner && told.length === 0 && !before.some((one) => one.node === node && one.end === undefined)) return before;
  const others = before.filter((one) => one.node !== node);
  const begun = told.findLast(({ end }) => end === undefined)?.start.at ?? Number.POSITIVE_INFINITY;
  // What was seen before the node told its moment is the same.
  const isTold = ({ time, end, start }: Tenure): boolean =>
    time === '' ? end === undefined && begun <= start.at : told.some((one) => one.time === time);
  const kept = before.filter((one) => one.node === node && !isTold(one));
  const open = told.at(-1) ?? kept.at(-1);
  const isUnknown = isOwner && (open === undefined || open.end !== undefined);
  const first: Tenure[] = isUnknown ? [{ node, time: '', start: { at: word.heard, error: 0 }, lastKnown: word.asked }] : [];
  const own = [...kept, ...told].map((one, index, all): Tenure => {
    if (one.end !== undefined) return one;
    if (isOwner && index === all.length - 1) return { ...one, lastKnown: Math.max(one.lastKnown, word.asked) };
    return { ...one, lastKnown: Math.max(one.lastKnown, word.changedAfter ?? one.lastKnown), end: { isFault: state === 'FAULT' } };
  });
  return [...others, ...own, ...first].sort((a, b) => a.start.at - b.start.at).slice(-MOST);
}

/** The tenures with what the nodes say now: those that go on do so at least until the last question was sent. */
export function upToDate(tenures: readonly Tenure[], words: readonly Word[]): readonly Tenure[] {
  const asked = new Map(words.map((word) => [word.report.node, word.asked]));
  return tenures.map((one) =>
    one.end === undefined ? { ...one, lastKnown: Math.max(one.lastKnown, asked.get(one.node) ?? one.lastKnown) } : one,
  );
}

/** Whether a node was MASTER for a moment while another one was it all along: that is a clash, and no move. */
export function isContained(one: Tenure, tenures: readonly Tenure[]): boolean {
  const end = one.end?.at?.at ?? Number.POSITIVE_INFINITY;
  const lasts = (other: Tenure): boolean =>
    (other.end === undefined ? other.lastKnown : (other.end.at?.at ?? Number.NEGATIVE_INFINITY)) >= end;
  return isBrief(one) && tenures.some((other) => other.node !== one.node && other.start.at < one.start.at && lasts(other));
}

/** Whether it was over before two nodes that hear each other have settled which of them is MASTER. */
export const isBrief = ({ start, end, silence }: Tenure): boolean =>
  silence !== undefined && end?.at !== undefined && end.at.at - start.at <= silence.atMost - silence.atLeast + BRIEF;

// --- internal ---

/** Longer than two nodes that hear each other are both MASTER. */
const BRIEF = 250;

/** A report never changes, and is asked for each of its instances. */
const BY_NAME = new WeakMap<NodeReport, ReadonlyMap<string, InstanceReport>>();
const TOLD = new WeakMap<NodeReport, ReadonlyMap<string, readonly TransitionReport[]>>();

function stateOf(report: NodeReport, router: string): InstanceReport['state'] | undefined {
  const known = BY_NAME.get(report) ?? new Map(report.instances.map((one) => [one.name, one]));
  BY_NAME.set(report, known);
  return known.get(router)?.state;
}

/** The tenures that a node tells itself. The end of one whose beginning is forgotten belongs to nothing that could be named. */
function toldBy({ report, clock }: Word, router: string): Tenure[] {
  if (report.transitions === undefined || clock === undefined) return [];
  const known = TOLD.get(report) ?? Map.groupBy(report.transitions, ({ name }) => name);
  TOLD.set(report, known);
  const tenures: Tenure[] = [];
  for (const { state, time, at, why, message, silence, resigned } of known.get(router) ?? []) {
    const moment = instantOf(at, clock);
    if (state === 'MASTER') {
      const more = { ...(silence && { silence }), ...(resigned !== undefined && { resigned }) };
      tenures.push({ node: report.node, time, start: moment, lastKnown: moment.at, ...more });
      continue;
    }
    const open = tenures.pop();
    const end = { at: moment, time, isFault: state === 'FAULT', ...(why && { why }), ...(message !== undefined && { message }) };
    if (open !== undefined) tenures.push({ ...open, lastKnown: moment.at, end });
  }
  return tenures;
}
