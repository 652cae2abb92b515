import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { MoveMetrics } from './move-metrics.ts';

const routers = [{ name: 'web/web', addresses: ['192.0.2.1', '192.0.2.2'] }];
const move = { router: 'web/web', to: 'node2', time: '2026-01-01T00:00:00.000Z' };
const lines = async (registry: Registry): Promise<string[]> =>
  (await registry.metrics()).split('\n').filter((line) => /} [1-9]|} 0\./.test(line));

it('counts moves by cause, the time without an owner, and that time for each address; of the first election only that it was', async () => {
  const registry = new Registry();
  const metrics = new MoveMetrics(registry);
  const withoutOwner = { atLeastMilliseconds: 500, atMostMilliseconds: 750, by: 'LastAdvert' } as const;
  metrics.moved('web/vips', routers, []);
  expect(await registry.metrics()).toContain('keepalived_operator_moves_total{group="web/vips",cause="NodeSilent"} 0');
  metrics.moved('web/vips', routers, [
    { ...move, cause: { kind: 'FirstElection' } },
    { ...move, from: 'node1', cause: { kind: 'NodeSilent' }, withoutOwner },
    { ...move, from: 'node1', cause: { kind: 'NodeUnfit', why: 'emptied' } },
  ]);
  const told = await lines(registry);
  expect(told).toEqual(
    expect.arrayContaining([
      'keepalived_operator_failovers_total{group="web/vips"} 2',
      'keepalived_operator_moves_total{group="web/vips",cause="FirstElection"} 1',
      'keepalived_operator_moves_total{group="web/vips",cause="NodeSilent"} 1',
      'keepalived_operator_moves_total{group="web/vips",cause="Drained"} 1',
      'keepalived_operator_unavailable_vip_seconds_total{group="web/vips"} 1.5',
      'keepalived_operator_without_owner_seconds_bucket{le="0.75",group="web/vips"} 1',
      'keepalived_operator_without_owner_seconds_count{group="web/vips"} 1',
    ]),
  );
  expect(told.filter((line) => line.includes('le="0.5"'))).toEqual([]);
  metrics.gone('web/vips');
  expect(await lines(registry)).toEqual([]);
});
