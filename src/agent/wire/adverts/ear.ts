import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Family } from '../../../net/address.ts';
import { type Advert, advertsIn } from './advert.ts';

/** What a look at a file came to. */
export interface Earful {
  readonly adverts: readonly Advert[];
  /** Whether no more is written into it, because it is as large as it may be. */
  readonly isFull: boolean;
  /** Why nothing can be heard, in the words of the program; absent where all is well. */
  readonly trouble?: string;
}

/** What the asker hears of one family: a file that grows, and that is made anew now and then (`image/asker.sh`). */
export class Ear {
  readonly #path: string;
  /** How it begins, which is with a time and a process: another one is another file. */
  #head = '';
  #read = 0;
  #rest = '';
  #trouble: string | undefined;

  constructor(folder: string, family: Family) {
    this.#path = join(folder, `adverts.${FAMILY_DIGIT[family]}`);
  }

  /** What came since the last look; null where there is no file. */
  async listen(): Promise<Earful | null> {
    const file = await open(this.#path, 'r').catch(() => null);
    if (file === null) return null;
    try {
      const { size } = await file.stat();
      const head = await textOf(file, 0, HEAD);
      if (!head.startsWith(this.#head) || size < this.#read) this.#restart();
      this.#head = head;
      const news = await textOf(file, this.#read, Math.min(size - this.#read, LARGEST));
      this.#read += news.length;
      const text = this.#rest + news;
      const { adverts, rest } = advertsIn(text);
      this.#rest = rest;
      this.#trouble ??= text.split('\n').find((line) => TROUBLE.test(line));
      return { adverts, isFull: size >= LARGEST, ...(this.#trouble !== undefined && { trouble: this.#trouble }) };
    } finally {
      await file.close();
    }
  }

  // --- internal ---

  #restart(): void {
    this.#read = 0;
    this.#rest = '';
    this.#trouble = undefined;
  }
}

/** As the asker takes it. */
export const FAMILY_DIGIT: Readonly<Record<Family, string>> = { IPv4: '4', IPv6: '6' };

// --- internal ---

/** Bytes, some 4,000 adverts; the asker's limit is `ulimit -f 2048`. */
const LARGEST = 2048 * 512;
const HEAD = 80;
const TROUBLE = /not permitted|not found|denied|socat\d?\[\d+\] E /i;

/** Of a file in which each byte is a character. */
async function textOf(file: FileHandle, at: number, length: number): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  return buffer.toString('latin1', 0, bytesRead);
}
