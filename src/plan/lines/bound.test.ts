import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aGroup, anInput, aService } from '../../../test/builders/object.ts';
import type { Service } from '../../api/core.ts';
import type { KeepalivedGroupSpec } from '../../api/group/keepalived-group.ts';
import { type Plan, plan } from '../plan.ts';
import { arpOf, MOST, NOTHING, plus, sendingOf } from './sending.ts';

type Lines = Readonly<Record<string, string>>;

/** A Service of so many addresses that no other has; the later made, the higher its number. */
const asking = (number: number, addresses: number, lines: Lines, namespace = 'web'): Service => {
  const texts = Array.from({ length: addresses }, (_, index) => `10.${number}.${index >> 8}.${index & 255}`);
  const service = aService(`s${number}`, texts, { annotations: { verbatim: JSON.stringify(lines) } });
  return { ...service, metadata: { ...service.metadata, namespace, creationTimestamp: new Date(number * 60_000).toISOString() } };
};
const planned = (services: readonly Service[], spec: KeepalivedGroupSpec = {}) => plan(anInput({ group: aGroup({ spec }), services }));
const refusedIn = ({ problems }: Plan) =>
  problems
    .filter(({ reason }) => reason === 'VerbatimRefused' || reason === 'VrrpSettingsConflict')
    .map(({ object, message }) => `${object.name} ${/^.*? (?:are|is) (?:left out|\d+)/.exec(message)?.[0] ?? message}`);
/** What a node sends that is master of everything. */
const sendingIn = ({ routers, vrrp, globals }: Plan) => {
  const addresses = routers.reduce((sum, router) => sum + router.addresses.length, 0);
  return routers.map((router) => sendingOf(router.addresses, router.verbatim, vrrp, arpOf(vrrp, globals, addresses))).reduce(plus, NOTHING);
};
const isWithin = (plan: Plan): boolean => (['adverts', 'refresh', 'burst'] as const).every((kind) => sendingIn(plan)[kind] <= MOST[kind]);

describe('what lines and addresses make together', () => {
  it.each<[string, readonly Service[], readonly string[]]>([
    ['little is carried out as asked', [asking(1, 3, { garp_master_refresh: '1', garp_master_refresh_repeat: '5' })], []],
    [
      'a refresh of 4,000 addresses every second is too much',
      [asking(1, 4000, { garp_master_refresh: '1', garp_master_refresh_repeat: '100', garp_master_delay: '1' })],
      ['s1 "garp_master_refresh 1", "garp_master_refresh_repeat 100" are left out'],
    ],
    ['the milder form is, too', [asking(1, 4000, { garp_master_refresh: '5' })], ['s1 "garp_master_refresh 5" is left out']],
    ['so are bursts', [asking(1, 1000, { garp_master_repeat: '100' })], ['s1 "garp_master_repeat 100" is left out']],
    ['and bursts of another kind', [asking(1, 1000, { garp_lower_prio_repeat: '100' })], ['s1 "garp_lower_prio_repeat 100" is left out']],
    [
      'the newest of a namespace is refused',
      [
        asking(1, 200, { garp_master_refresh: '1' }),
        asking(3, 200, { garp_master_refresh: '1' }),
        asking(2, 200, { garp_master_refresh: '1' }),
      ],
      ['s3 "garp_master_refresh 1" is left out'],
    ],
    [
      'another namespace still has room',
      [
        asking(1, 480, { garp_master_refresh: '1' }),
        asking(2, 200, { garp_master_refresh: '1' }),
        asking(3, 200, { garp_master_refresh: '1' }, 'shop'),
      ],
      ['s2 "garp_master_refresh 1" is left out'],
    ],
    [
      '30 Services with adverts every 10 ms are too many',
      Array.from({ length: 30 }, (_, index) => asking(index + 1, 1, { advert_int: '0.01', version: '3' })),
      [29, 30].map((number) => `s${number} "advert_int 0.01" is left out`),
    ],
  ])('%s', (_, services, refused) => {
    const decided = planned(services);
    expect(refusedIn(decided)).toEqual(refused);
    expect(isWithin(decided)).toBe(true);
  });

  it.each<[string, KeepalivedGroupSpec, string]>([
    ['refresh', { vrrp: { gratuitousARP: { refreshSeconds: 1 } } }, 'refreshSeconds is 1'],
    ['repeats', { vrrp: { gratuitousARP: { repeats: 100 } } }, 'repeats is 100'],
    ['interval', { vrrp: { version: 3, advertIntervalMilliseconds: 10 } }, 'advertIntervalMilliseconds is 10'],
    [
      'line for the refresh',
      { verbatimConfig: { vrrp_garp_master_refresh: '1' } },
      'spec.verbatimConfig: "vrrp_garp_master_refresh 1" is left out',
    ],
    [
      'line for repeats',
      { verbatimConfig: { vrrp_garp_master_repeat: '100' } },
      'spec.verbatimConfig: "vrrp_garp_master_repeat 100" is left out',
    ],
    ['line for pauses', { verbatimConfig: { vrrp_garp_interval: '0.1' } }, 'spec.verbatimConfig: "vrrp_garp_interval 0.1" is left out'],
  ])("is bounded for the group's own %s, too", (_, spec, message) => {
    const decided = planned(
      Array.from({ length: 200 }, (_unused, index) => asking(index, 20, {})),
      spec,
    );
    expect(refusedIn(decided)).toEqual([expect.stringContaining(message)]);
    expect(isWithin(decided)).toBe(true);
  });

  it('stays within the bounds, or asks for nothing beyond the defaults, whatever the lines', () => {
    const lines = fc.dictionary(
      fc.constantFrom(
        'garp_master_refresh',
        'garp_master_refresh_repeat',
        'garp_master_repeat',
        'garp_lower_prio_repeat',
        'advert_int',
        'version',
      ),
      fc.constantFrom('0.01', '1', '2', '3', '10', '100'),
    );
    const service = fc.record({ addresses: fc.integer({ min: 1, max: 400 }), lines, namespace: fc.constantFrom('web', 'shop') });
    fc.assert(
      fc.property(fc.array(service, { maxLength: 12 }), (all) => {
        const decided = planned(all.map(({ addresses, lines: own, namespace }, index) => asking(index, addresses, own, namespace)));
        expect(sendingIn(decided)).toSatisfy(() => isWithin(decided));
      }),
      { numRuns: 60 },
    );
  });
});
