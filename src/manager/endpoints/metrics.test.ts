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
