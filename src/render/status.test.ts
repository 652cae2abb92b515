import { describe, expect, it } from 'vitest';
import { aGroup, aNode, anInput, aReport, aService } from '../../test/builders/object.ts';
import { ownersBy } from '../../test/builders/word.ts';
import { MOST_NODE_STATES } from '../api/group/keepalived-group.ts';
import { GROUP_STATUS } from '../api/group/status-schema.ts';
import type { NodeReport } from '../api/node/report.ts';
import type { Schema } from '../api/schema.ts';
import type { PlanInput } from '../plan/input.ts';
import { plan } from '../plan/plan.ts';
import { renderConfig } from './config.ts';
import { renderStatus } from './status.ts';

const VIP = '192.0.2.200';
const NOW = '2026-02-01T00:00:00Z';
const input = anInput({ services: [aService('web', [VIP])] });
const revision = renderConfig(plan(input))?.revision ?? '';
const master = { state: 'MASTER', addresses: [VIP], held: [VIP] } as const;
const all = (first: object = {}): NodeReport[] =>
  ['node1', 'node2', 'node3'].map((node) => aReport(node, revision, [node === 'node1' ? first : {}]));

const statusOf = (reports: readonly NodeReport[], more: Partial<PlanInput> = {}, error?: string) => {
  const decided = plan({ ...input, ...more });
  return renderStatus(decided, { reports, owners: ownersBy(decided, reports), now: NOW, ...(error && { error }) });
};
const conditionOf = (type: string, ...parameters: Parameters<typeof statusOf>) =>
  statusOf(...parameters).conditions?.find((one) => one.type === type);

describe('the status of a group', () => {
  it('names the planned and the observed owner of each virtual router', () => {
    const [planned] = plan(input).routers[0]?.ranks ?? [];
    expect(statusOf(all(master)).virtualRouters).toEqual([
      { name: 'web/web', virtualRouterID: 1, addressCount: 1, addresses: [VIP], plannedNode: planned, node: 'node1', state: 'Owned' },
    ]);
  });

  it.each<[string, readonly NodeReport[], string, object]>([
    ['nobody is master', all(), 'NoOwner', { status: 'False', message: '0 of 1 virtual routers have one owner; web/web is on no node' }],
    ['a master lacks an address', all({ ...master, held: [] }), 'Incomplete', { status: 'False', message: expect.stringContaining(VIP) }],
    [
      'two are masters',
      [...all(master).slice(0, 2), aReport('node3', revision, [master])],
      'SeveralOwners',
      { status: 'False', message: expect.stringContaining('web/web is on node1 and node3 at the same time') },
    ],
    ['a node is silent and no other is master', all().slice(1), 'Unknown', { status: 'Unknown' }],
  ])('is not AddressesOwned while %s', (_, reports, state, condition) => {
    expect(statusOf(reports).virtualRouters?.[0]).toMatchObject({ state });
    expect(conditionOf('AddressesOwned', reports)).toMatchObject({ reason: state, ...condition });
    expect(conditionOf('Ready', reports)?.status).not.toBe('True');
  });

  it('counts addresses, and says in words which node has how many', () => {
    expect(statusOf(all(master))).toMatchObject({ virtualIPs: { planned: 1, observed: 1 }, owners: 'node1: 1' });
    expect(statusOf(all())).toMatchObject({ virtualIPs: { planned: 1, observed: 0 }, owners: '' });
  });

  it('tells what each node runs, and since when', () => {
    const since = '2026-01-15T00:00:00Z';
    const [first] = all();
    const reports = first ? [{ ...first, config: { revision, since } }] : [];
    expect(statusOf(reports).nodeStates).toEqual([{ name: 'node1', revision, since }, { name: 'node2' }, { name: 'node3' }]);
  });

  it('stays small with 5,000 addresses on 400 nodes', () => {
    const nodes = Array.from({ length: 400 }, (_, at) => aNode(`node${at}.rack${at}.example.org`));
    const services = Array.from({ length: 200 }, (_, at) =>
      aService(
        `service-${at}`,
        Array.from({ length: 25 }, (__, last) => `10.${at}.0.${last + 1}`),
      ),
    );
    const reports = nodes.slice(0, 300).map(({ metadata }) => aReport(metadata.name, 'older'));
    const status = statusOf(reports, { nodes, services });
    expect(status.virtualIPs?.planned).toBe(5000);
    expect(JSON.stringify(status).length).toBeLessThan(300_000);
    expect(status.nodeStates).toHaveLength(MOST_NODE_STATES);
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
      '2 of 3 nodes run the configuration; node3: eth0 is gone',
    ],
    [
      'False when one can not write, in its own words where they name it',
      [...all().slice(0, 2), { ...aReport('node3', revision), problems: [{ reason: 'NotWritten', message: 'node node3 has no room' }] }],
      'False',
      '2 of 3 nodes run the configuration; node node3 has no room',
    ],
    [
      'False when a daemon does not run',
      [...all().slice(0, 2), { ...aReport('node3', revision), daemon: { running: false, reloads: 0 } }],
      'False',
      'keepalived does not run',
    ],
  ])('is UpToDate: %s', (_, reports, status, message) => {
    expect(conditionOf('UpToDate', reports)).toMatchObject({ status, message: expect.stringContaining(message) });
  });

  it.each<[string, readonly NodeReport[], string, string]>([
    ['True while a node is silent and another has the address', all(master).slice(0, 2), 'True', '1 of 1 addresses are served'],
    [
      'True while two nodes have it, which AddressesOwned is for',
      [...all(master).slice(0, 2), aReport('node3', revision, [master])],
      'True',
      '1 of 1',
    ],
    ['False while no node has it', all(), 'False', '0 of 1 addresses are served; see condition AddressesOwned'],
    ['False while the node that has it lacks it', all({ ...master, held: [] }), 'False', '0 of 1'],
    ['Unknown while a silent node may have it', all().slice(1), 'Unknown', '0 of 1'],
    ['Unknown while no node answers', [], 'Unknown', 'node1 does not answer; node2 does not answer; node3 does not answer'],
  ])('is Available: %s', (_, reports, status, message) => {
    expect(conditionOf('Available', reports)).toMatchObject({ status, message: expect.stringContaining(message) });
  });

  it('says why a node has no pod instead of that it does not answer', () => {
    const decided = plan(input);
    const missing = new Map([['node3', 'has no pod: exceeded quota']]);
    const reports = all(master).slice(0, 2);
    const { conditions } = renderStatus(decided, { reports, owners: ownersBy(decided, reports), missing, now: NOW });
    expect(conditions?.find(({ type }) => type === 'UpToDate')).toMatchObject({
      status: 'False',
      message: '2 of 3 nodes run the configuration; node3 has no pod: exceeded quota',
    });
  });

  it('counts the nodes that are to run it and those that do', () => {
    expect(statusOf(all().slice(1)).nodes).toEqual({ desired: 3, current: 2 });
  });

  it('never contradicts itself', () => {
    const good = statusOf(all(master)).conditions?.map(({ type, status }) => `${type}=${status}`);
    expect(good).toEqual([
      ...['Ready=True', 'ReconcileSuccess=True', 'Available=True', 'AddressesOwned=True', 'UpToDate=True', 'ReconcileError=False'],
      'Accepted=True',
    ]);
    const bad = statusOf(all(master), {}, 'the API server refused it').conditions?.map(({ type, status }) => `${type}=${status}`);
    expect(bad).toEqual(expect.arrayContaining(['Ready=False', 'ReconcileSuccess=False', 'ReconcileError=True', 'Available=True']));
  });

  it('is Ready although a Service was refused, for which Accepted is there', () => {
    const services = [aService('web', [VIP]), aService('worse', ['nonsense'])];
    expect(conditionOf('Ready', all(master), { services })?.status).toBe('True');
    expect(conditionOf('Ready', all().slice(0, 2))).toMatchObject({ status: 'Unknown', message: expect.stringContaining('0 of 1') });
  });

  it('is Accepted with hints, and says them', () => {
    const services = [aService('web', [VIP], { spec: { externalTrafficPolicy: 'Local' } })];
    expect(conditionOf('Accepted', all(), { services })).toMatchObject({
      status: 'True',
      reason: 'AcceptedWithHints',
      message: expect.stringMatching(/^everything that was asked for is carried; 1 hint: Service web\/web: externalTrafficPolicy is Local/),
    });
  });

  it('counts what is not accepted by severity, and names the worst first', () => {
    const services = [
      aService('a', [VIP], { spec: { externalTrafficPolicy: 'Local' }, annotations: { verbatim: '{"include": "x"}' } }),
      aService('worse', ['nonsense']),
    ];
    expect(conditionOf('Accepted', all(), { services })).toMatchObject({
      status: 'False',
      reason: 'InvalidAddress',
      message: expect.stringMatching(
        /^1 lost, 1 refused, 1 hint: Service web\/worse: .*; Service web\/a: "include x".*; Service web\/a: externalTraffic/,
      ),
    });
  });

  it('is Ready although a node is silent, for which UpToDate is there', () => {
    const reports = all(master).slice(0, 2);
    expect(conditionOf('Ready', reports)?.status).toBe('True');
    expect(conditionOf('UpToDate', reports)?.status).toBe('False');
  });

  it('says what was refused, with the reason of the first', () => {
    const services = [aService('web', [VIP]), aService('worse', ['nonsense'])];
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

  it('has no field that the definition lacks: the API server would drop it, and it would be written again and again', () => {
    const since = '2026-01-15T00:00:00Z';
    const reports = all(master).map((report) => ({ ...report, config: { revision, since } }));
    expect(unknownFields(statusOf(reports), GROUP_STATUS)).toEqual([]);
  });
});

/** Paths of what a value has and its schema doesn't name. */
function unknownFields(value: unknown, schema: Schema | undefined, path = 'status'): string[] {
  if (schema === undefined) return [path];
  if (Array.isArray(value)) return value.flatMap((item) => unknownFields(item, schema.items, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) =>
    field === undefined ? [] : unknownFields(field, schema.properties?.[name] ?? schema.additionalProperties, `${path}.${name}`),
  );
}
