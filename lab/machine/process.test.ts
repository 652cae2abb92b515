import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { childOf, identify, isAlive, kill, startDetached, until } from './process.ts';

const log = (): string => join(mkdtempSync(join(tmpdir(), 'process-')), 'log');

describe('a detached process', () => {
  it('is alive until it is killed', async () => {
    const id = startDetached(['sleep', '60'], log());
    expect(isAlive(id)).toBe(true);
    await kill(id);
    expect(isAlive(id)).toBe(false);
  });

  it('writes both streams to its log', async () => {
    const file = log();
    const id = startDetached(['sh', '-c', 'echo out; echo err >&2'], file);
    await until('it ends', () => !isAlive(id), 5000);
    expect(readFileSync(file, 'utf8')).toBe('out\nerr\n');
  });

  it('is not mistaken for another one that got its process id', () => {
    const own = identify(process.pid);
    expect(isAlive(own)).toBe(true);
    expect(isAlive({ ...own, since: own.since + 1 })).toBe(false);
  });

  it('survives being killed twice', async () => {
    const id = startDetached(['sleep', '60'], log());
    await kill(id);
    await expect(kill(id)).resolves.toBeUndefined();
  });

  it('has no identity when it was never there', () => {
    expect(() => identify(-1)).toThrow('process -1 ended at once');
  });
});

describe('childOf', () => {
  it('finds the child of a process, or nothing', async () => {
    const child = spawn('sleep', ['60']);
    expect(childOf(identify(child.pid ?? 0))).toBeUndefined();
    expect(childOf(identify(process.pid))).toBeDefined();
    await kill(identify(child.pid ?? 0));
  });
});

describe('until', () => {
  it('names what was awaited when the time is over', async () => {
    await expect(until('the impossible', () => false, 30)).rejects.toThrow('not within 0.03 s: the impossible');
  });

  it('names the log that tells why, where there is one', async () => {
    await expect(until('etcd answers', () => false, 30, '/logs/etcd.log')).rejects.toThrow('etcd answers; its log: /logs/etcd.log');
  });
});
