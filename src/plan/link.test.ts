import { describe, expect, it } from 'vitest';
import { aGroup } from '../../test/builders/object.ts';
import type { KeepalivedGroupSpec } from '../api/group/keepalived-group.ts';
import { linkOf } from './link.ts';

describe('the interface of a group', () => {
  it.each<[string, KeepalivedGroupSpec, object]>([
    ['is named', { interface: 'eth1' }, { link: { kind: 'name', name: 'eth1' }, problems: [] }],
    ['is found by an address', { interface: '', interfaceFromIP: '192.0.2.1' }, { link: { kind: 'route', to: '192.0.2.1' }, problems: [] }],
    ['is found by an IPv6 address', { interfaceFromIP: '2001:DB8::1' }, { link: { kind: 'route', to: '2001:db8::1' }, problems: [] }],
    [
      'is the named one when the address is empty',
      { interface: 'eth1', interfaceFromIP: '' },
      { link: { kind: 'name', name: 'eth1' }, problems: [] },
    ],
    ['is asked for when there is neither', { interface: ' ' }, { problems: [{ reason: 'InterfaceMissing' }] }],
    ['is asked for when the address is none', { interfaceFromIP: 'eth1' }, { problems: [{ reason: 'InvalidInterfaceAddress' }] }],
  ])('%s', (_, spec, expected) => {
    expect(linkOf(aGroup({ spec }))).toMatchObject(expected);
  });

  it.each<[string, string | undefined, RegExp]>([
    ['eth0', undefined, /^$/],
    ['eth0 ', undefined, /^$/],
    ['bridge0.200', undefined, /^$/],
    ['enp175s0f1.1234', undefined, /^$/],
    ['Ethernet 2', 'InvalidInterfaceName', /"Ethernet 2"; no interface of Linux/],
    ['enx/1', 'InvalidInterfaceName', /no interface of Linux/],
    [':1', 'InvalidInterfaceName', /no interface of Linux/],
    ['eth0:1', 'InvalidInterfaceName', /label of an address; set the interface, eth0$/],
    ['enp175s0f1np1.1234', 'InvalidInterfaceName', /more than 15 characters/],
    ['bond0.91@bond0', 'UnusualInterfaceName', /the name of the interface is bond0\.91$/],
    ['eth0,eth1', 'UnusualInterfaceName', /a group for each/],
  ])('%j is used as it is, and what is wrong with it is said', (name, reason, message) => {
    const { link, problems } = linkOf(aGroup({ spec: { interface: name } }));
    expect(link).toEqual({ kind: 'name', name: name.trim() });
    expect(problems.map((problem) => problem.reason)).toEqual(reason === undefined ? [] : [reason]);
    expect(problems[0]?.message ?? '').toMatch(message);
  });
});
