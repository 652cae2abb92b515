import { gapInWords } from '../../observe/journal/move.ts';
import { yamlOf } from '../plan/view.ts';
import { table } from '../table.ts';
import type { AddressMove } from './history.ts';

/** Forms of output, by kubectl's names. */
export const HISTORY_FORMATS = ['text', 'wide', 'json', 'yaml'] as const;
export type HistoryFormat = (typeof HISTORY_FORMATS)[number];

/** Moves for people, or as data. */
export function historyView(moves: readonly AddressMove[], format: HistoryFormat): string {
  if (format === 'json') return `${JSON.stringify({ moves }, null, 2)}\n`;
  if (format === 'yaml') return yamlOf([{ moves }]);
  if (moves.length === 0) return 'no move is recorded\n';
  return format === 'wide' ? table([...COLUMNS, ...MORE], moves.map(wideRow)) : table(COLUMNS, moves.map(row));
}

/** A move in one line, for people who know the address and its node. */
export function moveInWords({ from, time, cause, message, withoutOwner }: Omit<AddressMove, 'address'>): string {
  const gap = gapInWords(withoutOwner);
  const last = from === undefined ? 'first election' : `last move ${time} from ${from}, ${cause}: ${message}`;
  return gap === undefined ? last : `${last}; time without an owner: ${gap}`;
}

// --- internal ---

const COLUMNS = ['TIME', 'ADDRESS', 'FROM', 'TO', 'CAUSE', 'WITHOUT-OWNER'];
const MORE = ['SERVICE', 'GROUP', 'BY', 'MESSAGE'];

function row({ time, address, from = '<none>', to, cause, withoutOwner }: AddressMove): string[] {
  return [time, address, from, to, cause, gapInWords(withoutOwner) ?? (from === '<none>' ? '' : 'unknown')];
}

const wideRow = (move: AddressMove): string[] => [
  ...row(move),
  move.service ?? '<none>',
  move.group ?? '<none>',
  move.withoutOwner?.by ?? '',
  move.message,
];
