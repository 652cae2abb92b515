import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { trackFileOf } from '../../localise/localise.ts';
import { pathsIn } from '../paths.ts';
import { Checks } from './checks.ts';

const NAME = 'default/local';
let folder: string;
let logged: string[];
let checks: Checks;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  folder = mkdtempSync(join(tmpdir(), 'checks-'));
  logged = [];
  const note = (_: object, message: string): void => void logged.push(message);
  // Nowhere to ask: once silence has lasted, it is what the track file is to say.
  checks = new Checks({ paths: pathsIn({ runDir: folder }), log: { info: note, warn: note, error: note }, addresses: () => [] });
  await checks.set([{ trackFile: NAME, port: 1 }], new Map([[NAME, 'degrees']]));
  checks.start();
});
afterEach(() => {
  checks.stop();
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

const trackFile = (): string => trackFileOf(pathsIn({ runDir: folder }), NAME);
const rounds = (count: number): void => void vi.advanceTimersByTime(count * 1000);

it('tells of a track file that can not be written for as long as that is so, and logs it once', async () => {
  expect(checks.notWritten).toBeNull();
  rounds(10);
  await vi.waitFor(() => expect(checks.notWritten).toEqual({ file: trackFile(), code: 'ENOENT' }));
  rounds(10);
  mkdirSync(dirname(trackFile()), { recursive: true });
  rounds(1);
  await vi.waitFor(() => expect(checks.notWritten).toBeNull());
  expect(readFileSync(trackFile(), 'utf8')).toBe('5\n');
  expect(logged.filter((message) => message === 'a file could not be written')).toHaveLength(1);
  expect(logged).not.toContain('health check failed');
});
