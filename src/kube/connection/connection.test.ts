import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FakeClock } from '../../../test/fakes/clock.ts';
import { type Connection, connect } from './connection.ts';

const MINUTE = 60_000;
const DECADE = 10 * 365.25 * 24 * 60 * MINUTE;
let folder: string;
let tokenFile: string;
let clock: FakeClock;
let connection: Connection;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  folder = mkdtempSync(join(tmpdir(), 'connection-'));
  tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, 'first\n');
  // As client-node makes it of a pod's service account.
  const config = {
    clusters: [{ name: 'in', cluster: { server: 'https://192.0.2.1' } }],
    users: [{ name: 'in', user: { 'auth-provider': { name: 'tokenFile', config: { tokenFile } } } }],
    contexts: [{ name: 'in', context: { cluster: 'in', user: 'in' } }],
    'current-context': 'in',
  };
  writeFileSync(join(folder, 'kubeconfig'), JSON.stringify(config));
  clock = new FakeClock();
  connection = connect(join(folder, 'kubeconfig'), undefined, clock);
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

const sent = async (): Promise<unknown> => ((await connection.credentials()).headers as Record<string, string>).Authorization;

it.each([-DECADE, -60 * MINUTE, 0, 60 * MINUTE, DECADE])(
  'reads the token again that kubelet renewed, a minute after it read it, when the wall clock jumps by %i ms',
  async (jump) => {
    expect(await sent()).toBe('Bearer first');
    writeFileSync(tokenFile, 'second\n');
    vi.setSystemTime(Date.now() + jump);
    await clock.pass(MINUTE - 1);
    expect(await sent()).toBe('Bearer first');
    await clock.pass(1);
    expect(await sent()).toBe('Bearer second');
  },
);

it('goes on with the token that it has when the file can not be read, and says so when it has none', async () => {
  expect(await sent()).toBe('Bearer first');
  rmSync(tokenFile);
  vi.setSystemTime(Date.now() + 2 * MINUTE);
  await clock.pass(2 * MINUTE);
  expect(await sent()).toBe('Bearer first');
  await expect(connect(join(folder, 'kubeconfig'), undefined, clock).credentials()).rejects.toThrow(/token/);
});
