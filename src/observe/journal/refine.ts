import type { MoveRecord } from '../../api/virtual-ip/virtual-ip.ts';
import { ownWord } from '../cause.ts';
import { gapBetween, isCutOff } from './gap.ts';
import { isGuessed, knowledge, nameOf, recordOf } from './move.ts';
import type { Tenure } from './tenure.ts';

/**
 * The journal with what nodes had to say later: an old owner whose link was down is heard again, and tells when and why it lost its addresses; a
 * new one tells what it knows of the last advert.
 */
export function refined(journal: readonly MoveRecord[], tenures: readonly Tenure[]): readonly MoveRecord[] {
  if (journal.every(isSettled)) return journal;
  const better = journal.map((record) => {
    if (isSettled(record)) return record;
    const after = tenures.find(({ node, time }) => time !== '' && nameOf({ time, to: node }) === nameOf(record));
    if (after === undefined) return record;
    const before = tenures.findLast(({ node, start }) => node === record.from && start.at < after.start.at);
    const { from = '', to, time } = record;
    const withoutOwner = gapBetween(before, after);
    const cause = before?.end?.at === undefined || isCutOff(before, after) ? undefined : ownWord({ departure: { from, to }, before });
    const told = { ...(cause ? recordOf({ router: '', from, to, time, cause }) : record), ...(withoutOwner && { withoutOwner }) };
    return knowledge(told) > knowledge(record) ? told : record;
  });
  return better.every((record, index) => record === journal[index]) ? journal : better;
}

// --- internal ---

/** Both nodes have told, and why; or there is no node before. */
const isSettled = (record: MoveRecord): boolean =>
  record.from === undefined || (record.withoutOwner?.by === 'Transitions' && !isGuessed(record));
