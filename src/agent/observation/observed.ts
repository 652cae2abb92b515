import type { DumpedInstance } from '../../vrrp/dump.ts';
import { afterNotify, type Histories, afterDump as historiesAfter } from '../../vrrp/history.ts';
import type { Moment } from '../../vrrp/moment.ts';
import type { NotifyEvent } from '../../vrrp/notify-line.ts';

/** What the daemon answers to the question what it runs, asked at a moment of the monotonic clock. */
export type Dump =
  | { readonly kind: 'dump'; readonly instances: readonly DumpedInstance[]; readonly asked: number }
  | { readonly kind: 'not running'; readonly asked: number }
  /** It runs and wrote nothing in time: it hangs, has no instances, or was built without JSON. */
  | { readonly kind: 'silent'; readonly asked: number };

/** What was last heard of the daemon: states at once from the FIFO, everything else from dumps. Times are the monotonic clock's. */
export interface Observed {
  /** When the newest answer was asked for. */
  readonly asked: number;
  /** When the daemon was last told to run something else: what was asked before does not count. */
  readonly changed: number;
  readonly runs: boolean;
  readonly instances: readonly DumpedInstance[];
  readonly histories: Histories;
  /** Whether the daemon has ever answered: one that has not may be built without JSON. */
  readonly canAnswer: boolean;
  /** Questions in a row that a daemon with instances left unanswered; null when it answered the last. */
  readonly silence: { readonly since: number; readonly questions: number } | null;
}

export const NOTHING_HEARD: Observed = {
  asked: Number.NEGATIVE_INFINITY,
  changed: Number.NEGATIVE_INFINITY,
  runs: false,
  instances: [],
  histories: new Map(),
  canAnswer: false,
  silence: null,
};

/** After a line of the FIFO. */
export const afterLine = (observed: Observed, event: NotifyEvent, now: Moment): Observed => ({
  ...observed,
  histories: afterNotify(observed.histories, event, now),
});

/** After an answer of the daemon, or none; `hasInstances` says whether it has anything to answer with. */
export function afterAnswer(observed: Observed, dump: Dump, hasInstances: boolean, now: Moment): Observed {
  if (dump.asked < observed.asked) return observed;
  const heard = { ...observed, asked: dump.asked, runs: dump.kind !== 'not running' };
  if (dump.kind === 'not running') return { ...heard, silence: null };
  if (dump.kind === 'dump') {
    const asked = { at: dump.asked, wall: now.wall - (now.at - dump.asked) };
    const histories = historiesAfter(observed.histories, dump.instances, asked);
    return { ...heard, instances: dump.instances, histories, canAnswer: true, silence: null };
  }
  if (!hasInstances) return { ...heard, instances: [], histories: new Map(), silence: null };
  const { since = dump.asked, questions = 0 } = observed.silence ?? {};
  return { ...heard, silence: { since, questions: questions + 1 } };
}

/** A dump this young is not asked for again. */
const FRESH = 300;

/** Whether what was heard is young enough to be told. */
export const isFresh = ({ asked, changed }: Observed, now: number): boolean => asked > changed && now - asked < FRESH;
