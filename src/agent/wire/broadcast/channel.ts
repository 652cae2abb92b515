import { constants } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How questions get to the asker, and its answers back. */
export interface Channel {
  /** Hands a line over; false where nobody takes it. */
  send(line: string): Promise<boolean>;
  /** What the asker heard last; null where it never heard anything. */
  answers(): Promise<string | null>;
}

/** The channel through a folder that the asker shares (`image/asker.sh`). */
export function channelIn(folder: string): Channel {
  return {
    send: (line) => sent(join(folder, 'questions'), line).catch(() => false),
    answers: () => readFile(join(folder, 'answers'), 'utf8').catch(() => null),
  };
}

// --- internal ---

/** Never waits: a FIFO that nobody reads can't be opened so, and one that is full takes nothing. */
async function sent(path: string, line: string): Promise<boolean> {
  const fifo = await open(path, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    if (!(await fifo.stat()).isFIFO()) return false;
    const { bytesWritten } = await fifo.write(`${line}\n`);
    return bytesWritten > line.length;
  } finally {
    await fifo.close();
  }
}
