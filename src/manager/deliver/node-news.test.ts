import { beforeEach, describe, expect, it } from 'vitest';
import { aGroup, aNode, anInput, aPod, aReport, aService } from '../../../test/builders/object.ts';
import { FakeApi } from '../../../test/fakes/api.ts';
import { FakeClock } from '../../../test/fakes/clock.ts';
import type { NodeReport } from '../../api/node/report.ts';
import { plan } from '../../plan/plan.ts';
import { silentLog } from '../../telemetry/log.ts';
import { ClusterView } from '../cluster/cluster-view.ts';
import { NodeNews } from './node-news.ts';

const KEY = 'web/vips';
const RUNNING = { virtualRouterId: 1, addresses: ['192.0.2.1'] };
const said = (more: Partial<NodeReport> = {}, instance: object = {}): NodeReport => ({
  ...aReport('n1', 'r1', [{ ...RUNNING, ...instance }]),
  ...more,
});

describe('what a node says', () => {
  let view: ClusterView;
  let reports: readonly NodeReport[];
  let news: NodeNews;
  beforeEach(() => {
    const clock = new FakeClock();
    view = new ClusterView({ client: new FakeApi(), clock, log: silentLog });
    const pod = aPod('n1', 'r1');
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'vips', uid: 'u', controller: true }];
    view.pods.set({ ...pod, metadata: { ...pod.metadata, ownerReferences } });
    reports = [said()];
    news = new NodeNews({ view, reportsOf: () => reports, clock });
    news.take(aGroup());
  });
  const planned = () => plan(anInput({ nodes: [aNode('n1')], pods: view.pods.list(), reports, services: [aService('a', ['192.0.2.1'])] }));

  it.each<[string, NodeReport]>([
    ['the same again', said()],
    ['that it is master now', said({}, { state: 'MASTER', held: ['192.0.2.1'] })],
    ['that it is in FAULT', said({}, { state: 'FAULT', priority: 0 })],
    ['that its keepalived ended', said({ daemon: { running: false, reloads: 3 } })],
    ['what it found of endpoints', said({ checks: [{ name: 'web/a', port: 30_001, finding: 'none' }] })],
    ['that its kube-proxy is not healthy', said({ dataPath: 'unhealthy' })],
    ['what is wrong with it', said({ problems: [{ reason: 'AddressMissing', message: 'x' }] })],
    ['since when it runs what it runs', said({ config: { revision: 'r1', since: '2026-01-01T00:00:00Z' } })],
  ])('plans nothing anew: %s', (_, report) => {
    const before = planned();
    reports = [report];
    expect(news.isNew(KEY)).toBe(false);
    expect(planned()).toEqual(before);
  });

  it.each<[string, NodeReport | undefined]>([
    ['that it runs another id', said({}, { virtualRouterId: 2 })],
    ['that it has another address', said({}, { addresses: ['192.0.2.2'] })],
    ['what it routes through', said({ gateways: ['192.0.2.254'] })],
    ['which networks it has', said({ networks: ['192.0.2.11/24'] })],
    ['that a changed password waits', said({ config: { revision: 'r1', since: null, passwordWaitsAfter: 0 } })],
    ['which lines it left out', said({ config: { revision: 'r1', since: null, leftOut: [{ object: 'x', line: 'y', message: 'z' }] } })],
    ['that it does not run what it was told', said({ config: { revision: 'r0', since: null } })],
    ['nothing any more', undefined],
  ])('is looked at by a new plan, once: %s', (_, report) => {
    reports = report === undefined ? [] : [report];
    expect(news.isNew(KEY)).toBe(true);
    news.take(aGroup());
    expect(news.isNew(KEY)).toBe(false);
  });
});
