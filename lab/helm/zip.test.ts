import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { fileInZip } from './zip.ts';

const folder = mkdtempSync(join(tmpdir(), 'zip-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a file in a ZIP archive', () => {
  const archive = join(folder, 'a.zip');
  writeFileSync(archive, zip({ 'a/': '', 'a/stored': 'as it is', 'a/deflated': 'x'.repeat(10_000) }, 'a comment'));

  it('is given as it was stored', () => expect(fileInZip(archive, 'a/stored').toString()).toBe('as it is'));
  it('is inflated', () => expect(fileInZip(archive, 'a/deflated').toString()).toBe('x'.repeat(10_000)));
  it('that is not there is named', () => expect(() => fileInZip(archive, 'b')).toThrow('holds no file b'));
  it('is not looked for in what is no archive', () => {
    writeFileSync(join(folder, 'text'), 'no archive');
    expect(() => fileInZip(join(folder, 'text'), 'b')).toThrow('is no ZIP archive');
  });
});

// --- internal ---

/** An archive as APPNOTE.TXT lays it out; names that end in "deflated" are compressed. */
function zip(files: Readonly<Record<string, string>>, comment: string): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const deflated = name.endsWith('deflated');
    const content = deflated ? deflateRawSync(text) : Buffer.from(text);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50);
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50);
    central.writeUInt16LE(deflated ? 8 : 0, 10);
    central.writeUInt32LE(content.length, 20);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(offset, 42);
    locals.push(local, Buffer.from(name), content);
    centrals.push(central, Buffer.from(name));
    offset += 30 + name.length + content.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...locals, directory, end, Buffer.from(comment)]);
}
