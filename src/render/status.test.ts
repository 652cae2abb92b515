import { describe, expect, it } from 'vitest';
import { aGroup, anInput, aReport, aService } from '../../test/builders/object.ts';
import type { NodeReport } from '../api/node-report.ts';
import type { PlanInput } from '../plan/input.ts';
import { plan } from '../plan/plan.ts';
import { renderConfig } from './config.ts';
import { renderStatus } from './status.ts';

const NOW = '2026-02-01T00:00:00Z';
const input = anInput({ services: [aService('web', ['192.0.2.200'])] });
const revision = renderConfig(plan(input))?.revision ?? '';
const master = { state: 'MASTER', addresses: ['192.0.2.200'], held: ['192.0.2.200'] } as const;
const all = (first: object = {}): NodeReport[] =>
  ['node1', 'node2', 'node3'].map((node) => aReport(node, revision, [node === 'node1' ? first : {}]));

const statusOf = (reports: readonly NodeReport[], more: Partial<PlanInput> = {}, error?: string) =>
  renderStatus(plan({ ...input, ...more }), { reports, now: NOW, ...(error && { error }) });
const conditionOf = (type: string, ...parameters: Parameters<typeof statusOf>) =>
  statusOf(...parameters).conditions?.find((one) => one.type === type);

describe('the status of a group', () => {
  it('names the node that has the addresses', () => {
    expect(statusOf(all(master)).virtualRouters).toEqual([
      { name: 'web/web', virtualRouterID: 1, addresses: ['192.0.2.200'], node: 'node1' },
    ]);
  });

  it.each<[string, readonly NodeReport[]]>([
    ['nobody is master', all()],
    ['a master lacks an address', all({ ...master, held: [] })],
    ['two are masters', [...all(master).slice(0, 2), aReport('node3', revision, [master])]],
  ])('names no node while %s', (_, reports) => {
    expect(statusOf(reports).virtualRouters?.[0]).not.toHaveProperty('node');
  });

  it.each<[string, readonly NodeReport[], string, string]>([
    ['True when every node runs the revision', all(master), 'True', '3 of 3 nodes'],
    ['False when one is behind', [...all().slice(0, 2), aReport('node3', 'older')], 'False', 'node3 does not run it yet'],
    ['False when one is silent', all().slice(0, 2), 'False', 'node3 does not answer'],
    ['Unknown when all are', [], 'Unknown', '0 of 3 nodes'],
    [
      'False when one has a problem',
      [...all().slice(0, 2), { ...aReport('node3', revision), problems: [{ reason: 'X', message: 'eth0 is gone' }] }],
      'False',
      'node3: eth0 is gone',
    ],
    [
      'False when a daemon does not run',
      [...all().slice(0, 2), { ...aReport('node3', revision), daemon: { running: false, version: null, reloads: 0 } }],
      'False',
      'keepalived does not run',
    ],
  ])('is Available: %s', (_, reports, status, message) => {
    expect(conditionOf('Available', reports)).toMatchObject({ status, message: expect.stringContaining(message) });
  });

  it('counts the nodes that are to run it and those that do', () => {
    expect(statusOf(all().slice(1)).nodes).toEqual({ desired: 3, current: 2 });
  });

  it('never contradicts itself (D26)', () => {
    const good = statusOf(all()).conditions?.map(({ type, status }) => `${type}=${status}`);
    expect(good).toEqual(['ReconcileSuccess=True', 'ReconcileError=False', 'Available=True', 'Accepted=True']);
    const bad = statusOf(all(), {}, 'the API server refused it').conditions?.slice(0, 2);
    expect(bad?.map(({ type, status }) => `${type}=${status}`)).toEqual(['ReconcileSuccess=False', 'ReconcileError=True']);
  });

  it('says what was refused, with the reason of the first', () => {
    const services = [aService('web', ['192.0.2.200']), aService('worse', ['nonsense'])];
    expect(conditionOf('Accepted', all(), { services })).toMatchObject({
      status: 'False',
      reason: 'InvalidAddress',
      message: expect.stringContaining('Service web/worse: "nonsense"'),
    });
  });

  it("changes a condition's time only with its status", () => {
    const before = '2026-01-01T00:00:00Z';
    const conditions = statusOf(all()).conditions?.map((one) => ({ ...one, lastTransitionTime: before })) ?? [];
    const group = aGroup({ status: { conditions } });
    expect(conditionOf('Available', all(), { group })?.lastTransitionTime).toBe(before);
    expect(conditionOf('Available', [], { group })?.lastTransitionTime).toBe(NOW);
  });
});
