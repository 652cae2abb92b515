import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { NO_WIRE } from '../../../observe/wire/look.ts';
import type { WireVerdict } from '../../../observe/wire/verdict.ts';
import { WireMetrics } from './wire-metrics.ts';

it('counts addresses by verdict, each from the start, and none of a group that is gone', async () => {
  const registry = new Registry();
  const metrics = new WireMetrics(registry);
  const lines = async (): Promise<string[]> => (await registry.metrics()).split('\n').filter((line) => line.includes('{'));
  const shown = (verdict?: WireVerdict) => ({ ...(verdict && { shown: verdict }) });
  metrics.looked('web/vips', {
    ...NO_WIRE,
    judged: new Map([
      ['192.0.2.1', shown({ kind: 'Owner', answers: true })],
      ['192.0.2.2', shown({ kind: 'LocalCopies', nodes: ['node2'], interface: 'kube-ipvs0' })],
      ['192.0.2.3', shown({ kind: 'OtherNode', node: 'node2', mac: '', askers: [] })],
      ['192.0.2.4', shown()],
    ]),
  });
  expect(await lines()).toEqual(
    ['owner 1', 'silent 0', 'nobody 0', 'other_node 2', 'stranger 0', 'unknown 1'].map((text) => {
      const [verdict, count] = text.split(' ');
      return `keepalived_operator_wire_vips{group="web/vips",verdict="${verdict}"} ${count}`;
    }),
  );
  metrics.gone('web/vips');
  expect(await lines()).toEqual([]);
});

it('counts virtual routers whose id strangers use, where somebody listens', async () => {
  const registry = new Registry();
  const metrics = new WireMetrics(registry);
  const line = async (): Promise<string | undefined> =>
    (await registry.metrics()).split('\n').find((one) => one.startsWith('keepalived_operator_foreign_virtual_routers{'));
  metrics.looked('web/vips', NO_WIRE);
  expect(await line()).toBeUndefined();
  metrics.looked('web/vips', { ...NO_WIRE, foreign: { ...NO_WIRE.foreign, isListening: true } });
  expect(await line()).toBe('keepalived_operator_foreign_virtual_routers{group="web/vips"} 0');
  const advert = { source: '192.0.2.66', id: 7, version: 2, priority: 1, addresses: [], differs: [], hearers: [], untold: [], since: 0 };
  const adverts = [{ ...advert, router: 'web/web' }, { ...advert, router: 'web/web', source: '192.0.2.67' }, advert];
  metrics.looked('web/vips', { ...NO_WIRE, foreign: { ...NO_WIRE.foreign, isListening: true, adverts } });
  expect(await line()).toBe('keepalived_operator_foreign_virtual_routers{group="web/vips"} 1');
  metrics.gone('web/vips');
  expect(await line()).toBeUndefined();
});
