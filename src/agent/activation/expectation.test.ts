import { describe, expect, it } from 'vitest';
import { block, line, type Statement } from '../../conf/tree.ts';
import { COUNTERS, type Counters, type DumpedInstance } from '../../vrrp/dump.ts';
import { differences } from './expectation.ts';

const asked = (name: string, addresses: readonly string[] = ['192.0.2.1/32', '2001:DB8::1/128']): Statement =>
  block(
    'vrrp_instance',
    [name],
    [
      line('virtual_router_id', 7),
      line('priority', 254),
      block(
        'virtual_ipaddress',
        [],
        addresses.slice(0, 1).map((address) => line(address)),
      ),
      block(
        'virtual_ipaddress_excluded',
        [],
        addresses.slice(1).map((address) => line(address)),
      ),
    ],
  );
const runs = (more: Partial<DumpedInstance> = {}): DumpedInstance => ({
  name: 'a',
  interface: 'eth0',
  virtualRouterId: 7,
  state: 'BACKUP',
  basePriority: 254,
  effectivePriority: 1,
  lastTransition: 0,
  addresses: ['2001:db8::1', '192.0.2.1'],
  counters: Object.fromEntries(COUNTERS.map((name) => [name, 0])) as Counters,
  ...more,
});

describe('between the file and what runs there is', () => {
  it.each<[string, readonly Statement[], readonly DumpedInstance[], string[]]>([
    ['no difference, in another order and spelling, whatever the state', [asked('a')], [runs()], []],
    ['an instance too few', [asked('a'), asked('b')], [runs()], ['b does not run']],
    ['an instance too many', [], [runs()], ['a still runs']],
    ['another id', [asked('a')], [runs({ virtualRouterId: 8 })], ['a virtual_router_id is 8, expected 7']],
    ['another priority', [asked('a')], [runs({ basePriority: 255 })], ['a priority is 255, expected 254']],
    [
      'an address too few',
      [asked('a')],
      [runs({ addresses: ['192.0.2.1'] })],
      ['a addresses is 192.0.2.1, expected 192.0.2.1 2001:db8::1'],
    ],
  ])('%s', (_, conf, dump, expected) => {
    expect(differences(conf, dump)).toEqual(expected);
  });
});
