import { expect, it } from 'vitest';
import { ManagerMetrics } from './metrics.ts';

const QUEUE = '{name="keepalivedgroup",controller="keepalivedgroup"}';

it.each<[string, readonly number[], number, number]>([
  ['nothing', [], 0, 0],
  ['one reconciliation', [2], 2, 2],
  ['several', [2, 30, 0.5], 32.5, 30],
])('of %s that runs, the time is told before it ends', async (_, running, unfinished, longest) => {
  const text = await new ManagerMetrics(() => new Map([['keepalivedgroup', running]])).registry.metrics();
  expect(text).toContain(`workqueue_unfinished_work_seconds${QUEUE} ${unfinished}\n`);
  expect(text).toContain(`workqueue_longest_running_processor_seconds${QUEUE} ${longest}\n`);
});

it('tells how full the pools are, family by family, and nothing of one that is gone', async () => {
  const metrics = new ManagerMetrics();
  const none = { total: 0, used: 0, reserved: 0, free: 0 };
  metrics.pools([{ name: 'lan', ipv4: { total: 10, used: 3, reserved: 1, free: 6 }, ipv6: none }]);
  const lines = async (): Promise<string[]> =>
    (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith('keepalived_operator_pool_addresses{'));
  const states = ['free"} 6', 'reserved"} 1', 'total"} 10', 'used"} 3'];
  expect((await lines()).sort()).toEqual(states.map((end) => `keepalived_operator_pool_addresses{pool="lan",family="IPv4",state="${end}`));
  metrics.pools([]);
  expect(await lines()).toEqual([]);
});
