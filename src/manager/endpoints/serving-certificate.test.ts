import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/clock.ts';
import { silentLog } from '../../telemetry/log.ts';
import { type KeyPair, selfSigned } from './self-signed.ts';
import { ServingCertificate } from './serving-certificate.ts';

const [first, second] = [selfSigned(['first'], new Date()), selfSigned(['second'], new Date())];
let folder: string;
let clock: FakeClock;
let stop: AbortController;
const write = ({ cert, key }: KeyPair): void => {
  writeFileSync(join(folder, 'tls.crt'), cert);
  writeFileSync(join(folder, 'tls.key'), key);
};
const open = (where: string | undefined): ServingCertificate =>
  new ServingCertificate({ folder: where, names: ['localhost'], clock, log: silentLog });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'certificate-'));
  clock = new FakeClock();
  stop = new AbortController();
});
afterEach(() => {
  stop.abort();
  rmSync(folder, { recursive: true });
});

it('is read from the folder, and again when it was renewed', async () => {
  write(first);
  const certificate = open(folder);
  expect(certificate.current).toEqual(first);
  const renewed: KeyPair[] = [];
  void certificate.follow((pair) => renewed.push(pair), stop.signal);
  await clock.pass(60_000);
  expect(renewed).toEqual([]);
  write(second);
  await clock.pass(60_000);
  expect(renewed).toEqual([second]);
});

it('stays what it was while the folder holds a key that does not belong to it', async () => {
  write(first);
  const certificate = open(folder);
  void certificate.follow(() => {}, stop.signal);
  write({ cert: second.cert, key: first.key });
  await clock.pass(20_000);
  expect(certificate.current).toEqual(first);
  write(second);
  await clock.pass(20_000);
  expect(certificate.current).toEqual(second);
});

it('is our own without a folder, and missing where the folder is empty', () => {
  expect(open(undefined).current.cert).toContain('BEGIN CERTIFICATE');
  expect(() => open(folder)).toThrow(/tls\.crt/);
});

const HOUR = 3_600_000;
const DECADE = 10 * 365.25 * 24 * HOUR;
it.each([HOUR, -HOUR, DECADE, -DECADE])(
  'of our own is valid again ten seconds after the clock jumped by %i ms, and after it was set back',
  async (jump) => {
    const certificate = open(undefined);
    let renewals = 0;
    void certificate.follow(() => {
      renewals += 1;
    }, stop.signal);
    for (const step of [jump, -jump]) {
      clock.epoch += step;
      await clock.pass(10_000);
      const { validFromDate, validToDate } = new X509Certificate(certificate.current.cert);
      // By clocks of clients that are half an hour off.
      expect(validFromDate.getTime()).toBeLessThan(clock.now().getTime() - HOUR / 2 + 10_001);
      expect(validToDate.getTime()).toBeGreaterThan(clock.now().getTime() + HOUR / 2);
    }
    expect(renewals).toBeLessThanOrEqual(2);
    await clock.pass(24 * HOUR);
    expect(renewals).toBeLessThanOrEqual(2);
  },
);

it('of our own is made anew once in ten seconds at most, however often the clock jumps', async () => {
  let renewals = 0;
  void open(undefined).follow(() => {
    renewals += 1;
  }, stop.signal);
  for (let second = 0; second < 60; second += 1) {
    clock.epoch += second % 2 === 0 ? -2 * DECADE : 2 * DECADE;
    await clock.pass(1000);
  }
  expect(renewals).toBeLessThanOrEqual(6);
});
