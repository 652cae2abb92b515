import { expect, it } from 'vitest';
import { FakeClock } from '../../test/fakes/clock.ts';
import { Budget } from './budget.ts';

it('lets the first through at once, and in no second more than it may, in their order', async () => {
  const clock = new FakeClock();
  const budget = new Budget(5, clock);
  const gone: { readonly index: number; readonly at: number }[] = [];
  for (let index = 0; index < 23; index += 1) void budget.take().then(() => gone.push({ index, at: clock.monotonic() }));
  await clock.pass(0);
  expect(gone).toHaveLength(5);
  await clock.pass(10_000);
  expect(gone.map(({ index }) => index)).toEqual(Array.from({ length: 23 }, (_, index) => index));
  for (const { at } of gone) expect(gone.filter((other) => other.at > at - 1000 && other.at <= at).length).toBeLessThanOrEqual(5);
  expect(gone.at(-1)?.at).toBe(4000);
});
