import { describe, expect, it } from 'vitest';
import { block, type Conf, line, type Statement } from '../conf/tree.ts';
import { type Instance, instancesOf } from './instance.ts';

const instance = (...lines: Statement[]): Statement => block('vrrp_instance', ['ns/svc'], [line('virtual_router_id', 7), ...lines]);
const vips = (keyword: string, ...addresses: string[]): Statement =>
  block(
    keyword,
    [],
    addresses.map((address) => line(address)),
  );
const version = (number: number): Statement => block('global_defs', [], [line('vrrp_version', number)]);

describe('an instance', () => {
  const cases: readonly [sentence: string, conf: Conf, expected: Partial<Instance>][] = [
    ['has a name and an id', [instance()], { name: 'ns/svc', virtualRouterId: 7 }],
    ['without a priority has 100', [instance()], { priority: 100 }],
    ['with two priorities has the last', [instance(line('priority', 90), line('priority', 254))], { priority: 254 }],
    ['is of IPv4 and version 2', [instance(vips('virtual_ipaddress', '192.0.2.1/32'))], { family: 'IPv4', version: 2 }],
    ['takes the version of all', [version(3), instance()], { version: 3 }],
    ['has its own version', [version(3), instance(line('version', 2))], { version: 2 }],
    ['of IPv6 is of version 3', [version(2), instance(vips('virtual_ipaddress', '2001:db8::1/128'))], { family: 'IPv6', version: 3 }],
    ['with native_ipv6 is of IPv6', [instance(line('native_ipv6'))], { family: 'IPv6', version: 3 }],
    [
      'has the family of what it advertises',
      [instance(vips('virtual_ipaddress', '192.0.2.1'), vips('virtual_ipaddress_excluded', '2001:db8::1'))],
      { family: 'IPv4', addresses: ['192.0.2.1', '2001:db8::1'] },
    ],
    ['waits for three adverts', [instance(line('advert_int', '0.5'))], { interval: 0.5, patience: 1.5 }],
    [
      'waits for as many as all do',
      [block('global_defs', [], [line('vrrp_down_timer_adverts', 8)]), instance(line('advert_int', '0.1'))],
      { patience: 0.8 },
    ],
    ['waits for its own number', [instance(line('down_timer_adverts', 5))], { patience: 5 }],
    ['has addresses without prefix', [instance(vips('virtual_ipaddress', '192.0.2.1/24'))], { addresses: ['192.0.2.1'] }],
  ];
  it.each(cases)('%s', (_, conf, expected) => {
    expect(instancesOf(conf)).toEqual([expect.objectContaining(expected)]);
  });

  it('is nothing but a vrrp_instance with a block', () => {
    expect(instancesOf([line('vrrp_instance', 'a'), block('vrrp_sync_group', ['g'], [])])).toEqual([]);
  });
});
