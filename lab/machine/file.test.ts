import { mkdtempSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeOnce } from './file.ts';

const path = (): string => join(mkdtempSync(join(tmpdir(), 'file-')), 'a/b');

describe('writeOnce', () => {
  it('writes a file that only its owner may read, folders too', () => {
    const file = path();
    writeOnce(file, 'one');
    expect(readFileSync(file, 'utf8')).toBe('one');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('leaves a file alone that says so already, and replaces one that does not', () => {
    const file = path();
    writeOnce(file, 'one');
    utimesSync(file, 1, 1);
    writeOnce(file, 'one');
    expect(statSync(file).mtimeMs).toBe(1000);
    writeOnce(file, 'two');
    expect(readFileSync(file, 'utf8')).toBe('two');
  });
});
