import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cacheDir, cached, cachePath, fingerprint, inCache, inWorkFolder, keepNewest } from './cache.ts';

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

describe('a work folder', () => {
  it('is empty, and gone when its work is done', async () => {
    const folder = await inWorkFolder(async (path) => {
      expect(readdirSync(path)).toEqual([]);
      await writing('x')(path);
      return path;
    });
    expect(existsSync(folder)).toBe(false);
  });

  it('is gone when its work fails', async () => {
    const work = inWorkFolder((path) => Promise.reject(new Error(path)));
    const path = await work.catch((error: Error) => error.message);
    expect(path).toContain(cachePath('work'));
    expect(existsSync(path)).toBe(false);
  });
});

describe('the newest of a kind', () => {
  it('stay, the older ones and no other kind go', () => {
    for (const [name, age] of Object.entries({ 'a-1': 30, 'a-2': 20, 'a-3': 10, 'b-1': 40 })) {
      mkdirSync(cachePath(`kind/${name}`), { recursive: true });
      utimesSync(cachePath(`kind/${name}`), 1000 - age, 1000 - age);
    }
    keepNewest('kind/a-', 2);
    expect(remains().sort()).toEqual(['a-2', 'a-3', 'b-1']);
  });
});

describe('a fingerprint', () => {
  it('tells lists apart, also where the joined texts are equal', () => {
    const lists = [['ab', 'c'], ['a', 'bc'], ['abc'], ['abc', '']];
    expect(new Set(lists.map(fingerprint)).size).toBe(lists.length);
    expect(fingerprint(['ab', 'c'])).toBe(fingerprint([Buffer.from('ab'), 'c']));
  });
});
