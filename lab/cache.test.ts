import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cacheDir, cached, cachePath, fingerprint, inCache } from './cache.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cache-test-'));
  vi.stubEnv('XDG_CACHE_HOME', root);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

const writing = (text: string) => async (folder: string) => writeFileSync(join(folder, 'file'), text);
const remains = (): string[] => readdirSync(join(cacheDir(), 'kind'));

describe('the cache', () => {
  it('lies in XDG_CACHE_HOME, else in ~/.cache', () => {
    expect(cacheDir()).toBe(join(root, 'keepalived-operator'));
    vi.stubEnv('XDG_CACHE_HOME', '');
    vi.stubEnv('HOME', '/home/ada');
    expect(cacheDir()).toBe('/home/ada/.cache/keepalived-operator');
  });

  it('makes what it lacks and keeps it', async () => {
    expect(inCache('kind/1.0')).toBeUndefined();
    const folder = await cached('kind/1.0', writing('first'));
    expect(folder).toBe(cachePath('kind/1.0'));
    expect(inCache('kind/1.0')).toBe(folder);
    await cached('kind/1.0', writing('second'));
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('first');
    expect(remains()).toEqual(['1.0']);
  });

  it('holds nothing of what failed half-way', async () => {
    const failing = cached('kind/1.0', async (folder) => {
      await writing('half')(folder);
      throw new Error('no space');
    });
    await expect(failing).rejects.toThrow('no space');
    expect(inCache('kind/1.0')).toBeUndefined();
    expect(remains()).toEqual([]);
  });

  it('sweeps away what a killed process left, and nothing of a living one', async () => {
    const [dead, living] = ['.partial-4194999-1.0-abcdef', `.partial-${process.pid}-1.0-abcdef`];
    for (const name of [dead, living]) mkdirSync(join(cacheDir(), 'kind', name), { recursive: true });
    await cached('kind/2.0', writing('x'));
    expect(remains().sort()).toEqual([living, '2.0'].sort());
  });

  it('keeps the work of the faster of two', async () => {
    const slow = cached('kind/1.0', async (folder) => {
      await cached('kind/1.0', writing('fast'));
      await writing('slow')(folder);
    });
    expect(readFileSync(join(await slow, 'file'), 'utf8')).toBe('fast');
    expect(existsSync(cachePath('kind/1.0'))).toBe(true);
    expect(remains()).toEqual(['1.0']);
  });
});

describe('a fingerprint', () => {
  it('tells lists apart, also where the joined texts are equal', () => {
    const lists = [['ab', 'c'], ['a', 'bc'], ['abc'], ['abc', '']];
    expect(new Set(lists.map(fingerprint)).size).toBe(lists.length);
    expect(fingerprint(['ab', 'c'])).toBe(fingerprint([Buffer.from('ab'), 'c']));
  });
});
