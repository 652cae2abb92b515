import { describe, expect, it } from 'vitest';
import { block, type Conf, line, type Statement } from '../conf/tree.ts';
import { DRAIN } from './drain.ts';
import { headStart, headStartAgain } from './head-start.ts';

const instance = (name: string, id: number, priority: number, ...lines: Statement[]): Statement =>
  block(
    'vrrp_instance',
    [name],
    [line('state', 'BACKUP'), line('virtual_router_id', id), line('priority', priority), ...lines, vips('192.0.2.1')],
  );
const vips = (address: string): Statement => block('virtual_ipaddress', [], [line(address)]);
const tracks = (name: string): Statement => block('track_file', [], [line(name)]);
const running: Conf = [instance('old', 1, 254)];
const starts = (...added: Statement[]): readonly string[] => headStart([...running, ...added], running)?.names ?? [];

describe('a head start', () => {
  it('is for an instance that is new on its first node', () => {
    expect(starts(instance('new', 2, 254, tracks(DRAIN)))).toEqual(['new']);
  });
  it('makes it a master at once, and touches nothing else', () => {
    const fresh = [line('state', 'MASTER'), line('priority', 255), line('virtual_router_id', 2), vips('192.0.2.1')];
    expect(headStart([...running, instance('new', 2, 254, tracks(DRAIN))], running)?.conf).toEqual([
      ...running,
      block('vrrp_instance', ['new'], fresh),
    ]);
  });
  it.each([
    ['gets', [], [line('use_vmac')]],
    ['loses', [line('use_vmac')], []],
  ])('is for an instance that %s its virtual MAC address, which keepalived begins anew', (_, before, after) => {
    expect(headStart([instance('old', 1, 254, ...after)], [instance('old', 1, 254, ...before)])?.names).toEqual(['old']);
  });
  it.each<[string, Statement]>([
    ['runs already', instance('old', 1, 254)],
    ['has another id than before', instance('old', 9, 254)],
    ['has only another name', instance('renamed', 1, 254)],
    ['has its first node elsewhere', instance('new', 2, 253)],
    ['depends on a health check that is not known to be healthy', instance('new', 2, 254, tracks('new'))],
    ['tracks an interface', instance('new', 2, 254, block('track_interface', [], [line('eth1')]))],
    ['does not preempt', instance('new', 2, 254, line('nopreempt'))],
    ['preempts late', instance('new', 2, 254, line('preempt_delay', 60))],
  ])('is not for an instance that %s', (_, one) => {
    expect(starts(one)).toEqual([]);
  });
  it('is for an instance whose health check says healthy on this node, and not beside another tracker', () => {
    const started = (...lines: Statement[]) => headStart([instance('new', 2, 254, ...lines)], running, new Set(['new']))?.names;
    expect(started(block('track_file', [], [line('new'), line(DRAIN)]))).toEqual(['new']);
    expect(started(block('track_file', [], [line('new'), line('other')]))).toBeUndefined();
    expect(started(tracks('new'), block('track_interface', [], [line('eth1')]))).toBeUndefined();
  });
  it('is not for an instance that changes state with others', () => {
    expect(starts(block('vrrp_sync_group', ['g'], [block('group', [], [line('new')])]), instance('new', 2, 254))).toEqual([]);
  });
  it('is for the same id in the other family, which is another router', () => {
    expect(starts(block('vrrp_instance', ['six'], [line('virtual_router_id', 1), line('priority', 254), vips('2001:db8::1')]))).toEqual([
      'six',
    ]);
  });
});

describe('a head start after a crash', () => {
  const web = block('vrrp_instance', ['web'], [line('virtual_router_id', 1), line('priority', 254), vips('192.0.2.1')]);
  const two = block('vrrp_instance', ['two'], [line('virtual_router_id', 2), line('priority', 254), vips('192.0.2.2'), vips('192.0.2.3')]);
  const names = (left: readonly string[], conf: Conf = [web, two]) =>
    headStartAgain(conf, (address) => left.includes(address), new Set())?.names;
  it.each<[string, readonly string[], readonly string[] | undefined]>([
    ['whose addresses are all still there', ['192.0.2.1', '192.0.2.2', '192.0.2.3'], ['web', 'two']],
    ['but not for one that lacks an address: it was not its master', ['192.0.2.1', '192.0.2.2'], ['web']],
    ['and for none after an end in order', [], undefined],
  ])('is for instances %s', (_, left, expected) => {
    expect(names(left)).toEqual(expected);
  });
  it('is not for an instance that is at home elsewhere', () => {
    const elsewhere = block('vrrp_instance', ['web'], [line('virtual_router_id', 1), line('priority', 253), vips('192.0.2.1')]);
    expect(names(['192.0.2.1'], [elsewhere])).toBeUndefined();
  });
});
