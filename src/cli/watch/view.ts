import { gapInWords } from '../../observe/journal/move.ts';
import type { MoveNews, News } from './news.ts';

export const WATCH_FORMATS = ['text', 'json'] as const;
export type WatchFormat = (typeof WATCH_FORMATS)[number];

/** One line, with its end. */
export const newsLine = (news: News, format: WatchFormat): string =>
  format === 'json' ? `${JSON.stringify(news)}\n` : `${news.time}  ${inWords(news)}\n`;

// --- internal ---

function inWords(news: News): string {
  if (news.kind === 'Move') return moveInWords(news);
  if (news.kind === 'Condition') return `${news.object} ${news.type} ${news.status}: ${news.reason}: ${news.message}`;
  if (news.kind === 'State')
    return `${news.address} ${news.from ?? '<none>'} -> ${news.to}${news.node === undefined ? '' : ` on ${news.node}`}`;
  return `${news.object} is ${news.kind === 'Added' ? 'there' : 'gone'}`;
}

function moveInWords({ address, from = '<none>', to, cause, message, withoutOwner }: MoveNews): string {
  const gap = gapInWords(withoutOwner);
  return `${address} ${from} -> ${to} ${cause}: ${message}${gap === undefined ? '' : `; time without an owner: ${gap}`}`;
}
