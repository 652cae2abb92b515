import type { Word } from '../evidence.ts';
import { isBrief, type Tenure } from './tenure.ts';

/** Whether the old owner may still say something of a move, so that it is told later. */
export function waits(before: Tenure | undefined, after: Tenure, word: Word | undefined): 'no' | 'for a while' | 'until it is settled' {
  const isLost = word === undefined || word.silentSince !== undefined;
  const isOpen = before !== undefined && before.end === undefined && !isLost;
  if (isOpen && (after.end === undefined || isBrief(after))) return 'until it is settled';
  if (before?.end?.isFault && before.end.why === undefined) return 'for a while';
  const isUntold = before?.end?.at === undefined && after.silence !== undefined && after.resigned === undefined;
  return isUntold ? 'for a while' : 'no';
}
