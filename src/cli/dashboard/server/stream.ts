import type { ServerResponse } from 'node:http';
import type { Feed } from '../live/feed.ts';
import type { Difference } from '../model/difference.ts';
import type { Facts } from '../model/facts.ts';

/** What a page is told first, and again when it could not keep up. */
export interface Snapshot {
  /** Where the objects are from, for people. */
  readonly cluster: string;
  readonly facts: Facts;
}

/** Bytes that may wait for a page that reads slowly; it is told all anew when it has read them. */
const MOST_WAITING = 8 * 1024 * 1024;

/**
 * Tells one page what is there, then what changes, as server-sent events, until it goes away.
 * @returns what ends it, with a word to the page
 */
export function streamTo(response: ServerResponse, feed: Feed, cluster: string): () => void {
  let isBehind = false;
  const send = (event: string, data: unknown): void => void response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  const snapshot = (): void => send('snapshot', { cluster, facts: feed.facts } satisfies Snapshot);
  const unlisten = feed.listen((difference: Difference) => {
    isBehind ||= response.writableLength > MOST_WAITING;
    if (!isBehind) send('change', difference);
  });
  response.on('drain', () => {
    if (!isBehind) return;
    isBehind = false;
    snapshot();
  });
  response.on('close', unlisten);
  response.write('retry: 1000\n\n');
  snapshot();
  return () => {
    unlisten();
    response.end('event: end\ndata: {}\n\n');
  };
}
