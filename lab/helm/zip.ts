import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';

/**
 * The content of one file in a ZIP archive (PKWARE APPNOTE.TXT 4.3), stored or deflated, below 4 GiB.
 * @throws Error when the archive holds no such file, or isn't one
 */
export function fileInZip(archive: string, name: string): Buffer {
  const descriptor = openSync(archive, 'r');
  const read = (position: number, length: number): Buffer => {
    const buffer = Buffer.alloc(length);
    readSync(descriptor, buffer, 0, length, position);
    return buffer;
  };
  try {
    const entry = directoryOf(read, statSync(archive).size, archive).find((one) => one.name === name);
    if (entry === undefined) throw new Error(`${archive} holds no file ${name}`);
    const header = read(entry.offset, LOCAL_HEADER);
    const content = read(entry.offset + LOCAL_HEADER + header.readUInt16LE(26) + header.readUInt16LE(28), entry.size);
    if (entry.method === STORED) return content;
    if (entry.method === DEFLATED) return inflateRawSync(content);
    throw new Error(`${name} in ${archive} is compressed by method ${entry.method}; only 0 (stored) and 8 (deflated) are read`);
  } finally {
    closeSync(descriptor);
  }
}

// --- internal ---

type Read = (position: number, length: number) => Buffer;

interface Entry {
  readonly name: string;
  readonly method: number;
  /** Bytes in the archive. */
  readonly size: number;
  /** Where its local header is. */
  readonly offset: number;
}

const LOCAL_HEADER = 30;
const CENTRAL_HEADER = 46;
const END_RECORD = 22;
const END_SIGNATURE = Buffer.from([0x50, 0x4b, 5, 6]);
const MOST_COMMENT = 65_535;
const STORED = 0;
const DEFLATED = 8;

/** Every entry of the central directory, which the record at the archive's end points to. */
function directoryOf(read: Read, size: number, archive: string): Entry[] {
  const tailSize = Math.min(size, END_RECORD + MOST_COMMENT);
  const tail = read(size - tailSize, tailSize);
  const end = tail.lastIndexOf(END_SIGNATURE);
  if (end < 0) throw new Error(`${archive} is no ZIP archive: it has no end record`);
  const directory = read(tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const entries: Entry[] = [];
  for (let at = 0; at + CENTRAL_HEADER <= directory.length; ) {
    const nameLength = directory.readUInt16LE(at + 28);
    entries.push({
      name: directory.toString('utf8', at + CENTRAL_HEADER, at + CENTRAL_HEADER + nameLength),
      method: directory.readUInt16LE(at + 10),
      size: directory.readUInt32LE(at + 20),
      offset: directory.readUInt32LE(at + 42),
    });
    at += CENTRAL_HEADER + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}
