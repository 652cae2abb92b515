import { beforeEach, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/clock.ts';
import { SettledTime } from './settled-time.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DECADE = 10 * 365.25 * 24 * HOUR;
let clock: FakeClock;
let time: SettledTime;
let begun: number;
beforeEach(() => {
  clock = new FakeClock();
  time = new SettledTime(clock);
  begun = time.now();
});

it('goes on with the wall clock, also where that is trimmed', async () => {
  await clock.pass(HOUR);
  clock.epoch += MINUTE;
  expect(time.now()).toBe(begun + HOUR + MINUTE);
});

it.each([HOUR, -HOUR, DECADE, -DECADE])('does not follow a wall clock that jumps by %i ms and back', async (jump) => {
  for (let times = 0; times < 3; times += 1) {
    clock.epoch += jump;
    expect(time.now()).toBe(clock.monotonic() + begun);
    await clock.pass(9 * MINUTE);
    expect(time.now()).toBe(clock.monotonic() + begun);
    clock.epoch -= jump;
    expect(time.now()).toBe(clock.monotonic() + begun);
  }
});

it.each([HOUR, -HOUR, DECADE, -DECADE])('follows a wall clock that jumps by %i ms once that has lasted', async (jump) => {
  clock.epoch += jump;
  expect(time.now()).toBe(begun);
  await clock.pass(10 * MINUTE);
  expect(time.now()).toBe(begun + 10 * MINUTE + jump);
});
