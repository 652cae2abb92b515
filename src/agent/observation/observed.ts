import type { Conf } from '../../conf/tree.ts';
import type { DumpedInstance } from '../../vrrp/dump.ts';
import { afterNotify, type Histories, afterDump as historiesAfter } from '../../vrrp/history.ts';
import type { Moment } from '../../vrrp/moment.ts';
import type { NotifyEvent } from '../../vrrp/notify-line.ts';
import { afterDump, afterEvent, afterSight, type LineContext, type Transitions } from './transitions.ts';

/** What the daemon answers to the question what it runs, asked at a moment of the monotonic clock. */
export type Dump =
  | { readonly kind: 'dump'; readonly instances: readonly DumpedInstance[]; readonly asked: number }
  | { readonly kind: 'not running'; readonly asked: number }
  /** It runs, was asked and wrote nothing in time: it hangs, or has no instances. */
  | { readonly kind: 'silent'; readonly asked: number }
  /** It runs, was asked and began an answer that can't be read: there is no room for it, or no time was left. */
  | { readonly kind: 'cut'; readonly isFull: boolean; readonly asked: number }
  /** It runs and knows no such question: it was built without JSON. */
  | { readonly kind: 'mute'; readonly asked: number };

/** What was last heard of the daemon: states at once from the FIFO, everything else from dumps. Times are the monotonic clock's. */
export interface Observed {
  /** When the newest answer was asked for. */
  readonly asked: number;
  /** When the daemon was last told to run something else: what was asked before does not count. */
  readonly changed: number;
  readonly runs: boolean;
  /** When the newest answer was asked for that told of instances, and those. */
  readonly dumped: number;
  readonly instances: readonly DumpedInstance[];
  readonly histories: Histories;
  /** What instances became, and why, over processes of the daemon. */
  readonly transitions: Transitions;
  /** Whether this process of the daemon has ever answered; one that starts with many addresses takes its time. */
  readonly hasAnswered: boolean;
  /** Whether the folder of its answers is full. */
  readonly isCut: boolean;
  /** Questions in a row that a daemon with instances left unanswered; null when it answered the last. */
  readonly silence: { readonly since: number; readonly questions: number; readonly isTold: boolean } | null;
}

export const NOTHING_HEARD: Observed = {
  asked: Number.NEGATIVE_INFINITY,
  changed: Number.NEGATIVE_INFINITY,
  runs: false,
  dumped: Number.NEGATIVE_INFINITY,
  instances: [],
  histories: new Map(),
  transitions: [],
  hasAnswered: false,
  isCut: false,
  silence: null,
};

/** After a line of the FIFO. */
export const afterLine = (observed: Observed, event: NotifyEvent, now: Moment, context: Omit<LineContext, 'before'>): Observed => ({
  ...observed,
  histories: afterNotify(observed.histories, event, now),
  transitions: afterEvent(observed.transitions, event, { ...context, before: observed.histories.get(event.name) }, now),
});

/** After an answer of the daemon that runs this file, or none; one without instances has nothing to answer with. */
export function afterAnswer(
  observed: Observed,
  dump: Dump,
  instances: 'some' | 'none' | 'perhaps',
  now: Moment,
  conf: Conf | null = null,
): Observed {
  if (dump.asked < observed.asked) return observed;
  const heard = { ...observed, asked: dump.asked, runs: dump.kind !== 'not running', isCut: dump.kind === 'cut' && dump.isFull };
  if (dump.kind === 'not running' || dump.kind === 'mute' || dump.kind === 'cut') return { ...heard, silence: null };
  if (dump.kind === 'dump') {
    const asked = { at: dump.asked, wall: now.wall - (now.at - dump.asked) };
    const histories = historiesAfter(observed.histories, dump.instances, asked);
    const seen = afterSight(observed.transitions, { before: observed.histories, after: histories }, conf, {
      asked,
      before: observed.dumped,
    });
    // The instances are older than a question that was not answered.
    const before = { instances: observed.instances, at: observed.silence === null ? observed.asked : Number.POSITIVE_INFINITY };
    const transitions = afterDump(seen, before, { instances: dump.instances, ...asked, heard: now.at });
    return { ...heard, dumped: dump.asked, instances: dump.instances, histories, transitions, hasAnswered: true, silence: null };
  }
  if (instances === 'none') return { ...heard, instances: [], histories: new Map(), silence: null };
  if (instances === 'perhaps') return { ...heard, silence: null };
  const { since = dump.asked, questions = 0, isTold = false } = observed.silence ?? {};
  return { ...heard, silence: { since, questions: questions + 1, isTold } };
}

/** Silence that has lasted so many milliseconds and questions; both, because a machine that was paused asked nobody meanwhile. */
const HANGS = { milliseconds: 5000, questions: 3 };
const DEAD = { milliseconds: 10_000, questions: 6 };
const DEAD_AT_START = { milliseconds: 60_000, questions: 30 };

/** Whether the daemon runs and does nothing: others have its addresses by now, whatever it said last. */
export const hangs = (observed: Observed, now: number): boolean => hasLasted(observed, HANGS, now);

/** Whether it hangs for so long that only a new process will mend it. */
export const isDead = (observed: Observed, now: number): boolean => hasLasted(observed, observed.hasAnswered ? DEAD : DEAD_AT_START, now);

/** A dump this young is not asked for again. */
const FRESH = 300;

/** Whether what was heard is young enough to be told. */
export const isFresh = ({ asked, changed }: Observed, now: number): boolean => asked > changed && now - asked < FRESH;

// --- internal ---

const hasLasted = ({ silence }: Observed, least: typeof HANGS, now: number): boolean =>
  silence !== null && silence.questions >= least.questions && now - silence.since >= least.milliseconds;
