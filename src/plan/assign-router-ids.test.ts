import { describe, expect, it } from 'vitest';
import { aGroup, anInput, aPod, aReport, aService } from '../../test/builders/object.ts';
import type { KeepalivedGroupSpec } from '../api/keepalived-group.ts';
import { plan } from './plan.ts';

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
    ['of another group are not given again (D10)', { others: { 'web/x': 1 }, services: ['a'] }, { 'web/a': 2 }],
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
    ['no longer, once every node has left it', [aReport('node1', 'r')], { 'web/a': 1 }],
  ])('of a Service that is gone are held back %s (D8)', (_, reports, expected) => {
    const group = aGroup({ status: { routerIDs: { 'web/gone': 1 } } });
    expect(plan(anInput({ group, services: [aService('a', ['192.0.2.1'])], pods: [aPod('node1')], reports })).routerIds).toEqual(expected);
  });

  it('that run out leave those who have one alone (D9)', () => {
    const names = Array.from({ length: 256 }, (_, index) => `s${String(index).padStart(3, '0')}`);
    const { routers, problems } = planOf({ services: names });
    expect(routers.map(({ id }) => id)).toEqual(Array.from({ length: 255 }, (_, index) => index + 1));
    expect(problems.map(({ object, reason }) => `${object.name} ${reason}`)).toEqual(['s255 RouterIdsExhausted']);
  });

  it('that are shared or impossible are told to the owner of the group', () => {
    const { problems } = planOf({ saved: { 'web/a': 1 }, others: { 'web/x': 1 }, spec: { blacklistRouterIDs: [300] }, services: ['a'] });
    expect(problems.map(({ object, reason }) => `${object.kind} ${reason}`)).toEqual([
      'KeepalivedGroup InvalidRouterId',
      'KeepalivedGroup RouterIdShared',
    ]);
  });
});
