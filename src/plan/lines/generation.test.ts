import { describe, expect, it } from 'vitest';
import { aGroup, aNode, anInput, aService } from '../../../test/builders/object.ts';
import type { KeepalivedGroupSpec, KeepalivedGroupStatus } from '../../api/group/keepalived-group.ts';
import { DATA_PATH_WEIGHT } from '../../localise/drain.ts';
import { confOf } from '../../render/config.ts';
import { orderOf } from '../placement/placement.ts';
import { plan } from '../plan.ts';
import { type Defaults, defaultsOf, GENERATIONS, gainOf, generationOf } from './generation.ts';
import { vrrpSettings } from './vrrp-settings.ts';

const [FIRST, SECOND] = GENERATIONS as readonly [Defaults, Defaults];
const TWO = [FIRST, SECOND];
const { priorityStep: _step, ...LIKE_SECOND } = SECOND;
const password = { passwordAuth: { secretRef: { name: 'vrrp' } } };
const condition = { type: 'Ready', status: 'True', reason: 'x', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' } as const;

describe('the generation of defaults of a group', () => {
  it.each<[string, KeepalivedGroupSpec, KeepalivedGroupStatus | undefined, boolean, number]>([
    ['that is new is the newest', {}, undefined, false, 2],
    ['of which only ids were saved is the newest', {}, { routerIDs: { 'web/web': 1 } }, false, 2],
    ['that has a password is the first', password, undefined, false, 1],
    ['that has objects, as one of the Go operator has, is the first', {}, undefined, true, 1],
    ['whose status is of an older version is the first', {}, { conditions: [condition] }, false, 1],
    ['that was saved stays', {}, { defaultsGeneration: 1 }, false, 1],
    ['that was saved stays over a password', password, { defaultsGeneration: 2 }, true, 2],
    ['that a later version saved stays', {}, { defaultsGeneration: 7 }, true, 7],
  ])('%s', (_, spec, status, hasObjects, expected) => {
    expect(generationOf({ group: aGroup({ spec, ...(status && { status }) }), hasObjects }, TWO)).toBe(expected);
  });

  it.each<[string, KeepalivedGroupSpec, number, Partial<Defaults>]>([
    ['are those of the generation', {}, 2, LIKE_SECOND],
    ['are the newest where the generation is not known', {}, 7, LIKE_SECOND],
    ['of the first stay what they were', {}, 1, { version: 2, advertInterval: 1000, downTimerAdverts: 3 }],
    ['are those of version 2 with a password', password, 2, { version: 2, advertInterval: 1000, downTimerAdverts: 3 }],
    ['are those of version 2 where that is asked for', { vrrp: { version: 2 } }, 2, { version: 2, advertInterval: 1000 }],
    ['are those of version 2 for its verbatim line', { verbatimConfig: { vrrp_version: '2' } }, 2, { version: 2, advertInterval: 1000 }],
    [
      'have three adverts with an interval of its own',
      { vrrp: { advertIntervalMilliseconds: 250 } },
      2,
      { version: 3, advertInterval: 250, downTimerAdverts: 3 },
    ],
    ['have the number that is asked for', { vrrp: { downTimerAdverts: 5 } }, 2, { version: 3, advertInterval: 100, downTimerAdverts: 5 }],
  ])('%s', (_, spec, generation, expected) => {
    const group = aGroup({ spec });
    const { settings, problems } = vrrpSettings(group, defaultsOf(group, generation, TWO));
    expect(problems).toEqual([]);
    expect({ downTimerAdverts: 3, ...settings }).toMatchObject(expected);
  });

  it('is never another than it was', () =>
    expect(TWO).toEqual([
      { version: 2, advertInterval: 1000, downTimerAdverts: 3, priorityStep: 1 },
      { version: 3, advertInterval: 100, downTimerAdverts: 8, priorityStep: 6 },
    ]));

  it('is in the plan, for the status', () => expect(plan(anInput()).defaultsGeneration).toBe(GENERATIONS.length));

  it('writes the number of adverts only where it is another than keepalived’s own', () => {
    const linesWith = (spec: KeepalivedGroupSpec): string =>
      JSON.stringify(confOf(plan(anInput({ group: aGroup({ spec }), services: [aService('web', ['192.0.2.1'])] }))));
    expect(linesWith({ vrrp: { version: 2 } })).not.toContain('down_timer_adverts');
    expect(linesWith({})).toContain('"keyword":"vrrp_down_timer_adverts","words":["8"]');
  });
});

it.each(GENERATIONS.map(({ priorityStep }) => priorityStep))(
  'a node whose kube-proxy is not healthy comes after every other, where neighbours in the order differ by %i',
  (step) => {
    const { priorities, others } = orderOf('web/web', { nodes: Array.from({ length: 9 }, (_, index) => aNode(`node${index}`)), step });
    const [highest = 0] = priorities.values();
    expect(highest + DATA_PATH_WEIGHT).toBeLessThan(others);
  },
);

describe('what a group could gain', () => {
  const gain = (spec: KeepalivedGroupSpec, status: KeepalivedGroupStatus | undefined) =>
    gainOf(aGroup({ spec, ...(status && { status }) }), TWO);

  it('is said with how to take it', () => {
    expect(gain({}, {})).toBe(
      'a lost node is noticed after 3000 ms; groups that are new notice it after 800 ms. To have that here, set spec.vrrp to {version: 3, advertIntervalMilliseconds: 100, downTimerAdverts: 8} at a quiet time',
    );
    expect(gain(password, {})).toContain('remove spec.passwordAuth');
  });

  it.each<[string, KeepalivedGroupSpec, KeepalivedGroupStatus | undefined]>([
    ['that has the newest', {}, { defaultsGeneration: 2 }],
    ['that asks for an interval', { vrrp: { advertIntervalMilliseconds: 500 } }, {}],
    ['without a status', {}, undefined],
  ])('is nothing for a group %s', (_, spec, status) => expect(gain(spec, status)).toBeUndefined());

  it('is nothing while there is one generation', () => expect(gainOf(aGroup({ status: {} }), [FIRST])).toBeUndefined());
});
