import { describe, expect, it } from 'vitest';
import { aGroup, anInput, aPod, aReport, aService } from '../../../test/builders/object.ts';
import type { KeepalivedGroup, KeepalivedGroupSpec } from '../../api/group/keepalived-group.ts';
import type { NodeReport } from '../../api/node/report.ts';
import { plan } from '../plan.ts';

interface Case {
  readonly saved?: Readonly<Record<string, number>>;
  readonly spec?: KeepalivedGroupSpec;
  readonly others?: Readonly<Record<string, number>>;
  readonly services: readonly string[];
}

function planOf({ saved, spec, others, services }: Case) {
  return plan(
    anInput({
      group: aGroup({ ...(spec && { spec }), ...(saved && { status: { routerIDs: saved } }) }),
      otherGroups: others ? [aGroup({ name: 'other', status: { routerIDs: others } })] : [],
      services: services.map((name, index) => aService(name, [`198.51.${index >> 8}.${index & 255}`])),
    }),
  );
}

describe('router ids', () => {
  it.each<[string, Case, Readonly<Record<string, number>>]>([
    ['are the lowest that are free', { services: ['a', 'b'] }, { 'web/a': 1, 'web/b': 2 }],
    ['that were saved are kept', { saved: { 'web/b': 7 }, services: ['a', 'b'] }, { 'web/a': 1, 'web/b': 7 }],
    ['that are blacklisted are replaced', { saved: { 'web/a': 1 }, spec: { blacklistRouterIDs: [1, 2] }, services: ['a'] }, { 'web/a': 3 }],
    ['of another group are not given again', { others: { 'web/x': 1 }, services: ['a'] }, { 'web/a': 2 }],
    [
      'that another group has too are kept: nothing moves at a take-over',
      { saved: { 'web/a': 1 }, others: { 'web/x': 1 }, services: ['a'] },
      { 'web/a': 1 },
    ],
    ['out of range are replaced', { saved: { 'web/a': 0, 'web/b': 256 }, services: ['a', 'b'] }, { 'web/a': 1, 'web/b': 2 }],
    ['that are saved twice stay with one', { saved: { 'web/a': 4, 'web/b': 4 }, services: ['a', 'b'] }, { 'web/a': 4, 'web/b': 1 }],
    ['of a Service that is gone are given up', { saved: { 'web/gone': 1 }, services: ['a'] }, { 'web/a': 1 }],
  ])('%s', (_, given, expected) => {
    expect(planOf(given).routerIds).toEqual(expected);
  });

  it.each([
    ['while a node runs it', [aReport('node1', 'r', [{ virtualRouterId: 1 }])], { 'web/a': 2, 'web/gone': 1 }],
    ['while a node does not answer', [], { 'web/a': 2, 'web/gone': 1 }],
    ['while a node has yet to take up what it was told', [aReport('node1', 'older')], { 'web/a': 2, 'web/gone': 1 }],
    ['no longer, once every node has left it', [aReport('node1', 'r')], { 'web/a': 1 }],
  ])('of a Service that is gone are held back %s', (_, reports, expected) => {
    const group = aGroup({ status: { routerIDs: { 'web/gone': 1 } } });
    expect(plan(anInput({ group, services: [aService('a', ['192.0.2.1'])], pods: [aPod('node1', 'r')], reports })).routerIds).toEqual(
      expected,
    );
  });

  it('of a Service that is gone are not held back by a pod that waits for a node', () => {
    const group = aGroup({ status: { routerIDs: { 'web/gone': 1 } } });
    const waiting = { ...aPod('node2'), spec: {} };
    const input = anInput({
      group,
      services: [aService('a', ['192.0.2.1'])],
      pods: [aPod('node1'), waiting],
      reports: [aReport('node1', 'r')],
    });
    expect(plan(input).routerIds).toEqual({ 'web/a': 1 });
  });

  it.each<[string, KeepalivedGroupSpec | undefined, KeepalivedGroupSpec, number]>([
    ['are taken to be on one segment when one group names none', { segment: 'dmz' }, {}, 2],
    ['are apart on segments of two names', { segment: 'dmz' }, { segment: 'lan' }, 1],
    ['are not apart on segments of one name', { segment: 'dmz' }, { segment: 'dmz' }, 2],
    ['are not apart when a name is empty', { segment: 'dmz' }, { segment: '' }, 2],
  ])('%s', (_, spec, otherSpec, id) => {
    const other = aGroup({ name: 'other', spec: otherSpec, status: { routerIDs: { 'web/x': 1 } } });
    const input = anInput({ group: aGroup({ ...(spec && { spec }) }), otherGroups: [other], services: [aService('a', ['192.0.2.1'])] });
    expect(plan(input).routerIds).toEqual({ 'web/a': id });
  });

  it('that something else uses are not given, but kept where they run, and told', () => {
    const settings = { agentImage: 'operator:1', reservedRouterIds: [{ id: 1, user: 'the API of the cluster' }] };
    const services = [aService('a', ['192.0.2.1'])];
    expect(plan(anInput({ settings, services }))).toMatchObject({ routerIds: { 'web/a': 2 }, problems: [] });
    const group = aGroup({ status: { routerIDs: { 'web/a': 1 } } });
    expect(plan(anInput({ settings, services, group }))).toMatchObject({
      routerIds: { 'web/a': 1 },
      problems: [{ reason: 'RouterIdReserved', message: expect.stringContaining('the API of the cluster') }],
    });
  });

  it('are all in what is to be saved before they are used', () => {
    const { routers, routerIds } = planOf({ saved: { 'web/b': 7 }, services: ['a', 'b', 'c'] });
    for (const { name, id } of routers) expect(routerIds[name]).toBe(id);
    expect(routers).toHaveLength(3);
  });

  it('are there without any pod or node, and never 0', () => {
    const services = [aService('a', ['192.0.2.1', '192.0.2.2'], { annotations: { spread: 'true' } })];
    expect(plan(anInput({ services, nodes: [], pods: [] })).routers.map(({ name, id }) => [name, id])).toEqual([
      ['web/a/192.0.2.1', 1],
      ['web/a/192.0.2.2', 2],
    ]);
  });

  it('that are shared or impossible are told to the owner of the group', () => {
    const { problems } = planOf({ saved: { 'web/a': 1 }, others: { 'web/x': 1 }, spec: { blacklistRouterIDs: [300] }, services: ['a'] });
    expect(problems.map(({ object, reason }) => `${object.kind} ${reason}`)).toEqual([
      'KeepalivedGroup InvalidRouterId',
      'KeepalivedGroup RouterIdShared',
    ]);
  });
});

describe('an id that is blacklisted while nodes run it', () => {
  const group = aGroup({ spec: { blacklistRouterIDs: [7] }, status: { routerIDs: { 'web/a': 7 } } });
  const planned = (...reports: readonly NodeReport[]) =>
    plan(anInput({ group, pods: [aPod('node1', 'r2'), aPod('node2', 'r2')], reports, services: [aService('a', ['192.0.2.1'])] })).routerIds;
  const [one, two] = [aReport('node1', 'r2'), aReport('node2', 'r2')];

  it('stays saved, so that no other group is given it', () => {
    const running = aReport('node2', 'r2', [{ virtualRouterId: 7 }]);
    expect(planned(one)).toEqual({ 'web/a': 1, 'blacklisted:7': 7 });
    expect(planned(one, running)).toEqual({ 'web/a': 1, 'blacklisted:7': 7 });
    const saved = aGroup({ spec: group.spec ?? {}, status: { routerIDs: { 'web/a': 1, 'blacklisted:7': 7 } } });
    expect(plan(anInput({ group: saved, pods: [aPod('node1', 'r2')], services: [aService('a', ['192.0.2.1'])] })).routerIds).toEqual({
      'web/a': 1,
      'blacklisted:7': 7,
    });
  });

  it('is free for other groups once no node runs it', () => {
    expect(planned(one, two)).not.toHaveProperty('blacklisted:7');
  });
});

describe('a group that was deleted and still has pods', () => {
  const formerGroups = [aGroup({ name: 'former', status: { routerIDs: { 'web/x': 1 }, holders: { '192.0.2.1': 'web/x' } } })];

  it('keeps its ids and addresses from others', () => {
    const { routerIds, problems } = plan(anInput({ formerGroups, services: [aService('a', ['192.0.2.1']), aService('b', ['192.0.2.2'])] }));
    expect(routerIds).toEqual({ 'web/b': 2 });
    expect(problems.map(({ object, reason }) => `${object.name} ${reason}`)).toEqual(['a AddressLingers']);
  });
});

it('ten small groups of one network that share ids begin with as many carriers each', () => {
  const fences = { routersPerNamespace: 0 };
  const groups = Array.from({ length: 10 }, (_, at) => aGroup({ name: `g${at}`, spec: { fences } }));
  const counts: number[] = [];
  const saved: KeepalivedGroup[] = [];
  for (const [at, group] of groups.entries()) {
    const otherGroups = [...saved, ...groups.slice(at + 1)];
    const { routerIds, routers } = plan(anInput({ group, otherGroups, services: [aService('a', ['192.0.2.1'])] }));
    expect(routers).toHaveLength(1);
    counts.push(Object.keys(routerIds).length);
    saved.push({ ...group, status: { routerIDs: routerIds } });
  }
  expect(Math.max(...counts)).toBe(12);
  expect(Math.min(...counts)).toBe(12);
});
