import { LASTING } from '../doubt.ts';
import type { Word } from '../evidence.ts';
import { hidesOwner } from './hidden.ts';
import { isBrief, type Tenure } from './tenure.ts';

/** A move that waits, by its name, and since when. */
export interface Waiting {
  readonly name: string;
  readonly since: number;
}

/** Milliseconds after which a move that waits is told, whoever has said what; undefined where only news can tell it. */
export const patienceLeft = ({ waiting }: { readonly waiting?: Waiting }, now: number): number | undefined =>
  waiting === undefined || now - waiting.since >= LASTING ? undefined : waiting.since + LASTING - now;

/** Whether the old owner, or one that was never asked, may still say something of a move, so that it is told later. */
export function waits(before: Tenure | undefined, after: Tenure, word: Word | undefined): 'no' | 'for a while' | 'until it is settled' {
  const isLost = word === undefined || word.silentSince !== undefined;
  const isOpen = before !== undefined && before.end === undefined && !isLost;
  if (isOpen && (after.end === undefined || isBrief(after))) return 'until it is settled';
  if (hidesOwner(before, after)) return 'for a while';
  if (before?.end?.isFault && before.end.why === undefined) return 'for a while';
  const isUntold = before?.end?.at === undefined && after.silence !== undefined && after.resigned === undefined;
  return isUntold ? 'for a while' : 'no';
}
