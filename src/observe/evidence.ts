import type { NodeReport } from '../api/node/report.ts';
import type { ClockRelation } from './journal/clock.ts';

/** What a node said last of a group, and when. Times are milliseconds of the manager's monotonic clock. */
export interface Word {
  readonly report: NodeReport;
  /** When the question was sent: what the report says was so at this moment or later. */
  readonly asked: number;
  /** When the answer was read: what the report says was so at this moment or earlier. */
  readonly heard: number;
  /** Since when the node's answers fail to come; absent while the last question was answered. */
  readonly silentSince?: number;
  /** When the question was sent that was answered last by another report than this one. */
  readonly changedAfter?: number;
  /** How the agent's clock stands to the manager's; absent of an older agent. */
  readonly clock?: ClockRelation;
}

/** Milliseconds for which the last word of a node counts that no longer answers, where no other node contradicts it. */
export const SILENCE = 8000;

/** The words that count: a node that answers is believed however long ago it was asked, a silent one for a while. */
export const fresh = (words: readonly Word[], now: number): Word[] =>
  words.filter(({ heard, silentSince }) => silentSince === undefined || now - heard < SILENCE);
